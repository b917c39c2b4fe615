"""Misreadings: what goes wrong when an answer of an API is told to the user."""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace

from infra.sandbox.teacher.beliefs import other_date, other_number
from infra.sandbox.teacher.draws import weighted
from infra.sandbox.teacher.observations import Leaf
from infra.sandbox.teacher.skills import MISREADINGS
from infra.sandbox.teacher.words import name_words

_OTHER_UNIT = {
    "km": "miles", "mi": "km", "miles": "km", "m": "feet", "ft": "metres", "feet": "metres", "cm": "inches",
    "mm": "inches", "kg": "pounds", "g": "ounces", "lb": "kg", "c": "fahrenheit", "f": "celsius",
    "celsius": "fahrenheit", "fahrenheit": "celsius", "kmh": "mph", "mph": "kmh", "kn": "kmh", "ms": "kmh",
    "hours": "minutes", "minutes": "hours", "seconds": "minutes", "days": "weeks", "years": "months",
    "percent": "permille", "pct": "permille", "kcal": "kilojoules", "kj": "kcal", "hpa": "psi", "pa": "hpa",
    "litres": "gallons", "liters": "gallons", "l": "gallons", "usd": "EUR", "eur": "USD",
}  # fmt: skip
"""Last word of a field's name -> the unit it is mistaken for."""


def _told(leaf: Leaf) -> bool:
    return leaf.value is not None and not isinstance(leaf.value, bool)


def _kind(leaf: Leaf) -> str:
    return "number" if isinstance(leaf.value, int | float) else "text"


def _other_field(chosen: list[Leaf], place: int, leaves: Sequence[Leaf], rng: random.Random) -> bool:
    leaf = chosen[place]
    others = [
        each
        for each in leaves[:60]
        if _told(each) and _kind(each) == _kind(leaf) and each.value != leaf.value
    ]
    if others:
        chosen[place] = replace(leaf, value=rng.choice(others).value)
    return bool(others)


def _other_value(chosen: list[Leaf], place: int, leaves: Sequence[Leaf], rng: random.Random) -> bool:
    leaf = chosen[place]
    value = leaf.value
    if isinstance(value, str):
        value = other_date(value, rng)
        if value == leaf.value and len(value) > 3 and " " in value:
            value = value.rsplit(" ", 1)[0]
    else:
        value = other_number(value, rng)
    chosen[place] = replace(leaf, value=value)
    return bool(value != leaf.value)


def _other_unit(chosen: list[Leaf], place: int, leaves: Sequence[Leaf], rng: random.Random) -> bool:
    words = name_words(chosen[place].key)
    unit = _OTHER_UNIT.get(words[-1]) if len(words) > 1 and _kind(chosen[place]) == "number" else None
    if unit is not None:
        chosen[place] = replace(chosen[place], key="_".join((*words[:-1], unit)))
    return unit is not None


def _left_out(chosen: list[Leaf], place: int, leaves: Sequence[Leaf], rng: random.Random) -> bool:
    del chosen[place]
    return True


_MAKERS: dict[str, Callable[[list[Leaf], int, Sequence[Leaf], random.Random], bool]] = {
    "other_field": _other_field,
    "other_value": _other_value,
    "other_unit": _other_unit,
    "left_out": _left_out,
}


def misread(chosen: Sequence[Leaf], leaves: Sequence[Leaf], rng: random.Random) -> list[Leaf]:
    """Spoil one of the fields that are told.

    Args:
        chosen: fields to be told.
        leaves: all fields of the answer.
        rng: source of chance; equal generators spoil equally.
    """
    spoiled = list(chosen)
    places = [place for place, leaf in enumerate(spoiled) if _told(leaf)]
    left = dict(MISREADINGS)
    while places and left:
        kind = weighted(rng, left)
        if _MAKERS[kind](spoiled, rng.choice(places), leaves, rng):
            break
        del left[kind]
    return spoiled
