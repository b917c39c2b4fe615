"""Public Holidays Atlas: days off and working days of 250 countries and territories."""

import datetime
from typing import Annotated

from infra.sandbox.hub.errors import BadArgument, NotFound
from infra.sandbox.hub.parameters import Day, Integer, Text
from infra.sandbox.hub.sources.holiday_calendars import FIRST_YEAR, LAST_YEAR, is_working_day, year_of
from infra.sandbox.hub.tool import Answer, Tool
from infra.sandbox.hub.vocabulary import country_code

tool = Tool(
    name="Public Holidays Atlas",
    category="Events",
    description="When a country stays at home: official days off, nationwide or of one of its regions,"
    " and the working days between them.",
    packages=("holidays",),
    data_vintage="2026 release; years 1990 to 2050, future moon-dependent days are estimates.",
    licence="MIT",
    collections=("travel-planning", "cross-border-business", "calendars-of-the-world"),
)

FIRST_DAY, LAST_DAY = f"{FIRST_YEAR}-01-01", f"{LAST_YEAR}-12-31"
Region = Annotated[
    str | None,
    Text(
        "Code of a region of the country, for days off that only it observes.",
        examples=("BY", "CA", "NSW"),
        pattern="[A-Za-z0-9-]{1,6}",
        pattern_words="a region code such as BY",
        upper=True,
    ),
]


@tool.get("/holidays/{country}/{year}", "List Holidays")
def list_holidays(
    country: Annotated[str, country_code("PT", "DE", "JP")],
    year: Annotated[int, Integer("Calendar year.", minimum=FIRST_YEAR, maximum=LAST_YEAR, example=2026)],
    subdivision: Region = None,
) -> Answer:
    """Every official day off of one calendar year, with its English name where one is known."""
    days = sorted(year_of(country, year, subdivision).items())
    named = [{"date": str(date), "name": name} for date, name in days]
    return {"country": country, "year": year, "count": len(named), "holidays": named}


@tool.get("/holidays/{country}/next", "Next Holiday")
def next_holiday(
    country: Annotated[str, country_code("FR", "BR", "KR")],
    after: Annotated[
        datetime.date,
        Day("The day to look ahead from.", example="2026-07-01", earliest=FIRST_DAY, latest="2049-12-31"),
    ],
) -> Answer:
    """The first day off that comes later than a given day, and how many days remain until then."""
    for year in (after.year, after.year + 1):
        for date, name in sorted(year_of(country, year).items()):
            if date > after:
                return {"date": str(date), "name": name, "days_until": (date - after).days}
    raise NotFound(f"no day off is known in {country} within a year of {after}")


@tool.get("/holidays/{country}/check", "Check Holiday")
def check_holiday(
    country: Annotated[str, country_code("JP", "US", "IT")],
    date: Annotated[
        datetime.date,
        Day("The day to look at.", example="2026-02-11", earliest=FIRST_DAY, latest=LAST_DAY),
    ],
    subdivision: Region = None,
) -> Answer:
    """Whether offices are closed by law on a given day, and what is celebrated; null if nothing is."""
    name = year_of(country, date.year, subdivision).get(date)
    return {"date": str(date), "is_holiday": name is not None, "name": name}


@tool.get("/workdays/{country}/count", "Count Working Days")
def count_working_days(
    country: Annotated[str, country_code("FR", "DE", "GB")],
    start: Annotated[
        datetime.date,
        Day("First day counted.", example="2026-07-01", earliest=FIRST_DAY, latest=LAST_DAY),
    ],
    end: Annotated[
        datetime.date,
        Day(
            "Last day counted, at most 400 days later.",
            example="2026-07-31",
            earliest=FIRST_DAY,
            latest=LAST_DAY,
        ),
    ],
) -> Answer:
    """How many business days a span has, first and last day included, without weekends and days off."""
    length = (end - start).days + 1
    if not 1 <= length <= 401:
        raise BadArgument("end", "must lie 0 to 400 days after start")
    days = (start + datetime.timedelta(days=n) for n in range(length))
    return {"working_days": sum(is_working_day(country, day) for day in days)}


@tool.get("/workdays/{country}/add", "Add Working Days")
def add_working_days(
    country: Annotated[str, country_code("FR", "ES", "NL")],
    date: Annotated[
        datetime.date,
        Day("The day to start from.", example="2026-07-13", earliest=FIRST_DAY, latest="2049-06-30"),
    ],
    days: Annotated[int, Integer("Business days to go forward.", minimum=1, maximum=250, example=3)],
) -> Answer:
    """The day on which a deadline of some business days ends: weekends and official days off do not count."""
    for _ in range(days):
        date += datetime.timedelta(days=1)
        while not is_working_day(country, date):
            date += datetime.timedelta(days=1)
    return {"date": str(date)}
