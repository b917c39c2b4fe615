"""A forecast as it is kept at the address, and how it compares with what came (pure).

`forecast.json` lies beside `table.json`, written whole; it is no part of the fingerprint, and the newest one
replaces the older.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import orjson

from tasks.errors import AddressError

FORECAST_KEY = "forecast.json"
FORMAT = 1
MEASURES = ("usd", "calls", "uncached", "cached", "cache_write", "output", "hours")
"""What is forecast; tokens by the class they are billed in."""


@dataclass(frozen=True, slots=True)
class Span:
    """A figure and the ends of its interval."""

    expected: float
    low: float
    high: float

    def holds(self, value: float) -> bool:
        """Whether a value lies inside; rounding of the ends does not count."""
        slack = 1e-9 * max(abs(self.low), abs(self.high))
        return self.low - slack <= value <= self.high + slack


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a pilot came from."""

    kind: str
    """`published` (at this address), `earlier` (other annotations), `itself` (the model, which costs
    nothing), `rehearsal` (a stand-in) or `paid`."""
    said: str
    """One sentence for the reader."""
    instructions: int
    runs: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """What finishing an annotation will take."""

    made: str
    """When, UTC, ISO 8601."""
    address: str
    decides: Mapping[str, Any]
    """Model, method and such: a run with others is another run."""
    instructions: int
    """Left to be searched."""
    published: int
    """Finished before, and not forecast; what they took is `before`."""
    rejected: int
    """Will be rejected without a call."""
    pilot: Origin
    price: str
    """Where the price comes from."""
    level: float
    """Share of runs whose truth the intervals are to hold."""
    spans: Mapping[str, Span]
    """Measure to figure; `hours` is absent where the model's latency is not known."""
    before: Mapping[str, float] = field(default_factory=dict)
    """Measure to what was taken before this forecast."""
    cap_usd: float | None = None
    """The least that the caps of stage, run and day leave beside what is settled and reserved under them."""
    covers: Span | None = None
    """Share of what is left that the cap pays for."""
    notes: tuple[str, ...] = ()
    format: int = FORMAT

    def to_json(self) -> str:
        """One line."""
        return orjson.dumps(asdict(self)).decode()


def parse(content: bytes, address: str) -> Forecast:
    """Read `forecast.json`.

    Raises:
        AddressError: it is damaged, or of a later version.
    """
    try:
        given = orjson.loads(content)
        if given["format"] != FORMAT:
            raise ValueError(f"format {given['format']}")
        covers = given["covers"]
        return Forecast(
            **{
                **given,
                "pilot": Origin(**given["pilot"]),
                "spans": {name: Span(**span) for name, span in given["spans"].items()},
                "covers": Span(**covers) if covers else None,
                "notes": tuple(given["notes"]),
            }
        )
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise AddressError(
            f"{address}/{FORECAST_KEY} is damaged ({error}); delete it, or make the forecast again"
        ) from error


@dataclass(frozen=True, slots=True)
class Outcome:
    """One measure, forecast and real."""

    measure: str
    span: Span
    actual: float

    @property
    def inside(self) -> bool:
        """Whether the interval holds the truth."""
        return self.span.holds(self.actual)

    @property
    def off(self) -> float | None:
        """Truth above the forecast, as a share of the forecast; None where nothing was forecast."""
        return self.actual / self.span.expected - 1 if self.span.expected else None

    def said(self) -> str:
        """One sentence's part."""
        expected, low, high, actual = (
            shown(self.measure, value)
            for value in (self.span.expected, self.span.low, self.span.high, self.actual)
        )
        off = "" if self.off is None else f", off by {self.off:+.1%}"
        where = "inside" if self.inside else "OUTSIDE"
        return (
            f"{LABELS[self.measure]}: forecast {expected} ({low} to {high}), came to {actual}{off}, {where}"
        )


LABELS = {
    "usd": "USD",
    "calls": "model calls",
    "uncached": "uncached prompt tokens",
    "cached": "cached prompt tokens",
    "cache_write": "prompt tokens written to a cache",
    "output": "output tokens",
    "hours": "hours",
}


def shown(measure: str, value: float) -> str:
    """A figure as people read it."""
    if measure == "usd":
        return f"{value:,.2f}" if value >= 100 else f"{value:.4f}"
    return f"{value:,.3f}" if measure == "hours" else f"{value:,.0f}"


def compared(forecast: Forecast, now: Mapping[str, float], hours: float | None) -> list[Outcome]:
    """The forecast against what the finished run took since.

    Args:
        forecast: as it was made.
        now: measure to all that the table took.
        hours: wall time since it was begun; None where that is not known.
    """
    real = {name: value - forecast.before.get(name, 0.0) for name, value in now.items()}
    if hours is not None:
        real["hours"] = hours
    return [
        Outcome(name, forecast.spans[name], real[name])
        for name in MEASURES
        if name in forecast.spans and name in real
    ]
