"""Departure Board: the next trains of an invented line along a coast."""

import datetime
from collections.abc import Iterator
from typing import Annotated

from infra.sandbox.hub.clock import Clock
from infra.sandbox.hub.errors import BadArgument, NotFound
from infra.sandbox.hub.parameters import Choice, Integer, TimeOfDay
from infra.sandbox.hub.sources.time_zones import time_zone
from infra.sandbox.hub.tool import Answer, Tool
from infra.sandbox.hub.vocabulary import day

tool = Tool(
    name="Departure Board",
    category="Transportation",
    description="Timetable of the Coast Line, an invented railway of six stations in the time zone of Lisbon:"
    " every 20 minutes from Monday to Friday, every half hour at weekends.",
    packages=("tzdata",),
    data_vintage="Invented timetable.",
    licence="Apache-2.0",
    collections=("commuter-desk", "today-board", "travel-planning"),
)

ZONE = "Europe/Lisbon"
MINUTES_FROM_NORTHGATE = {
    "northgate": 0,
    "millbrook": 6,
    "old-harbour": 13,
    "fairview": 21,
    "lakeside": 30,
    "southpoint": 41,
}
STATIONS = tuple(MINUTES_FROM_NORTHGATE)
END_TO_END = 41
# First train, last train and interval from the end of the line, in minutes of the day.
WORKDAY, WEEKEND = (5 * 60 + 10, 23 * 60 + 50, 20), (6 * 60, 23 * 60 + 30, 30)

Station = Annotated[str, Choice("Where one boards.", members=STATIONS, example="old-harbour")]
Target = Annotated[str, Choice("Where one gets off.", members=STATIONS, example="southpoint")]
Direction = Annotated[
    str, Choice("Which way the train goes.", members=("southbound", "northbound"), example="southbound")
]


def _minutes(station: str, direction: str) -> int:
    """Return how long a train is under way from the end of the line."""
    south = MINUTES_FROM_NORTHGATE[station]
    return south if direction == "southbound" else END_TO_END - south


def _direction(from_station: str, to_station: str) -> str:
    if from_station == to_station:
        raise BadArgument("to_station", "must be another station")
    south = MINUTES_FROM_NORTHGATE[to_station] > MINUTES_FROM_NORTHGATE[from_station]
    return "southbound" if south else "northbound"


def _check_leaves(station: str, direction: str) -> None:
    if _minutes(station, direction) == END_TO_END:
        raise BadArgument("direction", f"must be the other one: the line ends at {station}")


def _of_day(date: datetime.date, station: str, direction: str) -> list[datetime.datetime]:
    """Return the departures of the trains that start on a day, in local time."""
    first, last, interval = WORKDAY if date.weekday() < 5 else WEEKEND
    midnight = datetime.datetime.combine(date, datetime.time())
    under_way = _minutes(station, direction)
    return [
        midnight + datetime.timedelta(minutes=start + under_way) for start in range(first, last + 1, interval)
    ]


def _here(clock: Clock) -> datetime.datetime:
    return clock.moment.astimezone(time_zone(ZONE)).replace(tzinfo=None)


def _coming(clock: Clock, station: str, direction: str) -> Iterator[datetime.datetime]:
    here = _here(clock)
    for days in (-1, 0, 1):  # trains of yesterday may still be under way after midnight
        date = here.date() + datetime.timedelta(days=days)
        yield from (moment for moment in _of_day(date, station, direction) if moment >= here)


def _in_minutes(clock: Clock, moment: datetime.datetime) -> int:
    return -((_here(clock) - moment) // datetime.timedelta(minutes=1))


@tool.get("/stations/{station}/next", "Next Departures")
def next_departures(
    clock: Clock,
    station: Station,
    direction: Direction,
    limit: Annotated[int, Integer("How many trains.", minimum=1, maximum=10, example=3)] = 3,
) -> Answer:
    """What the display on a platform shows now: the coming trains and the minutes one has to wait."""
    _check_leaves(station, direction)
    trains = [moment for moment, _ in zip(_coming(clock, station, direction), range(limit), strict=False)]
    return {
        "departures": [
            {"time": f"{moment:%H:%M}", "in_minutes": _in_minutes(clock, moment)} for moment in trains
        ]
    }


@tool.get("/journey", "Next Connection")
def next_connection(clock: Clock, from_station: Station, to_station: Target) -> Answer:
    """The earliest ride between two stops from this moment: when it leaves, when it gets there, how long."""
    direction = _direction(from_station, to_station)
    ride = _minutes(to_station, direction) - _minutes(from_station, direction)
    leaves = next(_coming(clock, from_station, direction))
    arrives = leaves + datetime.timedelta(minutes=ride)
    return {
        "departure": leaves.isoformat(timespec="minutes"),
        "arrival": arrives.isoformat(timespec="minutes"),
        "minutes": ride,
        "in_minutes": _in_minutes(clock, leaves),
    }


@tool.get("/arrive-by", "Arrive By")
def arrive_by(
    clock: Clock,
    from_station: Station,
    to_station: Target,
    time: Annotated[datetime.time, TimeOfDay("Latest arrival today.", example="18:00")],
) -> Answer:
    """Which train one can take at the latest to be somewhere by a certain hour today."""
    direction = _direction(from_station, to_station)
    ride = datetime.timedelta(minutes=_minutes(to_station, direction) - _minutes(from_station, direction))
    here = _here(clock)
    deadline = datetime.datetime.combine(here.date(), time)
    fitting = [m for m in _of_day(here.date(), from_station, direction) if here <= m <= deadline - ride]
    if not fitting:
        raise NotFound(f"no train of today is left that reaches {to_station} by {time:%H:%M}")
    return {
        "departure": fitting[-1].isoformat(timespec="minutes"),
        "arrival": (fitting[-1] + ride).isoformat(timespec="minutes"),
        "trains_left": len(fitting),
    }


@tool.get("/stations/{station}/first-last", "First And Last Train")
def first_and_last_train(
    station: Station,
    direction: Direction,
    date: Annotated[datetime.date, day("2026-07-04", "Day on which the train sets out.")],
) -> Answer:
    """When the service of a day begins and ends at a stop, and how many trains call there."""
    _check_leaves(station, direction)
    trains = _of_day(date, station, direction)
    return {"first": f"{trains[0]:%H:%M}", "last": f"{trains[-1]:%H:%M}", "trains": len(trains)}
