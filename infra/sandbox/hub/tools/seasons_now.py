"""Seasons Now: where the year stands, and when the Sun next turns."""

import datetime
from functools import lru_cache
from typing import Annotated

from infra.sandbox.hub.clock import Clock
from infra.sandbox.hub.parameters import Choice
from infra.sandbox.hub.tool import Answer, Tool

tool = Tool(
    name="Seasons Now",
    category="Weather",
    description="Spring or autumn? Astronomical quarters of the year on both sides of the equator, the coming"
    " equinox or solstice, and how much of the year is gone, as of this moment (UTC).",
    packages=("PyMeeus",),
    data_vintage="Formulae of Jean Meeus, to the day.",
    licence="LGPL-3.0",
    collections=("today-board", "outdoor-day", "calendars-of-the-world"),
)

NORTH = ("spring", "summer", "autumn", "winter")
EVENTS = {
    "spring": "March equinox",
    "summer": "June solstice",
    "autumn": "September equinox",
    "winter": "December solstice",
}

Hemisphere = Annotated[
    str, Choice("Side of the equator.", members=("northern", "southern"), example="northern")
]


@lru_cache(maxsize=500)
def _turn(year: int, season: str) -> datetime.date:
    """Return the day on which a northern season of a year begins."""
    from pymeeus.Sun import Sun  # type: ignore[import-untyped]

    year, month, day = Sun.get_equinox_solstice(year, target=season).get_date(utc=True)
    return datetime.date(year, month, int(day))


def _turns(year: int) -> list[tuple[datetime.date, str]]:
    """Return the beginnings of seasons from the winter before a year to the spring after it, in order."""
    return [
        (_turn(year - 1, "winter"), "winter"),
        *((_turn(year, season), season) for season in NORTH),
        (_turn(year + 1, "spring"), "spring"),
    ]


def _of(season: str, hemisphere: str) -> str:
    return season if hemisphere == "northern" else NORTH[(NORTH.index(season) + 2) % 4]


@tool.get("/season", "Current Season")
def current_season(clock: Clock, hemisphere: Hemisphere) -> Answer:
    """The quarter of the astronomical year in which people live today, its first day, and days to its end."""
    today = clock.moment.date()
    turns = _turns(today.year)
    place = max(n for n, (date, _) in enumerate(turns) if date <= today)
    since, season = turns[place]
    return {
        "season": _of(season, hemisphere),
        "since": str(since),
        "days_left": (turns[place + 1][0] - today).days,
    }


@tool.get("/turn", "Next Turn")
def next_turn(clock: Clock) -> Answer:
    """Which equinox or solstice comes next after today, on which date, and how many days away it is."""
    today = clock.moment.date()
    date, season = next(turn for turn in _turns(today.year) if turn[0] > today)
    return {"event": EVENTS[season], "date": str(date), "in_days": (date - today).days}


@tool.get("/begins", "Season Begins")
def season_begins(
    clock: Clock,
    hemisphere: Hemisphere,
    season: Annotated[str, Choice("Quarter of the year.", members=NORTH, example="winter")],
) -> Answer:
    """The next first day of a quarter of the year on one side of the equator, and the days until then."""
    today = clock.moment.date()
    northern = season if hemisphere == "northern" else NORTH[(NORTH.index(season) + 2) % 4]
    date = next(date for year in (today.year, today.year + 1) if (date := _turn(year, northern)) > today)
    return {"date": str(date), "in_days": (date - today).days}


@tool.get("/year", "Year Progress")
def year_progress(clock: Clock) -> Answer:
    """Which day of the year it is, in which ISO week, how many remain, and the share gone by in percent."""
    start = datetime.datetime(clock.moment.year, 1, 1, tzinfo=datetime.UTC)
    length = start.replace(year=start.year + 1) - start
    gone = clock.moment - start
    return {
        "day_of_year": gone.days + 1,
        "iso_week": clock.moment.isocalendar().week,
        "days_left": length.days - gone.days - 1,
        "percent": round(100 * (gone / length), 2),
    }
