"""Closed days of exchanges: holidays against exchange_calendars."""

from collections.abc import Iterator

from infra.sandbox.second_sources.comparison import Pair
from infra.sandbox.second_sources.hub import Hub

TOOL = "market-calendar"
SECOND = "exchange_calendars"
LICENCE = "Apache-2.0"

MARKETS = ("XNYS", "XLON")
YEARS = (2024, 2025, 2026)


def pairs(hub: Hub) -> Iterator[Pair]:
    """Every weekday of three years on which at least one of the two says closed."""
    import exchange_calendars  # type: ignore[import-untyped]
    import pandas

    first, last = f"{YEARS[0]}-01-01", f"{YEARS[-1]}-12-31"
    for market in MARKETS:
        calendar = exchange_calendars.get_calendar(market, start=first, end=last)
        sessions = {str(day.date()) for day in calendar.sessions}
        for year in YEARS:
            ours = {row["date"] for row in hub.get(TOOL, "markets", market, year)["closed"]}
            weekdays = [str(day.date()) for day in pandas.bdate_range(f"{year}-01-01", f"{year}-12-31")]
            closed = set(weekdays) - sessions
            for day in sorted((ours & set(weekdays)) | closed):
                yield Pair(f"{market} closed on {day}", day in ours, day in closed)
