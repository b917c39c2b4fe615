"""Calendar Converter: the same day in the calendars of other traditions."""

import datetime
from typing import Annotated, Any

from infra.sandbox.hub.errors import BadArgument
from infra.sandbox.hub.parameters import Choice, Integer
from infra.sandbox.hub.tool import Answer, Tool
from infra.sandbox.hub.vocabulary import day

tool = Tool(
    name="Calendar Converter",
    category="Events",
    description="Translates days between the civil (Gregorian) calendar and the Hebrew, Islamic, Persian,"
    " Julian, Coptic and Indian ones, and computes the movable Christian feast.",
    packages=("convertdate", "python-dateutil"),
    data_vintage="Arithmetic rules; the tabular Islamic calendar can differ from a sighted Moon by a day.",
    licence="MIT; Apache-2.0 or BSD-3-Clause",
    collections=("calendars-of-the-world",),
)

CALENDARS = ("hebrew", "islamic", "persian", "julian", "coptic", "indian_civil")
Calendar = Annotated[str, Choice("Tradition whose calendar is meant.", members=CALENDARS, example="hebrew")]


def _calendar(name: str) -> Any:
    from importlib import import_module

    module = import_module(f"convertdate.{name}")
    if name == "hebrew":
        # Its own month_days warns that it is the old name of month_length, at every conversion.
        module.month_days = module.month_length  # type: ignore[attr-defined]
    return module


@tool.get("/calendar/{calendar}", "From Gregorian")
def from_gregorian(
    calendar: Calendar, date: Annotated[datetime.date, day("2026-09-12", "The civil day.")]
) -> Answer:
    """Year, month and day that another tradition writes for a civil day, in its own count of months."""
    year, month, number = _calendar(calendar).from_gregorian(date.year, date.month, date.day)
    return {"calendar": calendar, "year": int(year), "month": int(month), "day": int(number)}


@tool.get("/calendar/{calendar}/gregorian", "To Gregorian")
def to_gregorian(
    calendar: Calendar,
    year: Annotated[int, Integer("Year of that calendar.", minimum=1300, maximum=5860, example=5787)],
    month: Annotated[int, Integer("Month of that calendar.", minimum=1, maximum=13, example=7)],
    day: Annotated[int, Integer("Day of that month.", minimum=1, maximum=31, example=1)],
) -> Answer:
    """The civil day behind a year, month and day of another tradition, for days of the years 1900 to 2100."""
    outside = BadArgument("day", f"is no day of the {calendar} calendar that falls in the years 1900 to 2100")
    try:
        found = _calendar(calendar).to_gregorian(year, month, day)
        if not 1900 <= found[0] <= 2100:
            raise outside
        returned = _calendar(calendar).from_gregorian(*found)
    except (ValueError, IndexError) as error:
        raise outside from error
    if tuple(int(part) for part in returned) != (year, month, day):
        raise outside
    return {"date": str(datetime.date(*(int(part) for part in found)))}


@tool.get("/easter/{year}", "Easter Date")
def easter_date(
    year: Annotated[int, Integer("Calendar year.", minimum=1600, maximum=2999, example=2027)],
    rite: Annotated[
        str,
        Choice("Church whose reckoning is followed.", members=("western", "orthodox"), example="orthodox"),
    ] = "western",
) -> Answer:
    """The Sunday of the resurrection feast in a given year, in the civil calendar."""
    from dateutil.easter import EASTER_ORTHODOX, EASTER_WESTERN, easter  # type: ignore[import-untyped]

    return {"date": str(easter(year, EASTER_WESTERN if rite == "western" else EASTER_ORTHODOX))}


@tool.get("/julianday", "Julian Day")
def julian_day(date: Annotated[datetime.date, day("2026-01-01", "The civil day.")]) -> Answer:
    """The astronomers' running count of days at midnight (UTC) that begins a civil day."""
    return {"julian_day": date.toordinal() + 1721424.5}
