"""Exchange Sessions: which stock exchanges trade at this moment."""

import datetime
from dataclasses import dataclass
from typing import Annotated

from infra.sandbox.hub.clock import Clock
from infra.sandbox.hub.parameters import Choice
from infra.sandbox.hub.sources.holiday_calendars import market_year_of
from infra.sandbox.hub.sources.time_zones import time_zone
from infra.sandbox.hub.tool import Answer, Tool

tool = Tool(
    name="Exchange Sessions",
    category="Finance",
    description="Opening bells of New York (XNYS), London (XLON), Frankfurt (XETR), Sao Paulo (BVMF), Hong"
    " Kong (XHKG), Mumbai (XNSE): who deals in shares at this moment, and until when.",
    packages=("holidays", "tzdata"),
    data_vintage="Regular hours of 2026; whole-day closures from the 2026 release, no half days.",
    licence="MIT; Apache-2.0",
    collections=("today-board", "cross-border-business", "market-history"),
)


@dataclass(frozen=True)
class Floor:
    """An exchange: its city, its zone, and its sessions of a day."""

    city: str
    zone: str
    sessions: tuple[tuple[str, str], ...]


FLOORS = {
    "XNYS": Floor("New York", "America/New_York", (("09:30", "16:00"),)),
    "XLON": Floor("London", "Europe/London", (("08:00", "16:30"),)),
    "XETR": Floor("Frankfurt", "Europe/Berlin", (("09:00", "17:30"),)),
    "BVMF": Floor("Sao Paulo", "America/Sao_Paulo", (("10:00", "17:00"),)),
    "XHKG": Floor("Hong Kong", "Asia/Hong_Kong", (("09:30", "12:00"), ("13:00", "16:00"))),
    "XNSE": Floor("Mumbai", "Asia/Kolkata", (("09:15", "15:30"),)),
}

Market = Annotated[str, Choice("Exchange, by its ISO 10383 code.", members=tuple(FLOORS), example="XETR")]


def _sessions(market: str, date: datetime.date) -> tuple[tuple[str, str], ...]:
    closed = date.weekday() >= 5 or date in market_year_of(market, date.year)
    return () if closed else FLOORS[market].sessions


def _here(clock: Clock, market: str) -> datetime.datetime:
    return clock.moment.astimezone(time_zone(FLOORS[market].zone))


def _is_open(clock: Clock, market: str) -> bool:
    here = _here(clock, market)
    time = f"{here:%H:%M}"
    return any(opens <= time < closes for opens, closes in _sessions(market, here.date()))


@tool.get("/markets/{market}/now", "Session Now")
def session_now(clock: Clock, market: Market) -> Answer:
    """Whether shares change hands on a floor at this moment, the hour there, and today's sessions."""
    here = _here(clock, market)
    return {
        "market": market,
        "open": _is_open(clock, market),
        "local_time": f"{here:%H:%M}",
        "sessions_today": [list(session) for session in _sessions(market, here.date())],
    }


@tool.get("/open", "Trading Now")
def trading_now(clock: Clock) -> Answer:
    """The codes of all floors where one can deal at this moment, and of those that are shut."""
    opened = sorted(market for market in FLOORS if _is_open(clock, market))
    return {"count": len(opened), "open": opened, "closed": sorted(set(FLOORS) - set(opened))}


@tool.get("/markets/{market}/bell", "Next Bell")
def next_bell(clock: Clock, market: Market) -> Answer:
    """When a floor next opens or closes, in local and universal time, and how many minutes that is away."""
    zone, date = time_zone(FLOORS[market].zone), _here(clock, market).date()
    while True:
        for session in _sessions(market, date):
            for text, event in zip(session, ("opening", "closing"), strict=True):
                bell = datetime.datetime.combine(date, datetime.time.fromisoformat(text), zone)
                if bell > clock.moment:
                    utc = bell.astimezone(datetime.UTC)
                    return {
                        "event": event,
                        "local": bell.isoformat(timespec="minutes"),
                        "utc": f"{utc:%Y-%m-%dT%H:%MZ}",
                        "in_minutes": -((clock.moment - utc) // datetime.timedelta(minutes=1)),
                    }
        date += datetime.timedelta(days=1)
