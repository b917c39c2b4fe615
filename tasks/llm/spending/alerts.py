"""Which alerts are due, given what is spent, reserved, capped, projected and known of earlier runs (pure).

An alert has a key: said once for a run and a cap, however often it is looked for. A raised cap is another
cap, of which each threshold is said again.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any, Literal
from uuid import UUID, uuid5

from tasks.llm.accounts import NANO, Unit

Kind = Literal["threshold", "forecast", "per_solved"]

THRESHOLDS = (50, 80, 100)
"""Percent of a cap."""
REACHED = 0.99
"""Share of a cap at which it counts as reached: a call's reservation takes up to the rest."""
COMPARED, LEAST_COMPARED = 10, 3
"""Earlier runs that a run is held against: the last ten, three at least."""
DEARER = 2.0
"""Times as many USD for a solved instruction as their median."""
_SPACE = UUID("9d1c3a52-6f1b-5c0e-9a41-6e0f6c1c2f77")


@dataclass(frozen=True, slots=True)
class Spending:
    """What stands under one cap, in nano-USD or in tokens."""

    scope: str
    settled: int
    reserved: int
    cap: int | None
    projected: int | None = None
    """What the whole run will come to by now; None: nobody knows."""
    stopped: bool = False
    """Work ended because a call did not fit under this cap."""
    unit: Unit = "USD"
    """`USD` stands for nano-USD."""


@dataclass(frozen=True, slots=True)
class Alert:
    """Something that whoever pays ought to know now."""

    kind: Kind
    run: str
    scope: str
    said: str
    """One sentence."""
    key: tuple[str, ...]
    """With `run` and `scope` what makes it another alert."""
    figures: dict[str, Any] = field(default_factory=dict)

    @property
    def identity(self) -> UUID:
        """The same for the same alert, in every process and retry."""
        return uuid5(_SPACE, "\n".join((self.run, self.scope, self.kind, *self.key)))

    def to_plain(self) -> dict[str, Any]:
        """For an event or a file; `text` is what chat programs show."""
        plain = asdict(self)
        del plain["key"]
        return {"text": self.said, "id": str(self.identity), **plain}


def due(run: str, spending: Spending) -> list[Alert]:
    """Alerts of one cap, those that were said before included."""
    cap = spending.cap
    if cap is None or cap <= 0:
        return []
    share, unit = spending.settled / cap, spending.unit
    usd = unit == "USD"
    figures = {
        f"{name}_{unit.lower()}": value / NANO if usd else value
        for name, value in (("settled", spending.settled), ("reserved", spending.reserved), ("cap", cap))
    }
    of_cap = (str(cap), unit)
    settled_and_cap = f"{_amount(spending.settled, unit)} of {_amount(cap, unit)} {unit}"
    found = []
    for percent in THRESHOLDS:
        reached = share >= percent / 100 or (percent == 100 and (share >= REACHED or spending.stopped))
        if reached:
            said = f"{spending.scope}: {settled_and_cap} are spent ({share:.0%})"
            ended = percent == 100 and spending.stopped
            said += "; work stopped at the cap, raise it and run again" if ended else ""
            more = {**figures, "percent": percent}
            found.append(Alert("threshold", run, spending.scope, said, (str(percent), *of_cap), more))
    projected = spending.projected
    if projected is not None and projected > cap:
        said = (
            f"{spending.scope}: will come to about {_amount(projected, unit)} {unit}, above its cap of "
            f"{_amount(cap, unit)} {unit}"
        )
        more = {**figures, f"projected_{unit.lower()}": projected / NANO if usd else projected}
        found.append(Alert("forecast", run, spending.scope, said, of_cap, more))
    return found


def dearer(run: str, scope: str, per_solved: float, earlier: Sequence[float]) -> list[Alert]:
    """An alert where a solved instruction costs twice what it did.

    Args:
        run: the one that is looked at.
        scope: what to call it.
        per_solved: USD for a solved instruction.
        earlier: the same of earlier runs, newest first.
    """
    last = list(earlier)[:COMPARED]
    if len(last) < LEAST_COMPARED or median(last) <= 0 or per_solved < DEARER * median(last):
        return []
    usual = median(last)
    said = (
        f"{scope}: a solved instruction costs {per_solved:.4f} USD, {per_solved / usual:.1f} times the "
        f"median of the last {len(last)} runs ({usual:.4f} USD)"
    )
    figures = {"usd_per_solved": per_solved, "earlier_usd_per_solved": usual, "runs": len(last)}
    return [Alert("per_solved", run, scope, said, (), figures)]


def _amount(value: int, unit: Unit) -> str:
    if unit == "tokens":
        return f"{value:,}"
    return f"{value / NANO:,.2f}" if value >= NANO else f"{value / NANO:.4f}"
