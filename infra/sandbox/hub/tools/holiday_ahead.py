"""Holiday Ahead: the days off that are still to come this year."""

import datetime
from collections.abc import Iterator
from typing import Annotated

from infra.sandbox.hub.clock import Clock
from infra.sandbox.hub.errors import NotFound
from infra.sandbox.hub.sources.holiday_calendars import year_of
from infra.sandbox.hub.tool import Answer, Tool
from infra.sandbox.hub.vocabulary import country_code

tool = Tool(
    name="Holiday Ahead",
    category="Events",
    description="Looks from this moment (UTC) to the coming bank holidays of some 250 countries and"
    " territories: the nearest one, how many remain, and long weekends.",
    packages=("holidays",),
    data_vintage="2026 release; nationwide holidays only.",
    licence="MIT",
    collections=("today-board", "calendars-of-the-world", "travel-planning"),
)

Country = Annotated[str, country_code("DE", "JP", "US", "PT")]

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
YEARS_AHEAD = 3


def _coming(clock: Clock, country: str) -> Iterator[tuple[datetime.date, str]]:
    """Yield date and name of the holidays after today, in order."""
    today = clock.moment.date()
    for year in range(today.year, today.year + YEARS_AHEAD):
        yield from ((date, name) for date, name in sorted(year_of(country, year).items()) if date > today)


def _shown(clock: Clock, date: datetime.date, name: str) -> dict[str, object]:
    return {
        "date": str(date),
        "name": name,
        "weekday": WEEKDAYS[date.weekday()],
        "in_days": (date - clock.moment.date()).days,
    }


@tool.get("/countries/{country}/next", "Next Day Off")
def next_day_off(clock: Clock, country: Country) -> Answer:
    """The nearest bank holiday after today in a country: its name, weekday, and how far away it is."""
    for date, name in _coming(clock, country):
        return _shown(clock, date, name)
    raise NotFound(f"no public holiday of {country} is known in the next years")


@tool.get("/countries/{country}/today", "Holiday Today")
def holiday_today(clock: Clock, country: Country) -> Answer:
    """Whether a country celebrates on this very day, what it celebrates, and when it did last before."""
    today = clock.moment.date()
    days = [*year_of(country, today.year - 1).items(), *year_of(country, today.year).items()]
    before = [date for date, _ in days if date < today]
    return {
        "date": str(today),
        "is_holiday": today in year_of(country, today.year),
        "name": year_of(country, today.year).get(today),
        "last_before": str(max(before)) if before else None,
    }


@tool.get("/countries/{country}/rest-of-year", "Holidays Left")
def holidays_left(clock: Clock, country: Country) -> Answer:
    """All bank holidays from tomorrow until New Year's Eve, and how many of them fall on Monday to Friday."""
    year = clock.moment.year
    found = [(date, name) for date, name in _coming(clock, country) if date.year == year]
    return {
        "count": len(found),
        "on_weekdays": sum(date.weekday() < 5 for date, _ in found),
        "holidays": [_shown(clock, date, name) for date, name in found],
    }


@tool.get("/countries/{country}/long-weekend", "Next Long Weekend")
def next_long_weekend(clock: Clock, country: Country) -> Answer:
    """The coming bank holiday on a Friday or Monday, which makes three days without work in a row."""
    for date, name in _coming(clock, country):
        if date.weekday() in (0, 4):
            return _shown(clock, date, name)
    raise NotFound(f"no holiday of {country} falls on a Friday or Monday in the next years")
