"""Public holidays of countries and closing days of markets, a year at a time, from the holidays package."""

from __future__ import annotations

import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from infra.sandbox.hub.errors import BadArgument, NotFound

if TYPE_CHECKING:
    from holidays import HolidayBase

FIRST_YEAR, LAST_YEAR = 1990, 2050
"""Years asked for in the documentation; the package covers most countries at least so far."""


@lru_cache(maxsize=2000)
def year_of(country: str, year: int, subdivision: str | None = None) -> HolidayBase:
    """Return the public holidays of a country, English names where there are any.

    Raises:
        NotFound: the package has no calendar of this country.
        BadArgument: the country has no such subdivision.
    """
    import holidays

    known = holidays.list_supported_countries()
    if country not in known:
        raise NotFound(f"no holiday calendar for the country {country}")
    if subdivision is not None and subdivision not in known[country]:
        raise BadArgument(
            "subdivision", f"must be one of {', '.join(known[country]) or 'none'} for {country}"
        )
    return holidays.country_holidays(country, subdiv=subdivision, years=year, expand=False, language="en_US")


@lru_cache(maxsize=1000)
def market_year_of(market: str, year: int) -> HolidayBase:
    """Return the closing days of a market, by its ISO 10383 code."""
    import holidays

    return holidays.financial_holidays(market, years=year, expand=False, language="en_US")


def is_working_day(country: str, date: datetime.date) -> bool:
    """Tell whether offices of the country are open: neither its weekend nor a public holiday."""
    return year_of(country, date.year).is_working_day(date)
