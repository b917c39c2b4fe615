"""Stock Archive: five American shares, month by month, from 2000 to 2010."""

import datetime
from functools import lru_cache
from typing import Annotated

from infra.sandbox.hub.errors import BadArgument, NotFound
from infra.sandbox.hub.parameters import Choice, Day, Integer
from infra.sandbox.hub.sources.tables import read_csv_table
from infra.sandbox.hub.tool import Answer, Tool

tool = Tool(
    name="Stock Archive",
    category="Finance",
    description="What a share of Apple, Amazon, Google, IBM or Microsoft was worth at the end of each month"
    " between January 2000 and March 2010, in US dollars of those days.",
    tables=("stock_months.csv",),
    data_vintage="January 2000 to March 2010; Google from August 2004.",
    licence="MIT, (c) 2018 Jake Vanderplas (vega_datasets)",
    collections=("market-history",),
)

SYMBOLS = ("AAPL", "AMZN", "GOOG", "IBM", "MSFT")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
Symbol = Annotated[str, Choice("Ticker symbol of the company.", members=SYMBOLS, example="AAPL")]


def _month(example: str, what: str) -> Day:
    return Day(what, example=example, earliest="2000-01-01", latest="2010-03-31")


@lru_cache(maxsize=1)
def _prices() -> dict[str, dict[str, float]]:
    """Return the price of each share by ``YYYY-MM`` in order of time."""
    prices: dict[str, dict[str, float]] = {symbol: {} for symbol in SYMBOLS}
    for row in read_csv_table("stock_months.csv"):
        month, _, year = row["date"].split()
        prices[row["symbol"]][f"{year}-{MONTHS.index(month) + 1:02d}"] = float(row["price"])
    return {symbol: dict(sorted(by_month.items())) for symbol, by_month in prices.items()}


def _price(symbol: str, date: datetime.date) -> float:
    price = _prices()[symbol].get(str(date)[:7])
    if price is None:
        raise NotFound(f"{symbol} was not traded yet in {str(date)[:7]}")
    return price


def _change(symbol: str, start: datetime.date, end: datetime.date) -> float:
    if str(end)[:7] <= str(start)[:7]:
        raise BadArgument("end", "must lie in a later month than start")
    return round((_price(symbol, end) / _price(symbol, start) - 1) * 100, 2)


@tool.get("/stocks/{symbol}/price", "Month Price")
def month_price(
    symbol: Symbol,
    date: Annotated[datetime.date, _month("2008-01-31", "Any day of the month in question.")],
) -> Answer:
    """What one share of a company cost in a month of the years 2000 to 2010."""
    return {
        "symbol": symbol,
        "month": str(date)[:7],
        "price": _price(symbol, date),
        "currency": "USD",
    }


@tool.get("/stocks/{symbol}/return", "Period Return")
def period_return(
    symbol: Symbol,
    start: Annotated[datetime.date, _month("2005-01-31", "Any day of the month of buying.")],
    end: Annotated[datetime.date, _month("2009-12-31", "Any day of the month of selling.")],
) -> Answer:
    """How many percent an investor gained or lost between two months by holding one company."""
    percent = _change(symbol, start, end)
    return {
        "symbol": symbol,
        "percent": percent,
        "start_price": _price(symbol, start),
        "end_price": _price(symbol, end),
    }


@tool.get("/stocks/{symbol}/years/{year}", "Yearly Range")
def yearly_range(
    symbol: Symbol,
    year: Annotated[int, Integer("Calendar year.", minimum=2000, maximum=2010, example=2008)],
) -> Answer:
    """The best and the worst month of a company within one calendar year, and what it stood at then."""
    months = {m: price for m, price in _prices()[symbol].items() if m[:4] == str(year)}
    if not months:
        raise NotFound(f"{symbol} was not traded yet in {year}")
    highest, lowest = max(months, key=lambda m: months[m]), min(months, key=lambda m: months[m])
    return {
        "highest": {"month": highest, "price": months[highest]},
        "lowest": {"month": lowest, "price": months[lowest]},
        "average": round(sum(months.values()) / len(months), 2),
    }


@tool.get("/comparison", "Best Performer")
def best_performer(
    start: Annotated[datetime.date, _month("2005-01-31", "Any day of the month of buying.")],
    end: Annotated[datetime.date, _month("2009-12-31", "Any day of the month of selling.")],
) -> Answer:
    """Ranks the five companies by what an investor would have made of them between two months."""
    traded = [s for s in SYMBOLS if str(start)[:7] in _prices()[s]]
    ranking = sorted((-_change(s, start, end), s) for s in traded)
    return {
        "best": ranking[0][1],
        "worst": ranking[-1][1],
        "ranking": [{"symbol": symbol, "percent": -loss} for loss, symbol in ranking],
    }
