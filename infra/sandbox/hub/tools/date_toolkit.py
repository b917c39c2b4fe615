"""Date Toolkit: arithmetic with days, months and weeks."""

import datetime
from calendar import isleap
from typing import Annotated

from infra.sandbox.hub.errors import BadArgument
from infra.sandbox.hub.parameters import Choice, Integer
from infra.sandbox.hub.tool import Answer, Tool
from infra.sandbox.hub.vocabulary import day

tool = Tool(
    name="Date Toolkit",
    category="Tools",
    description="Counts and shifts civil dates: spans, deadlines, weekdays, week numbers, series and ages.",
    packages=("python-dateutil",),
    data_vintage="Arithmetic of the Gregorian calendar.",
    licence="Apache-2.0 or BSD-3-Clause",
    collections=("calendars-of-the-world", "writing-desk"),
)

# Spelt out: strftime would follow the language of the machine.
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@tool.get("/between", "Days Between")
def days_between(
    start: Annotated[datetime.date, day("2026-03-01", "The earlier day.")],
    end: Annotated[datetime.date, day("2026-12-25", "The later day.")],
) -> Answer:
    """The length of a span in days; negative if the second day comes first."""
    return {"days": (end - start).days}


@tool.get("/add", "Add Period")
def add_period(
    date: Annotated[datetime.date, day("2026-01-31", "The day to start from.")],
    months: Annotated[
        int, Integer("Months to go; negative goes back.", minimum=-1200, maximum=1200, example=1)
    ],
    days: Annotated[
        int,
        Integer("Days to go after that; negative goes back.", minimum=-36_500, maximum=36_500, example=10),
    ] = 0,
) -> Answer:
    """The day some months and days later; the last day of a month stays within the shorter month."""
    from dateutil.relativedelta import relativedelta  # type: ignore[import-untyped]

    return {"date": str(date + relativedelta(months=months, days=days))}


@tool.get("/info", "Day Info")
def day_info(date: Annotated[datetime.date, day("2028-02-29")]) -> Answer:
    """Weekday, ISO week number, position within the year, and whether the year has a 29 February."""
    return {
        "weekday": WEEKDAYS[date.weekday()],
        "iso_week": date.isocalendar().week,
        "day_of_year": date.timetuple().tm_yday,
        "leap_year": isleap(date.year),
    }


@tool.get("/series", "Recurring Dates")
def recurring_dates(
    start: Annotated[datetime.date, day("2026-01-31", "First day of the series.")],
    frequency: Annotated[
        str,
        Choice(
            "How often the day comes back.",
            members=("DAILY", "WEEKLY", "MONTHLY", "YEARLY"),
            example="MONTHLY",
        ),
    ],
    count: Annotated[int, Integer("Length of the series.", minimum=1, maximum=50, example=3)] = 5,
    interval: Annotated[int, Integer("Every how many periods.", minimum=1, maximum=12, example=2)] = 1,
) -> Answer:
    """Days of a repeated appointment, as calendars count them: months without such a day are skipped."""
    from dateutil import rrule  # type: ignore[import-untyped]

    series = rrule.rrule(
        getattr(rrule, frequency),
        dtstart=datetime.datetime.combine(start, datetime.time()),
        count=count,
        interval=interval,
    )
    return {"dates": [str(moment.date()) for moment in series]}


@tool.get("/age", "Age On")
def age_on(
    birth: Annotated[datetime.date, day("1988-11-05", "Day of birth.")],
    date: Annotated[datetime.date, day("2026-06-21", "The day for which it is asked.")],
) -> Answer:
    """How old somebody is on a given day, in completed years, months and days."""
    from dateutil.relativedelta import relativedelta

    if date < birth:
        raise BadArgument("date", "must not lie before birth")
    passed = relativedelta(date, birth)
    return {"years": passed.years, "months": passed.months, "days": passed.days}
