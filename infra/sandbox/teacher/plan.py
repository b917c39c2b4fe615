"""Plan: the calls that an instruction asks for, in its order, with the values it gives for them."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from infra.sandbox.teacher.claims import Claim
from infra.sandbox.teacher.clauses import Clause, readable, split_clauses
from infra.sandbox.teacher.documents import Function, Offer, Parameter, read_offer
from infra.sandbox.teacher.matching import Inner
from infra.sandbox.teacher.reader import Reading, read_values
from infra.sandbox.teacher.segments import segments


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
    inner: tuple[Inner, ...] = ()
    """Calls to make before it, which bring what the text leaves out, in their order."""
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


def _same_thing(one: Parameter, other: Parameter) -> bool:
    if one.kind != other.kind:
        return False
    if one.name == other.name:
        return one.name not in {"name", "id", "code", "value", "number", "text", "query"}
    return one.meaning is not None and one.meaning == other.meaning and one.side == other.side


def _circumstances(clause: Clause, clauses: list[Clause], working: set[int]) -> list[tuple[Clause, bool]]:
    """Clauses that no step works on, the nearest first, and whether they follow this one directly."""
    own = next(place for place, other in enumerate(clauses) if other.start == clause.start)
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
    instruction = readable(instruction)
    clauses = list(split_clauses(instruction))
    found = segments(clauses, offer, instruction) if offer.functions else []
    assigned = [(segment.clause, segment.ranked) for segment in found]
    inner = [segment.match.inner if segment.match is not None else () for segment in found]
    working = {
        clause.start for clause in clauses for asked, _ in assigned if asked.start <= clause.start < asked.end
    }
    readings: list[Reading] = []
    taken = {place for calls in inner for call in calls for place in call.reading.places}
    for (clause, ranked), segment in zip(assigned, found, strict=True):
        nested = segment.match is not None and bool(segment.match.inner)
        reading = (
            segment.match.reading
            if segment.match is not None and nested
            else read_values(ranked[0][1], instruction, clause.start, clause.end, frozenset(taken))
        )
        readings.append(reading)
        taken |= reading.places
    for index, (clause, ranked) in enumerate(assigned):
        for other, follows in _circumstances(clause, clauses, working):
            reading = readings[index]
            if (not reading.missing and not follows) or inner[index]:
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
        steps.append(Step(clause, ranked, readings[index], shared, inner=inner[index]))
    return Plan(instruction, offer, tuple(steps), frozenset(taken))


@lru_cache(maxsize=2_048)
def plan_for(instruction: str, functions_json: bytes) -> Plan:
    """Plan an instruction for the functions of a request; remembered, as a search asks the same often."""
    return make_plan(instruction, read_offer(functions_json))
