"""Calls that tests book, and what the rows say of them."""

from datetime import UTC, datetime, tzinfo
from pathlib import Path

from tasks.llm.accounts import CallKey, Refusal, Reservation
from tasks.llm.ledger import Ledger
from tests.postgres import looking

RUN, STAGE = "run:r", "run:r/annotate"


class Noon(datetime):
    """A clock that stands still: no test of a day's cap begins on one day and ends on the next."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        return datetime(2026, 11, 21, 12, tzinfo=tz)


def today() -> str:
    return f"day:{Noon.now(UTC):%Y-%m-%d}"


def key(subject: str = "i", ordinal: int = 0, **changed: object) -> CallKey:
    given = {
        "run": "r",
        "stage": "annotate",
        "shard": 0,
        "address": "/t/v1",
        "subject": subject,
        "model": "m",
    }
    return CallKey(**{**given, "request": "q", "ordinal": ordinal, **changed})  # type: ignore[arg-type]


def reserved(ledger: Ledger, worst: int, subject: str = "i", ordinal: int = 0, tokens: int = 0) -> int:
    outcome = ledger.reserve(key(subject, ordinal), worst, "test", tokens)
    assert isinstance(outcome, Reservation)
    return outcome.call_id


def refused(ledger: Ledger, worst: int) -> Refusal:
    outcome = ledger.reserve(key(), worst, "test")
    assert isinstance(outcome, Refusal)
    return outcome


def amounts(place: Path | str) -> tuple[int, int]:
    """Settled and reserved by the rows themselves."""
    with looking(place) as rows:
        (found,) = rows(
            "SELECT SUM(CASE state WHEN 'settled' THEN cost WHEN 'lost' THEN reserved ELSE 0 END),"
            " SUM(CASE state WHEN 'reserved' THEN reserved ELSE 0 END) FROM calls"
        )
    return int(found[0] or 0), int(found[1] or 0)
