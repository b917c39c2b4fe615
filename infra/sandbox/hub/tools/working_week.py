"""Working Week: how much work is left before the month or year is over."""

import datetime
from typing import Annotated

from infra.sandbox.hub.clock import Clock
from infra.sandbox.hub.parameters import Choice, Integer
from infra.sandbox.hub.sources.holiday_calendars import is_working_day
from infra.sandbox.hub.tool import Answer, Tool
from infra.sandbox.hub.vocabulary import country_code

tool = Tool(
    name="Working Week",
    category="Business",
    description="Office days from today (UTC) onwards in a country, its weekends and bank holidays left out:"
    " how many remain, when a term ends, when wages come.",
    packages=("holidays",),
    data_vintage="2026 release; nationwide holidays only.",
    licence="MIT",
    collections=("team-office", "today-board", "cross-border-business"),
)

Country = Annotated[str, country_code("FR", "AE", "US", "JP")]
DAY = datetime.timedelta(days=1)


def _end(date: datetime.date, period: str) -> datetime.date:
    """Return the last day of the week (Sunday), month or year that a day is in."""
    if period == "week":
        return date + (6 - date.weekday()) * DAY
    if period == "month":
        return (date.replace(day=28) + 4 * DAY).replace(day=1) - DAY
    return datetime.date(date.year, 12, 31)


def _working_days(country: str, first: datetime.date, last: datetime.date) -> list[datetime.date]:
    days = (first + n * DAY for n in range((last - first).days + 1))
    return [date for date in days if is_working_day(country, date)]


@tool.get("/countries/{country}/left", "Days Left To Work")
def days_left_to_work(
    clock: Clock,
    country: Country,
    period: Annotated[
        str, Choice("What comes to its end.", members=("week", "month", "year"), example="month")
    ],
) -> Answer:
    """How many office days remain in the running week, month or year, today counted, and the last of them."""
    today = clock.moment.date()
    left = _working_days(country, today, _end(today, period))
    return {"working_days": len(left), "last": str(left[-1]) if left else None}


@tool.get("/countries/{country}/deadline", "Deadline From Today")
def deadline_from_today(
    clock: Clock,
    country: Country,
    days: Annotated[int, Integer("Office days granted.", minimum=1, maximum=120, example=10)],
) -> Answer:
    """The date on which a term of some office days runs out that begins tomorrow."""
    date = clock.moment.date()
    for _ in range(days):
        date += DAY
        while not is_working_day(country, date):
            date += DAY
    return {"date": str(date), "in_days": (date - clock.moment.date()).days}


@tool.get("/countries/{country}/payday", "Next Payday")
def next_payday(clock: Clock, country: Country) -> Answer:
    """When wages arrive next, if they come on the last office day of a month; today counts."""
    today = clock.moment.date()
    end = _end(today, "month")
    for _ in range(2):
        date = end
        while not is_working_day(country, date):
            date -= DAY
        if date >= today:
            break
        end = _end(end + DAY, "month")
    return {"date": str(date), "in_days": (date - today).days}


@tool.get("/countries/{country}/share", "Month Progress")
def month_progress(clock: Clock, country: Country) -> Answer:
    """How many office days of the running month are over, today not counted, how many it has, and percent."""
    today = clock.moment.date()
    every = _working_days(country, today.replace(day=1), _end(today, "month"))
    over = sum(date < today for date in every)
    return {"over": over, "all": len(every), "percent": round(100 * over / max(1, len(every)), 1)}
