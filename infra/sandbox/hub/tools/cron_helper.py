"""Cron Helper: schedules of five fields, put into words and into dates."""

import datetime
from typing import Annotated, Any

from infra.sandbox.hub.errors import BadArgument, NotFound
from infra.sandbox.hub.parameters import Integer, Text, TimeOfDay
from infra.sandbox.hub.tool import Answer, Tool
from infra.sandbox.hub.vocabulary import day

tool = Tool(
    name="Cron Helper",
    category="Tools",
    description="Reads the timetables of unattended computer jobs (minute, hour, day, month, weekday):"
    " explains them in English and lists when they fire.",
    packages=("croniter", "cron-descriptor"),
    data_vintage="Rules of the notation.",
    licence="MIT",
    collections=("team-office",),
)

# Names of days and months, and L for the last day; other letters would be drawn at random by croniter.
NAME = "SUN|MON|TUE|WED|THU|FRI|SAT|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC|L"
FIELD = f"([0-9*/,-]|{NAME})+"
YEARS_AHEAD = 8  # the longest gap between two 29 Februaries

Expression = Annotated[
    str,
    Text(
        "Five fields with blanks between: minute, hour, day of month, month, weekday.",
        examples=("*/15 9-17 * * 1-5", "30 6 * * MON", "0 0 1 1 *"),
        pattern=f"{FIELD}( {FIELD}){{4}}",
        pattern_words="five fields such as 30 6 * * MON, names in capitals",
        max_length=60,
    ),
]
Start = Annotated[datetime.date, day("2026-06-19", "Day to start from.")]
StartTime = Annotated[datetime.time, TimeOfDay("Hour to start from.", example="17:50")]


def _schedule(expression: str, start: datetime.datetime | None = None) -> Any:
    """Return the schedule from a moment on; raises `BadArgument` where the notation is wrong."""
    from croniter import CroniterError, croniter  # type: ignore[import-untyped]

    try:
        return croniter(expression, start, max_years_between_matches=YEARS_AHEAD)
    except (CroniterError, ValueError, KeyError) as error:
        raise BadArgument("expression", "is not a cron schedule of five fields") from error


def _runs(expression: str, date: datetime.date, time: datetime.time, count: int, direction: str) -> list[str]:
    from croniter import CroniterError

    schedule = _schedule(expression, datetime.datetime.combine(date, time))
    step = schedule.get_next if direction == "next" else schedule.get_prev
    try:
        return [step(datetime.datetime).isoformat(timespec="minutes") for _ in range(count)]
    except (CroniterError, OverflowError, ValueError) as error:
        raise NotFound("this schedule has no such run within eight years") from error


def _members(field: list[int | str], size: int) -> set[int]:
    """Return the values of a field as croniter expands it, a star written out."""
    return set(range(size)) if "*" in field else {int(value) for value in field}


@tool.get("/describe", "Describe Cron")
def describe_cron(expression: Expression) -> Answer:
    """Says in an English sentence when a scheduled job fires, on the 24-hour clock."""
    from cron_descriptor import ExpressionDescriptor, Options  # type: ignore[import-untyped]

    _schedule(expression, datetime.datetime(2026, 1, 1))
    options = Options()
    options.locale_code = "en_US"  # left alone it would follow the machine's language
    options.use_24hour_time_format = True
    return {"text": ExpressionDescriptor(expression, options).get_description()}


@tool.get("/next", "Next Runs")
def next_runs(
    expression: Expression,
    date: Start,
    time: StartTime,
    count: Annotated[int, Integer("How many to list.", minimum=1, maximum=20, example=2)] = 3,
) -> Answer:
    """The coming moments at which a job will be started, strictly after a given one."""
    return {"runs": _runs(expression, date, time, count, "next")}


@tool.get("/previous", "Previous Run")
def previous_run(expression: Expression, date: Start, time: StartTime) -> Answer:
    """When a job ought to have been started for the last time before a given moment."""
    return {"run": _runs(expression, date, time, 1, "previous")[0]}


@tool.get("/count", "Runs On Day")
def runs_on_day(expression: Expression, date: Start) -> Answer:
    """How often a job fires from one midnight to the next, with the first and the last time of that day."""
    from croniter import CroniterBadDateError

    # One second before midnight, so that midnight itself counts.
    schedule = _schedule(
        expression, datetime.datetime.combine(date, datetime.time()) - datetime.timedelta(seconds=1)
    )
    try:
        first = schedule.get_next(datetime.datetime)
    except CroniterBadDateError:
        return {"count": 0, "first": None, "last": None}
    if first.date() != date:
        return {"count": 0, "first": None, "last": None}
    minutes, hours = (_members(field, size) for field, size in zip(schedule.expanded, (60, 24), strict=False))
    last = datetime.time(max(hours), max(minutes))
    return {"count": len(minutes) * len(hours), "first": f"{first:%H:%M}", "last": f"{last:%H:%M}"}
