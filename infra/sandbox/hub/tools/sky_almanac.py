"""Sky Almanac: the Moon, the planets and the stars on a given day."""

import datetime
from typing import Annotated, Any

from infra.sandbox.hub.errors import NotFound
from infra.sandbox.hub.parameters import Choice, Integer, Text
from infra.sandbox.hub.sources import sky
from infra.sandbox.hub.tool import Answer, Tool
from infra.sandbox.hub.vocabulary import day, latitude, longitude, time_zone_name

tool = Tool(
    name="Sky Almanac",
    category="Science",
    description="Where Moon, planets and bright stars stand on any day from 1900 to 2100: phases,"
    " risings, equinoxes, magnitudes and the constellation behind them.",
    packages=("ephem",),
    data_vintage="Formulae (VSOP87 and Moshier); stars of the Hipparcos catalogue.",
    licence="MIT",
    collections=("sky-watching", "calendars-of-the-world", "outdoor-day"),
)

SEASONS = {
    "march_equinox": "next_vernal_equinox",
    "june_solstice": "next_summer_solstice",
    "september_equinox": "next_autumnal_equinox",
    "december_solstice": "next_winter_solstice",
}

Latitude = Annotated[float, latitude(38.72)]
Longitude = Annotated[float, longitude(-9.14)]
Timezone = Annotated[str, time_zone_name("Europe/Lisbon", "Asia/Tokyo", of="the answer is given in")]
Planet = Annotated[
    str, Choice("Wandering star, by its English name.", members=sky.PLANETS, example="Jupiter")
]


@tool.get("/moon/light", "Moon Illumination")
def moon_illumination(date: Annotated[datetime.date, day("2026-06-21")]) -> Answer:
    """How much of the lunar disc is lit at midnight (universal time) as the day begins, in percent."""
    moon = sky.body("Moon", sky.midnight(date))
    return {"date": str(date), "percent": round(moon.phase, 1)}


@tool.get("/moon/next", "Next Moon Phase")
def next_moon_phase(
    date: Annotated[datetime.date, day("2026-06-21", "Day from which one waits.")],
    phase: Annotated[str, Choice("Phase that is waited for.", members=sky.PHASES, example="full_moon")],
) -> Answer:
    """The first day on or after a date when the lunar month reaches one of its quarters, to the minute."""
    moment = sky.minute(sky.next_event(f"next_{phase}", sky.midnight(date)))
    return {"phase": phase, "date": moment[:10], "utc": moment}


@tool.get("/moon/rise", "Moonrise And Moonset")
def moonrise_and_moonset(
    latitude: Latitude,
    longitude: Longitude,
    date: Annotated[datetime.date, day("2026-06-21")],
    timezone: Timezone = "UTC",
) -> Answer:
    """When our satellite comes over the horizon and leaves it within a calendar day; null if it does not."""
    return sky.passages("Moon", latitude, longitude, date, timezone)


@tool.get("/seasons/{year}", "Season Dates")
def season_dates(
    year: Annotated[int, Integer("Calendar year.", minimum=1900, maximum=2100, example=2026)],
) -> Answer:
    """The moments, in universal time, when spring, summer, autumn and winter of a twelvemonth begin."""
    start = datetime.datetime(year, 1, 1)
    return {name: sky.minute(sky.next_event(event, start)) for name, event in SEASONS.items()}


@tool.get("/planets/{planet}", "Planet Position")
def planet_position(planet: Planet, date: Annotated[datetime.date, day("2026-06-21")]) -> Answer:
    """Coordinates, distance, brightness and zodiac sign of a neighbour world at midnight, universal time."""
    found = sky.body(planet, sky.midnight(date))
    return sky.place_in_the_sky(found) | {
        "magnitude": round(found.mag, 2),
        "distance_au": round(found.earth_distance, 3),
        "elongation_degrees": round(sky.degrees(found.elong), 1),
    }


@tool.get("/planets/{planet}/rise", "Planet Rise And Set")
def planet_rise_and_set(
    planet: Planet,
    latitude: Latitude,
    longitude: Longitude,
    date: Annotated[datetime.date, day("2026-11-02")],
    timezone: Timezone = "UTC",
) -> Answer:
    """When another world climbs over the local horizon and sinks below it on a day; null if it does not."""
    return sky.passages(planet, latitude, longitude, date, timezone)


@tool.get("/stars/{name}", "Bright Star")
def bright_star(
    name: Annotated[str, Text("Proper name of the sun.", examples=("Sirius", "Vega", "Polaris", "Antares"))],
) -> Answer:
    """Position of epoch 2000, apparent magnitude and constellation of one of some 110 named suns."""
    star: Any = sky.stars().get(name.casefold())
    if star is None:
        raise NotFound(f"the catalogue has no star called '{name}'")
    found = star.copy()
    found.compute("2000/1/1")
    return {
        "name": found.name,
        "right_ascension_hours": round(sky.degrees(found._ra) / 15, 4),
        "declination_degrees": round(sky.degrees(found._dec), 4),
        "magnitude": round(found.mag, 2),
        "constellation": sky.constellation(found),
    }
