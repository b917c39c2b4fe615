"""Segments: which neighbouring clauses belong together, and which function each group asks for.

All ways to cut the clauses into groups of a few and to give each group a function are weighed against each
other, the best few kept (a beam): a group is worth what its words and values speak for the function, less the
cost of another call; what is passed over costs as much as it seems to say.
"""

from dataclasses import dataclass
from typing import Any

from infra.sandbox.teacher.clauses import Clause, joined
from infra.sandbox.teacher.documents import Function, Offer
from infra.sandbox.teacher.matching import CANDIDATES, Match, ranking
from infra.sandbox.teacher.nesting import DEPTH, matches
from infra.sandbox.teacher.spans import read_text

LONGEST = 4
"""Clauses in one group at most."""
WEAK_FLOOR, SURE = 0.0, 2.6
"""Least score of words, and of words and values together, where nothing better is found."""
NESTING = 2
"""Clauses of a group at most in which one request may stand inside another."""
BEAM = 5
"""Ways kept at each place."""
CALL_COST = 2.6
"""What a further call must be worth."""
PASSED_VALUE = 0.6
"""Cost of a value that is passed over."""
PASSED_REQUEST = 0.8
"""Cost of a request that is passed over."""


@dataclass(frozen=True, slots=True)
class Segment:
    """Clauses that ask for one thing."""

    clause: Clause
    """The clauses as one."""
    ranked: tuple[tuple[float, Function], ...]
    """Offered functions by how well they fit, the chosen one first."""
    match: Match | None = None
    """How the chosen one fits; None where its values are read from the whole clause."""


@dataclass(frozen=True, slots=True)
class _Way:
    """One way to read the clauses up to some place."""

    worth: float
    chosen: tuple[Segment, ...]
    calls: tuple[tuple[Function, dict[str, Any]], ...]
    """Functions with the values read for them."""


def _extended(way: _Way, clause: Clause, found: list[Match]) -> list[_Way]:
    """A way, continued by a group with each of the functions that may serve it."""
    ways = []
    for match in found[:CANDIDATES]:
        arguments = match.reading.arguments
        same = [had for other, had in way.calls if other is match.function]
        if same and (not arguments or arguments in same) and not match.inner:
            continue
        others = {m.function: m.score for m in reversed(found) if m.function is not match.function}
        order = ((match.score, match.function), *((score, each) for each, score in reversed(others.items())))
        ways.append(
            _Way(
                way.worth + match.score - CALL_COST - len(same),
                (*way.chosen, Segment(clause, order, match)),
                (*way.calls, (match.function, arguments)),
            )
        )
    return ways


def _passed_over(clause: Clause, instruction: str) -> float:
    values = sum(
        1
        for span in read_text(instruction).spans
        if clause.start <= span.start < clause.end and span.kind not in ("name", "word", "caps")
    )
    return PASSED_VALUE * min(values, 3) + (PASSED_REQUEST if clause.asks and clause.stems else 0.0)


def segments(clauses: list[Clause], offer: Offer, instruction: str) -> list[Segment]:
    """Group clauses and give each group the function that it asks for."""
    ways: list[list[_Way]] = [[] for _ in range(len(clauses) + 1)]
    ways[0] = [_Way(0.0, (), ())]
    for place, clause in enumerate(clauses):
        kept = sorted(ways[place], key=lambda way: -way.worth)[:BEAM]
        passed = _passed_over(clause, instruction)
        ways[place + 1] += [_Way(way.worth - passed, way.chosen, way.calls) for way in kept]
        for end in range(place + 1, min(place + LONGEST, len(clauses)) + 1):
            if end > place + 1 and clauses[end - 1].opens:
                break
            group = joined(clauses[place:end], instruction)
            if not group.asks and len(clauses) > 1:
                continue
            found = matches(group, offer, instruction, DEPTH if end - place <= NESTING else 0)
            for way in kept:
                ways[end] += _extended(way, group, found)
    best = max(ways[-1], key=lambda way: way.worth)
    return list(best.chosen) or _by_values(clauses, offer, instruction)


def _by_values(clauses: list[Clause], offer: Offer, instruction: str) -> list[Segment]:
    """Where words say too little: the function that has all its values in the text, and the surest."""
    if not clauses:
        return []
    whole = joined(clauses, instruction)
    found = [
        (match.score, match.function)
        for match in ranking(whole, offer, instruction, WEAK_FLOOR)
        if not match.reading.missing and match.score >= SURE
    ]
    clear = len(found) == 1 or (len(found) > 1 and found[0][0] >= found[1][0] + 0.3)
    return [Segment(whole, tuple(found))] if clear else []
