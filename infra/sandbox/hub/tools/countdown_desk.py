"""Countdown Desk: how long it is until something, or since."""

import datetime
from typing import Annotated

from infra.sandbox.hub.clock import Clock
from infra.sandbox.hub.errors import BadArgument
from infra.sandbox.hub.parameters import Day, TimeOfDay
from infra.sandbox.hub.sources.time_zones import time_zone
from infra.sandbox.hub.tool import Answer, Tool
from infra.sandbox.hub.vocabulary import day, time_zone_name

tool = Tool(
    name="Countdown Desk",
    category="Tools",
    description="Sleeps, hours and minutes from this moment to an event, time gone by since another, ages and"
    " birthdays as of today, and the distance to the weekend.",
    packages=("tzdata", "python-dateutil"),
    data_vintage="Arithmetic; the moment is that of the marketplace's clock.",
    licence="Apache-2.0 or BSD-3-Clause",
    collections=("today-board", "moving-house"),
)

Zone = Annotated[str, time_zone_name("Europe/Berlin", "Asia/Tokyo", of="in which one counts")]
WEEKEND_STARTS = datetime.time(18)


def _today(clock: Clock, timezone: str) -> datetime.date:
    return clock.moment.astimezone(time_zone(timezone)).date()


def _split(span: datetime.timedelta) -> dict[str, object]:
    minutes = span // datetime.timedelta(minutes=1)
    return {
        "days": minutes // 1440,
        "hours": minutes // 60 % 24,
        "minutes": minutes % 60,
        "total_minutes": minutes,
    }


@tool.get("/days", "Days Until")
def days_until(
    clock: Clock,
    date: Annotated[datetime.date, day("2026-12-24", "Day of the event.")],
    timezone: Zone = "UTC",
) -> Answer:
    """How many nights one has to sleep from today until a day; negative where it has passed."""
    left = (date - _today(clock, timezone)).days
    return {"days": left, "full_weeks": left // 7 if left >= 0 else -(-left // 7)}


@tool.get("/exactly", "Time Until")
def time_until(
    clock: Clock,
    date: Annotated[datetime.date, day("2026-07-10", "Day of the event.")],
    time: Annotated[datetime.time, TimeOfDay("Hour of the event.", example="18:30")],
    timezone: Zone = "UTC",
) -> Answer:
    """Days, hours and minutes from this very moment to a date and hour that are still to come."""
    event = datetime.datetime.combine(date, time, time_zone(timezone)).astimezone(datetime.UTC)
    if event < clock.moment:
        raise BadArgument("date", "and time must not have passed")
    return _split(event - clock.moment)


@tool.get("/since", "Time Since")
def time_since(
    clock: Clock,
    date: Annotated[datetime.date, day("2019-04-15", "Day on which it began.")],
    timezone: Zone = "UTC",
) -> Answer:
    """How long ago a day was as of today: whole years, months and days, and all the days together."""
    from dateutil.relativedelta import relativedelta  # type: ignore[import-untyped]

    today = _today(clock, timezone)
    if date > today:
        raise BadArgument("date", "must not lie ahead")
    passed = relativedelta(today, date)
    return {
        "years": passed.years,
        "months": passed.months,
        "days": passed.days,
        "total_days": (today - date).days,
    }


@tool.get("/birthday", "Next Birthday")
def next_birthday(
    clock: Clock,
    birth: Annotated[
        datetime.date, Day("Day of birth.", example="1988-11-05", earliest="1900-01-01", latest="2099-12-31")
    ],
    timezone: Zone = "UTC",
) -> Answer:
    """When somebody next celebrates, in how many days, and which age it will be; 29 February on the 28th."""
    from dateutil.relativedelta import relativedelta

    today = _today(clock, timezone)
    if birth > today:
        raise BadArgument("birth", "must not lie ahead")
    years = today.year - birth.year
    date = birth + relativedelta(years=years)
    if date < today:
        years += 1
        date = birth + relativedelta(years=years)
    return {"date": str(date), "days": (date - today).days, "age": years}


@tool.get("/weekend", "Weekend Countdown")
def weekend_countdown(clock: Clock, timezone: Zone) -> Answer:
    """How far away Friday evening, 18:00, is by the clocks of a zone; nothing is left once it has begun."""
    here = clock.moment.astimezone(time_zone(timezone)).replace(tzinfo=None)
    friday = here.date() - datetime.timedelta(days=here.weekday() - 4)
    start = datetime.datetime.combine(friday, WEEKEND_STARTS)
    return _split(max(start - here, datetime.timedelta()))
