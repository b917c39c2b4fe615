"""Market Calendar: when stock exchanges and the euro payment system are closed."""

import datetime
from typing import Annotated

from infra.sandbox.hub.parameters import Choice, Day, Integer
from infra.sandbox.hub.sources.holiday_calendars import market_year_of
from infra.sandbox.hub.tool import Answer, Tool

tool = Tool(
    name="Market Calendar",
    category="Finance",
    description="Sessions of large exchanges, by their ISO 10383 codes: New York (XNYS), London (XLON),"
    " Frankfurt (XETR), Sao Paulo (BVMF), Hong Kong (XHKG), Mumbai (XNSE) and the euro payment"
    " system (XECB).",
    packages=("holidays",),
    data_vintage="2026 release; whole-day closures only, years 2016 to 2035.",
    licence="MIT",
    collections=("cross-border-business", "calendars-of-the-world"),
)

MARKETS = ("XNYS", "XLON", "XETR", "BVMF", "XHKG", "XNSE", "XECB")
Market = Annotated[str, Choice("Exchange, by its ISO 10383 code.", members=MARKETS, example="XNYS")]


def _is_open(market: str, date: datetime.date) -> bool:
    return date.weekday() < 5 and date not in market_year_of(market, date.year)


@tool.get("/markets/{market}/{year}", "Market Holidays")
def market_holidays(
    market: Market,
    year: Annotated[int, Integer("Calendar year.", minimum=2016, maximum=2035, example=2026)],
) -> Answer:
    """All weekdays of a year on which an exchange does not trade, with the reason."""
    days = sorted(market_year_of(market, year).items())
    closed = [{"date": str(date), "name": name} for date, name in days if date.weekday() < 5]
    return {"market": market, "count": len(closed), "closed": closed}


@tool.get("/markets/{market}/open", "Trading Day")
def trading_day(
    market: Market,
    date: Annotated[
        datetime.date,
        Day("The day in question.", example="2026-07-03", earliest="2016-01-01", latest="2035-12-31"),
    ],
) -> Answer:
    """Whether shares can be bought and sold on an exchange on a given day, and why not."""
    name = market_year_of(market, date.year).get(date)
    reason = name or ("weekend" if date.weekday() >= 5 else None)
    return {"date": str(date), "open": _is_open(market, date), "reason": reason}


@tool.get("/markets/{market}/next", "Next Session")
def next_session(
    market: Market,
    date: Annotated[
        datetime.date,
        Day("The day to look ahead from.", example="2026-12-24", earliest="2016-01-01", latest="2035-11-30"),
    ],
) -> Answer:
    """The first day after a given one on which an exchange opens again."""
    following = date + datetime.timedelta(days=1)
    while not _is_open(market, following):
        following += datetime.timedelta(days=1)
    return {"date": str(following), "days_until": (following - date).days}
