"""Sun Times: when it gets light and dark, how high the Sun stands, and the age of the Moon."""

import datetime
from collections.abc import Callable
from typing import Annotated

from infra.sandbox.hub.parameters import TimeOfDay
from infra.sandbox.hub.sources.time_zones import time_zone
from infra.sandbox.hub.tool import Answer, Tool
from infra.sandbox.hub.vocabulary import day, latitude, longitude, time_zone_name

tool = Tool(
    name="Sun Times",
    category="Weather",
    description="Daylight at any point of the Earth: dawn, noon, dusk, hours of light, height of the Sun,"
    " and the phase of the Moon.",
    packages=("astral",),
    data_vintage="Formulae, good to about a minute below 65 degrees of latitude.",
    licence="Apache-2.0",
    collections=("travel-planning", "outdoor-day", "sky-watching"),
)

Latitude = Annotated[float, latitude(38.72)]
Longitude = Annotated[float, longitude(-9.14)]
Timezone = Annotated[str, time_zone_name("Europe/Lisbon", "Asia/Tokyo", of="the answer is given in")]

PHASES = ("new moon", "first quarter", "full moon", "last quarter")


def _moment(
    event: Callable[..., datetime.datetime], where: object, date: datetime.date, zone: str
) -> str | None:
    """Return an event of the day; None in polar day and night, which astral reports by ValueError."""
    try:
        return event(where, date=date, tzinfo=time_zone(zone)).replace(microsecond=0).isoformat()
    except ValueError:
        return None


@tool.get("/day", "Sunrise And Sunset")
def sunrise_and_sunset(
    latitude: Latitude,
    longitude: Longitude,
    date: Annotated[datetime.date, day("2026-06-21")],
    timezone: Timezone = "UTC",
) -> Answer:
    """The moments when daylight begins, peaks and ends; null in polar day and night."""
    from astral import Observer
    from astral.sun import noon, sunrise, sunset

    where = Observer(latitude, longitude)
    return {
        "sunrise": _moment(sunrise, where, date, timezone),
        "noon": _moment(noon, where, date, timezone),
        "sunset": _moment(sunset, where, date, timezone),
    }


@tool.get("/twilight", "Dawn And Dusk")
def dawn_and_dusk(
    latitude: Latitude,
    longitude: Longitude,
    date: Annotated[datetime.date, day("2026-09-23")],
    timezone: Timezone = "UTC",
) -> Answer:
    """When one can first and last read outside: the ends of civil twilight; null if there is none."""
    from astral import Observer
    from astral.sun import dawn, dusk

    where = Observer(latitude, longitude)
    return {
        "dawn": _moment(dawn, where, date, timezone),
        "dusk": _moment(dusk, where, date, timezone),
    }


@tool.get("/length", "Day Length")
def day_length(
    latitude: Latitude, longitude: Longitude, date: Annotated[datetime.date, day("2026-12-21")]
) -> Answer:
    """How many hours of light a day has: 24 in the polar summer, 0 in the polar night."""
    from astral import Observer
    from astral.sun import elevation, noon, sunrise, sunset

    where = Observer(latitude, longitude)
    try:
        length = sunset(where, date=date) - sunrise(where, date=date)
    except ValueError:
        is_up = elevation(where, noon(where, date=date)) > 0
        return {"hours": 24.0 if is_up else 0.0}
    return {"hours": round(length.total_seconds() / 3600 % 24, 3)}


@tool.get("/position", "Sun Position")
def sun_position(
    latitude: Latitude,
    longitude: Longitude,
    date: Annotated[datetime.date, day("2026-06-21", "The day, in universal time.")],
    time: Annotated[datetime.time, TimeOfDay("The moment, in universal time.", example="12:00")],
) -> Answer:
    """How high the Sun stands above the horizon and in which compass direction, both in degrees."""
    from astral import Observer
    from astral.sun import azimuth, elevation

    where, moment = Observer(latitude, longitude), datetime.datetime.combine(date, time, datetime.UTC)
    return {"elevation": round(elevation(where, moment), 2), "azimuth": round(azimuth(where, moment), 2)}


@tool.get("/moon", "Moon Phase")
def moon_phase(date: Annotated[datetime.date, day("2026-06-29")]) -> Answer:
    """How many days have passed since the Moon was invisible, out of 28, and the quarter it is nearest to."""
    from astral.moon import phase

    age = phase(date)
    return {"age_days": round(age, 2), "phase": PHASES[round(age / 7) % 4]}
