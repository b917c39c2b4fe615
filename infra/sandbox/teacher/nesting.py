"""Nesting: one request inside another, as in `the currency of the country where the account ... is held`.

A phrase that begins with `the` or `what` may name by its own words and values what another function answers.
Then the words and values outside the phrase are the outer request's, those inside the inner one's, and the
inner call brings what the outer one lacks.
"""

import re
from functools import lru_cache

from infra.sandbox.teacher.clauses import Clause, part_of
from infra.sandbox.teacher.documents import Function, Offer, Parameter
from infra.sandbox.teacher.matching import FLOOR, Inner, Match, ranking, value_score, word_scores
from infra.sandbox.teacher.meanings import OUTPUT_WORDS
from infra.sandbox.teacher.reader import read_values
from infra.sandbox.teacher.spans import read_text
from infra.sandbox.teacher.words import group, is_small, name_words, stem

DEPTH = 2
"""Requests inside one another at most."""
NEST_COST = 1.2
"""What a call that only brings a value must be worth."""
UNSAID = 1.0
"""Cost of taking a value from an API whose documentation does not speak of it."""
NEEDLESS = 1.0
"""Cost of an inner call where the outer one could have all its values from the clause."""
MOST_PHRASES = 6
MOST_LACKING = 2
"""Required values that an inner call may bring (a latitude and a longitude)."""
_BEGINS = re.compile(r"\b(?:the|what|that of|where)\b|(?<=: )\w|(?<=\bof )(?=[A-Z\d])", re.IGNORECASE)
_ENDS = re.compile(r",\s|\s(?:have|has|is|are|does|do)\b|\?|\s\(")


@lru_cache(maxsize=4_096)
def output_stems(parameter: Parameter) -> tuple[str, ...]:
    """Stems and group marks of words by which documentation says that it answers what a parameter asks."""
    words = OUTPUT_WORDS.get(parameter.meaning or parameter.kind, tuple(name_words(parameter.name)))
    stems = dict.fromkeys(stem(word) for word in words if not is_small(word))
    return (*stems, *(group(stemmed) for stemmed in stems))


def feeds(function: Function, missing: tuple[Parameter, ...]) -> float | None:
    """What it costs to take what is missing from a function's answer.

    Less where its documentation speaks of it; None where that does not, and it asks for such a value itself.
    """
    asked = {(parameter.meaning, parameter.kind) for parameter in function.required}
    said = all(
        any(function.weights.get(stemmed, 0.0) >= 0.6 for stemmed in output_stems(parameter))
        for parameter in missing
    )
    if said:
        return 0.0
    return None if any((parameter.meaning, parameter.kind) in asked for parameter in missing) else UNSAID


def _phrases(clause: Clause, instruction: str) -> list[tuple[int, int]]:
    """Parts of a clause that may be requests of their own, with at least one value each."""
    masked = read_text(instruction).masked
    found: list[tuple[int, int]] = []
    values = [span for span in read_text(instruction).spans if clause.start <= span.start < clause.end]
    for begin in _BEGINS.finditer(masked, clause.start + 4, clause.end):
        ends = [match.start() for match in _ENDS.finditer(masked, begin.end(), clause.end)]
        for end in dict.fromkeys((clause.end, *ends[:2])):
            inside = [span for span in values if begin.start() <= span.start < end]
            if inside:
                found.append((begin.start(), end))
    return found[:MOST_PHRASES]


def matches(clause: Clause, offer: Offer, instruction: str, depth: int = DEPTH) -> list[Match]:
    """Functions that a clause may ask for, by themselves or with calls that bring what they lack."""
    found = ranking(clause, offer, instruction)
    if depth == 0 or not found:
        return found
    for start, end in _phrases(clause, instruction):
        inner = _inner(start, end, offer, instruction, depth - 1)
        if inner:
            found += _outer(clause, (start, end), inner, offer, instruction)
    return sorted(found, key=lambda match: (-match.score, match.function.order))


@lru_cache(maxsize=4_096)
def _inner(start: int, end: int, offer: Offer, instruction: str, depth: int) -> list[Match]:
    """The two best calls that a phrase may name, with all their values."""
    inside = part_of(instruction, start, end)
    return [match for match in matches(inside, offer, instruction, depth) if _complete(match)][:2]


def _complete(match: Match) -> bool:
    """Say whether a call has all its values, or gets them from calls before it."""
    return bool(match.inner) or (bool(match.reading.claims) and not match.reading.missing)


def _outer(
    clause: Clause, hole: tuple[int, int], inner: list[Match], offer: Offer, instruction: str
) -> list[Match]:
    """Functions that the words around a phrase ask for, and that lack what the phrase may bring."""
    start, end = hole
    stems = part_of(instruction, clause.start, start).stems
    if end < clause.end:
        stems += part_of(instruction, end, clause.end).stems
    found = []
    for words, function in word_scores(stems, offer)[:3]:
        if words < FLOOR:
            break
        reading = read_values(function, instruction, clause.start, clause.end, hole=hole)
        if not 0 < len(reading.missing) <= MOST_LACKING:
            continue
        values = value_score(clause, function, offer, instruction, reading, hole)
        if not read_values(function, instruction, clause.start, clause.end).missing:
            values -= NEEDLESS
        for match in inner:
            cost = None if match.function is function else feeds(match.function, reading.missing)
            if cost is None:
                continue
            chain = (*match.inner, Inner(match.function, match.reading))
            worth = words + values + match.score - cost - NEST_COST
            found.append(Match(worth, function, reading, chain))
    return found
