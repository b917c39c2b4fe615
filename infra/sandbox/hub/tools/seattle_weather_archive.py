"""Seattle Weather Archive: what the station at the airport wrote down, day by day."""

import datetime
from functools import lru_cache
from itertools import groupby
from typing import Annotated

from infra.sandbox.hub.errors import BadArgument
from infra.sandbox.hub.parameters import Choice, Day, Integer
from infra.sandbox.hub.sources.tables import read_csv_table
from infra.sandbox.hub.tool import Answer, Tool

tool = Tool(
    name="Seattle Weather Archive",
    category="Weather",
    description="Four past years of observations at Sea-Tac, Washington: rain, warmest and coldest"
    " reading and wind of every day, with totals, extremes and droughts.",
    tables=("seattle_weather.csv",),
    data_vintage="1 January 2012 to 31 December 2015.",
    licence="Public domain (NOAA); table: MIT, (c) 2018 Jake Vanderplas (vega_datasets)",
    collections=("us-regional-desk", "weather-and-climate"),
)

QUANTITIES = {
    "precipitation": "precipitation_mm",
    "high": "temp_max_c",
    "low": "temp_min_c",
    "wind": "wind_ms",
}

Year = Annotated[int, Integer("Year of the archive.", minimum=2012, maximum=2015, example=2014)]
Month = Annotated[int, Integer("Month, from 1 for January.", minimum=1, maximum=12, example=11)]
Quantity = Annotated[str, Choice("What was measured.", members=tuple(QUANTITIES), example="precipitation")]
Observation = dict[str, float]


def _day(example: str, what: str = "Day of the archive.") -> Day:
    return Day(what, example=example, earliest="2012-01-01", latest="2015-12-31")


@lru_cache(maxsize=1)
def _days() -> dict[str, Observation]:
    """Return precipitation [mm], temperatures [C] and wind [m/s] by ISO date, in order of time."""
    return {
        row["date"]: {name: float(row[name]) for name in QUANTITIES.values()}
        for row in read_csv_table("seattle_weather.csv")
    }


def _starting(prefix: str) -> dict[str, Observation]:
    return {date: observed for date, observed in _days().items() if date.startswith(prefix)}


@tool.get("/days/{date}", "Daily Weather")
def daily_weather(date: Annotated[datetime.date, _day("2012-07-04")]) -> Answer:
    """Rain in millimetres, top and bottom of the thermometer, and metres of wind per second on a date."""
    return {"date": str(date)} | _days()[str(date)]


@tool.get("/months/{year}/{month}", "Monthly Summary")
def monthly_summary(year: Year, month: Month) -> Answer:
    """Rainfall total, how many days had any, and average afternoon and night over four weeks or so."""
    days = _starting(f"{year}-{month:02}").values()
    return {
        "days": len(days),
        "precipitation_mm": round(sum(d["precipitation_mm"] for d in days), 1),
        "wet_days": sum(d["precipitation_mm"] > 0 for d in days),
        "mean_high_c": round(sum(d["temp_max_c"] for d in days) / len(days), 2),
        "mean_low_c": round(sum(d["temp_min_c"] for d in days) / len(days), 2),
    }


@tool.get("/years/{year}", "Yearly Rainfall")
def yearly_rainfall(year: Year) -> Answer:
    """How many millimetres came down from January to December, and on how many days it stayed dry."""
    days = _starting(f"{year}-").values()
    return {
        "precipitation_mm": round(sum(d["precipitation_mm"] for d in days), 1),
        "dry_days": sum(d["precipitation_mm"] == 0 for d in days),
    }


@tool.get("/years/{year}/record", "Record Day")
def record_day(
    year: Year,
    quantity: Quantity,
    extreme: Annotated[
        str, Choice("Which end of the scale.", members=("highest", "lowest"), example="highest")
    ] = "highest",
) -> Answer:
    """When a measurement was at the extreme of a year, and what it was; the first date if it is shared."""
    name = QUANTITIES[quantity]
    pick = max if extreme == "highest" else min
    date, observed = pick(_starting(f"{year}-").items(), key=lambda day: day[1][name])
    return {"date": date, "value": observed[name], "name": name}


@tool.get("/years/{year}/dry-spell", "Longest Dry Spell")
def longest_dry_spell(year: Year) -> Answer:
    """The most days in a row without a drop within twelve months, and when they began and ended."""
    spells = groupby(_starting(f"{year}-").items(), key=lambda day: day[1]["precipitation_mm"] == 0)
    longest = max(([date for date, _ in days] for dry, days in spells if dry), key=len)
    return {"days": len(longest), "start": longest[0], "end": longest[-1]}


@tool.get("/between", "Period Total")
def period_total(
    start: Annotated[datetime.date, _day("2015-12-01", "First day counted.")],
    end: Annotated[datetime.date, _day("2015-12-24", "Last day counted.")],
) -> Answer:
    """Rain of a stretch of days, both ends included, and its warmest and coldest reading."""
    if end < start:
        raise BadArgument("end", "must not lie before start")
    days = [observed for date, observed in _days().items() if str(start) <= date <= str(end)]
    return {
        "precipitation_mm": round(sum(d["precipitation_mm"] for d in days), 1),
        "warmest_c": max(d["temp_max_c"] for d in days),
        "coldest_c": min(d["temp_min_c"] for d in days),
    }
