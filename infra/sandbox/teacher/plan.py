"""Plan: the calls that an instruction asks for, in its order, with the values it gives for them."""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from infra.sandbox.teacher.clauses import Clause, split_clauses
from infra.sandbox.teacher.documents import Function, Offer, Parameter, read_offer
from infra.sandbox.teacher.matching import FLOOR, rank
from infra.sandbox.teacher.reader import Claim, Reading, read_values

SURE = 2.0
"""Score from which a clause counts as a request even where required values are missing."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing asked for."""

    clause: Clause
    ranked: tuple[tuple[float, Function], ...]
    """Offered functions that may serve it, best first; the first one is planned."""
    reading: Reading
    """Values read for the first function."""
    shared: dict[str, Any]
    """Values that another clause gives for a parameter of the same meaning, for what is missing here."""
    mistaken: str = ""
    """Name of a parameter that gets the value of a wrong field of an earlier answer; empty for none."""

    @property
    def function(self) -> Function:
        """The planned function."""
        return self.ranked[0][1]


@dataclass(frozen=True, slots=True)
class Plan:
    """All steps of an instruction."""

    instruction: str
    offer: Offer
    steps: tuple[Step, ...]
    taken: frozenset[tuple[int, int]]
    """Places of the text that some step has claimed."""


def _joined(clauses: tuple[Clause, ...], offer: Offer, instruction: str) -> list[Clause]:
    """Join a soft piece to the one before it unless it clearly asks for another function."""
    joined: list[Clause] = []
    for clause in clauses:
        if clause.soft and joined:
            before = joined[-1]
            ours, theirs = rank(clause, offer, instruction), rank(before, offer, instruction)
            of_before = next((score for score, function in ours if theirs and function is theirs[0][1]), 0.0)
            apart = (
                bool(ours)
                and ours[0][0] >= 1.5
                and ours[0][1] is not theirs[0][1]
                and ours[0][0] > 1.3 * of_before
                and theirs[0][0] >= FLOOR
            )
            if not apart:
                joined[-1] = replace(
                    before,
                    end=clause.end,
                    text=instruction[before.start : clause.end],
                    stems=before.stems + clause.stems,
                    asks=before.asks or clause.asks,
                    refers=before.refers or clause.refers,
                )
                continue
        joined.append(clause)
    return joined


def _assigned(
    clauses: list[Clause], offer: Offer, instruction: str
) -> list[tuple[Clause, tuple[tuple[float, Function], ...]]]:
    """Give each asking clause the function it fits best, each function once unless values say otherwise."""
    asking = [clause for clause in clauses if clause.asks] or clauses
    ranked = [rank(clause, offer, instruction) for clause in asking]
    pairs = sorted(
        ((score, place, function) for place, scores in enumerate(ranked) for score, function in scores[:4]),
        key=lambda pair: (-pair[0], pair[1], pair[2].order),
    )
    chosen: dict[int, Function] = {}
    used: dict[Function, int] = {}
    for score, place, function in pairs:
        if place in chosen or score < FLOOR or score < 0.5 * ranked[place][0][0]:
            continue
        own = read_values(function, instruction, asking[place].start, asking[place].end)
        if score < 0.75 * ranked[place][0][0] and (own.missing or not own.claims):
            continue
        if function in used:
            # The same function again only for values of its own: `the distance from A to B and from C to D`.
            first = asking[used[function]]
            other = read_values(function, instruction, first.start, first.end)
            if own.missing or not function.required or own.arguments == other.arguments:
                continue
        if own.missing and not own.claims and score < SURE and not asking[place].refers and len(asking) > 1:
            continue
        chosen[place] = function
        used.setdefault(function, place)
    steps = []
    for place, function in sorted(chosen.items()):
        rest = tuple(
            pair
            for pair in ranked[place]
            if pair[1] is not function and pair[0] >= 0.45 * ranked[place][0][0]
        )
        score = next(score for score, candidate in ranked[place] if candidate is function)
        steps.append((asking[place], ((score, function), *rest[:3])))
    return steps


def _same_thing(one: Parameter, other: Parameter) -> bool:
    if one.kind != other.kind:
        return False
    if one.name == other.name:
        return one.name not in {"name", "id", "code", "value", "number", "text", "query"}
    return one.meaning is not None and one.meaning == other.meaning and one.side == other.side


def _circumstances(clause: Clause, clauses: list[Clause], working: set[int]) -> list[tuple[Clause, bool]]:
    """Clauses that no step works on, the nearest first, and whether they follow this one directly."""
    own = clauses.index(clause)
    idle = [place for place, other in enumerate(clauses) if other.start not in working]
    idle.sort(key=lambda place: (abs(place - own), place))
    next_step = next(
        (place for place in range(own + 1, len(clauses)) if clauses[place].start in working), len(clauses)
    )
    return [(clauses[place], own < place < next_step) for place in idle]


def make_plan(instruction: str, offer: Offer) -> Plan:
    """Plan the calls that an instruction asks for.

    Values are read from the clause first, then from clauses that ask for nothing, then shared with
    clauses that name the same thing.
    """
    clauses = _joined(split_clauses(instruction), offer, instruction)
    assigned = _assigned(clauses, offer, instruction) if offer.functions else []
    working = {clause.start for clause, _ in assigned}
    readings: list[Reading] = []
    taken: set[tuple[int, int]] = set()
    for clause, ranked in assigned:
        reading = read_values(ranked[0][1], instruction, clause.start, clause.end, frozenset(taken))
        readings.append(reading)
        taken |= reading.places
    for index, (clause, ranked) in enumerate(assigned):
        for other, follows in _circumstances(clause, clauses, working):
            reading = readings[index]
            if not reading.missing and not follows:
                continue
            have = frozenset(claim.parameter.name for claim in reading.claims)
            # A remark right after the request (`Heights in feet, please.`) may give an optional value.
            optional = frozenset(p.name for p in ranked[0][1].parameters if not p.required)
            skip = have if follows else have | optional
            more = read_values(ranked[0][1], instruction, other.start, other.end, frozenset(taken), skip)
            readings[index] = Reading(reading.claims + more.claims, more.missing)
            taken |= more.places
    steps = []
    for index, (clause, ranked) in enumerate(assigned):
        shared: dict[str, Any] = {}
        others = sorted(range(len(assigned)), key=lambda other: (other > index, abs(other - index)))
        claims: list[Claim] = [
            claim for other in others if other != index for claim in readings[other].claims
        ]
        for parameter in readings[index].missing:
            same = next((claim for claim in claims if _same_thing(parameter, claim.parameter)), None)
            if same is not None:
                shared[parameter.name] = same.value
        steps.append(Step(clause, ranked, readings[index], shared))
    return Plan(instruction, offer, tuple(steps), frozenset(taken))


@lru_cache(maxsize=2_048)
def plan_for(instruction: str, functions_json: bytes) -> Plan:
    """Plan an instruction for the functions of a request; remembered, as a search asks the same often."""
    return make_plan(instruction, read_offer(functions_json))
