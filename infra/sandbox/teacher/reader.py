"""Reader: which value of a text belongs to which parameter.

Every (parameter, value) pair is scored by the words around the value, what it looks like, and the
preposition before it; pairs are then taken best first, and each value is claimed once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from infra.sandbox.teacher.claims import Claim, candidates
from infra.sandbox.teacher.documents import Function, Parameter
from infra.sandbox.teacher.fitting import fitted
from infra.sandbox.teacher.spans import Span, read_text

_PARTS = ("year", "month", "date")
"""Meanings of whole numbers that may all be read from one date."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The values read for one function."""

    claims: tuple[Claim, ...]
    missing: tuple[Parameter, ...]
    """Required parameters without a value."""

    @property
    def arguments(self) -> dict[str, Any]:
        """Values by parameter name."""
        return {claim.parameter.name: claim.value for claim in self.claims}

    @property
    def places(self) -> frozenset[tuple[int, int]]:
        """Where in the text the claimed values stand."""
        return frozenset((claim.start, claim.end) for claim in self.claims)


def _family(parameter: Parameter) -> str:
    """Parameters of one family look alike, so that only words or their order tell their values apart."""
    return f"{parameter.kind}/{parameter.meaning}" if parameter.kind == "string" else parameter.kind


def _anchored(claim: Claim, candidates: Sequence[Claim]) -> bool:
    """Say whether words beside a value say whose it is, more clearly than for any parameter like it."""
    rivals = [
        other.evidence
        for other in candidates
        if other.start == claim.start
        and other.parameter is not claim.parameter
        and _family(other.parameter) == _family(claim.parameter)
    ]
    return claim.evidence >= 0.5 and all(claim.evidence - evidence >= 0.3 for evidence in rivals)


def _in_order(claims: list[Claim], candidates: Sequence[Claim], spans: list[Span]) -> list[Claim]:
    """Give values that nothing but their looks tell apart to their parameters in the order of the text."""
    by_start = {span.start: span for span in spans}
    loose = [
        place
        for place, claim in enumerate(claims)
        if claim.start in by_start and not _anchored(claim, candidates)
    ]
    ordered = list(claims)
    for family in {_family(claims[place].parameter) for place in loose}:
        places = [place for place in loose if _family(claims[place].parameter) == family]
        starts = sorted(claims[place].start for place in places)
        fits = [fitted(claims[p].parameter, by_start[start]) for p, start in zip(places, starts, strict=True)]
        for place, start, fit in zip(places, starts, fits, strict=True):
            if all(other is not None for other in fits) and fit is not None:
                ordered[place] = replace(claims[place], value=fit[0], start=start, end=by_start[start].end)
    return ordered


def read_values(
    function: Function,
    instruction: str,
    start: int,
    end: int,
    taken: frozenset[tuple[int, int]] = frozenset(),
    skip: frozenset[str] = frozenset(),
    hole: tuple[int, int] = (0, 0),
) -> Reading:
    """Read the values of a function's parameters from instruction[start:end].

    Args:
        function: the function to read for.
        instruction: the whole instruction; labels and values are looked for in it.
        start: where the clause begins.
        end: where it ends.
        taken: places claimed by somebody else already.
        skip: parameters that are not looked for.
        hole: part of the clause that belongs to somebody else.

    Returns:
        the claims in the order of the documentation, and what is missing.
    """
    best_first = [
        claim
        for claim in candidates(function, instruction)
        if start <= claim.start < end
        and not hole[0] <= claim.start < hole[1]
        and claim.parameter.name not in skip
        and (claim.start, claim.end) not in taken
    ]
    chosen: dict[str, Claim] = {}
    claimed: set[tuple[int, int]] = set()
    parted: set[tuple[int, int, str]] = set()
    for claim in best_first:
        # Year, month and day may all be read from one date, and date and hour from one moment.
        shares = (claim.parameter.kind == "integer" and claim.parameter.meaning in _PARTS) or (
            claim.parameter.kind in ("date", "clock") and (claim.start, claim.end) in claimed
            and (claim.start, claim.end, claim.parameter.kind) not in parted
        )  # fmt: skip
        overlaps = any(a < claim.end and claim.start < b for a, b in claimed)
        if claim.parameter.name in chosen or (overlaps and not shares):
            continue
        chosen[claim.parameter.name] = claim
        claimed.add((claim.start, claim.end))
        parted.add((claim.start, claim.end, claim.parameter.kind))
    claims = [chosen[parameter.name] for parameter in function.parameters if parameter.name in chosen]
    missing = tuple(p for p in function.required if p.name not in chosen and p.name not in skip)
    spans = [
        span for span in read_text(instruction).spans
        if start <= span.start < end
        and not hole[0] <= span.start < hole[1]
        and (span.start, span.end) not in taken
    ]  # fmt: skip
    return Reading(tuple(_in_order(claims, best_first, spans)), missing)
