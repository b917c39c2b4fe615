"""Chaining: instructions in which one API's answer is what another one asks for, as documentation tells."""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from infra.sandbox.teacher.documents import Function, Parameter
from infra.sandbox.teacher.meanings import DERIVABLE, OUTPUT_WORDS
from infra.sandbox.teacher.phrasing import clause
from infra.sandbox.teacher.words import content_stems, stem

_SEVERAL = re.compile(
    r"\b(?:all|every|each|lists?|how many|counts?|countries|currencies|zones|airports|days|dates|"
    r"places|whether|any)\b",
    re.IGNORECASE,
)
_A_DAY = re.compile(r"(?:the |which )?(?:\w+ ){0,2}(?:day|date)\b", re.IGNORECASE)
_REFERENCES = {
    "country": ("in that country", "for that country", "of that country"),
    "currency": ("in that currency", "for that currency"),
    "latitude": ("at that place", "for that place", "at those coordinates"),
    "timezone": ("in that time zone", "for that time zone"),
    "iata": ("for that airport", "from that airport"),
    "language": ("in that language",),
    "date": ("on that day", "for that date", "as of that day"),
}
"""Meaning or kind of what is left out -> how a later sentence points back at it."""


@dataclass(frozen=True, slots=True)
class Link:
    """Two APIs of which the first may bring what the second asks for."""

    giving: int
    """Place of the first among the APIs."""
    taking: int
    left_out: tuple[str, ...]
    """Names of the parameters that the second gets from the first."""
    meaning: str


def _chainable(function: Function) -> tuple[tuple[Parameter, ...], str] | None:
    """The required parameters that another answer could fill, where they are one thing; and what it means."""
    places = tuple(p for p in function.required if p.meaning in ("latitude", "longitude"))
    if places:
        return (places, "latitude") if len(places) == 2 and not places[0].side else None
    for parameter in function.required:
        meaning = parameter.meaning if parameter.meaning in DERIVABLE else parameter.kind
        if parameter.kind in ("string", "date") and meaning in _REFERENCES and not parameter.side:
            return (parameter,), meaning
    return None


def _gives_one(function: Function, meaning: str) -> bool:
    """Say whether a description says in so many words that one such thing is answered, not a list."""
    if _SEVERAL.search(function.description):
        return False
    if meaning == "date":  # most descriptions speak of the day that is asked about
        return bool(_A_DAY.match(function.description))
    words = {"latitude": ("latitude", "coordinates")}.get(meaning, OUTPUT_WORDS.get(meaning, (meaning,)))
    described = set(content_stems(function.description))
    return any(stem(word) in described for word in words)


def links(functions: Sequence[Function]) -> list[Link]:
    """All pairs of functions that documentation allows to chain."""
    found = []
    for taking, function in enumerate(functions):
        chainable = _chainable(function)
        if chainable is None:
            continue
        parameters, meaning = chainable
        for giving, other in enumerate(functions):
            asked = {(parameter.meaning, parameter.kind) for parameter in other.required}
            same = any((parameter.meaning, parameter.kind) in asked for parameter in parameters)
            if giving != taking and other.required and not same and _gives_one(other, meaning):
                found.append(Link(giving, taking, tuple(p.name for p in parameters), meaning))
    return found


def chained_clause(
    giving: tuple[Function, dict[str, Any]],
    taking: tuple[Function, dict[str, Any]],
    meaning: str,
    form: str,
    rng: random.Random,
) -> str:
    """Two sentences, of which the second points back at what the first asks for.

    Args:
        giving: the API that answers first, with its values.
        taking: the API that asks for it, with its other values.
        meaning: what is left out.
        form: as `phrasing.clause` takes it.
        rng: source of chance.
    """
    first = clause(*giving, form, rng)
    second = clause(*taking, form, rng)
    reference = rng.choice(_REFERENCES[meaning])
    second = f"{second[:-1]} {reference}{second[-1]}"
    second = second if second.startswith("I ") else second[0].lower() + second[1:]
    return f"{first} {rng.choice(('Then', 'After that,', 'With this,', 'Once you know,'))} {second}"
