"""Answers: the sentences that quote what the APIs answered, and the thought beside a call."""

import random
from dataclasses import dataclass
from typing import Any

from infra.sandbox.teacher.documents import Function
from infra.sandbox.teacher.misreadings import misread
from infra.sandbox.teacher.observations import Leaf, Observation
from infra.sandbox.teacher.purposes import purpose
from infra.sandbox.teacher.words import group, humanised, name_words, stem

MOST_LEAVES = 12
"""Fields quoted of one answer."""
MOST_CHARACTERS = 400
"""Characters quoted of one field."""


@dataclass(frozen=True, slots=True)
class Told:
    """An API's answer that goes into the final one."""

    function: Function
    stems: tuple[str, ...]
    """Stems of what was asked."""
    observation: Observation
    amiss: random.Random | None = None
    """Source of a misreading; None where it is told as it is."""


def _phrase(function: Function) -> tuple[str, str]:
    """What a function is for, or its name in words where its description is bare."""
    return purpose(function.description) or ("np", humanised(function.name.split("_for_")[0]))


def thought_about(function: Function, clause: str) -> str:
    """One or two short sentences of thought before a call."""
    kind, phrase = _phrase(function)
    next_thing = {"np": f"Next I need {phrase}.", "wh": f"Next I have to find out {phrase}."}.get(
        kind, f"I will {phrase}."
    )
    asked = " ".join(clause.split()).rstrip(".?! ")[:120]
    return f"The user asks: {asked}. {next_thing}" if asked else next_thing


def _shown(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)[:MOST_CHARACTERS]


def _wanted(leaves: tuple[Leaf, ...], asked: set[str]) -> list[Leaf]:
    """The fields to quote: all of a small answer; of a large one those asked for by name, then the first."""
    if len(leaves) <= MOST_LEAVES:
        return list(leaves)
    named = [
        leaf
        for leaf in leaves
        if any(stem(word) in asked or group(stem(word)) in asked for word in name_words(leaf.key))
    ]
    chosen = named[:MOST_LEAVES]
    return chosen + [leaf for leaf in leaves if leaf not in chosen][: MOST_LEAVES - len(chosen)]


def _sentence(told: Told) -> str:
    asked = set(told.stems) | {group(stemmed) for stemmed in told.stems}
    wanted = _wanted(told.observation.leaves, asked)
    if told.amiss is not None:
        wanted = misread(wanted, told.observation.leaves, told.amiss)
    shown: list[tuple[str, list[str]]] = []
    for leaf in wanted:
        if shown and shown[-1][0] == leaf.key and len(leaf.path) > 1 and leaf.path[-1].isdigit():
            shown[-1][1].append(_shown(leaf.value))
        else:
            shown.append((leaf.key, [_shown(leaf.value)]))
    facts = "; ".join(f"{humanised(key)}: {', '.join(values)}" for key, values in shown)
    kind, phrase = _phrase(told.function)
    lead = f"To {phrase}" if kind == "do" else phrase[0].upper() + phrase[1:]
    return f"{lead}: {facts or told.observation.text[:MOST_CHARACTERS] or 'nothing came back'}."


def compose_answer(found: list[Told], lacking: list[str]) -> str:
    """One sentence for each thing asked, in the order asked, quoting the values that came back.

    Args:
        found: what came back for the parts that have an answer.
        lacking: clauses that have none.
    """
    sentences = [_sentence(told) for told in found]
    for clause in lacking:
        sentences.append(
            f"I could not find an answer to this part: {' '.join(clause.split())[:160].rstrip('.?!')}."
        )
    return " ".join(sentences)
