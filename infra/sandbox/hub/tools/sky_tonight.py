"""Sky Tonight: when it gets dark today, and what the Moon looks like."""

import datetime
import math
from typing import Annotated
from zoneinfo import ZoneInfo

from infra.sandbox.hub.clock import Clock
from infra.sandbox.hub.errors import NotFound
from infra.sandbox.hub.sources.time_zones import time_zone
from infra.sandbox.hub.tool import Answer, Tool
from infra.sandbox.hub.vocabulary import latitude, longitude

tool = Tool(
    name="Sky Tonight",
    category="Weather",
    description="For stargazers and evening walkers: today's last light, the length of true night, and the"
    " lit share of the Moon, for any place, as of this moment.",
    packages=("astral", "tzdata", "tzfpy"),
    data_vintage="Formulae, good to about a minute below 65 degrees of latitude; the Moon to a day.",
    licence="Apache-2.0; MIT; borders: OpenStreetMap contributors, ODbL",
    collections=("today-board", "outdoor-day", "commuter-desk"),
)

Latitude = Annotated[float, latitude(40.02)]
Longitude = Annotated[float, longitude(-105.27)]

PHASES = (
    "new moon", "waxing crescent", "first quarter", "waxing gibbous",
    "full moon", "waning gibbous", "last quarter", "waning crescent",
)  # fmt: skip
MINUTE = datetime.timedelta(minutes=1)
HALF_MONTH = 14  # astral counts 28 days from one new moon to the next


def _zone_at(latitude: float, longitude: float) -> ZoneInfo:
    """Return the time zone of the place; raises `NotFound` where none is drawn on the map."""
    from tzfpy import get_tz

    name = get_tz(longitude, latitude)
    if not name:
        raise NotFound("no time zone is drawn at this point")
    return time_zone(name)


@tool.get("/sunset", "Sunset Today")
def sunset_today(clock: Clock, latitude: Latitude, longitude: Longitude) -> Answer:
    """When the Sun goes down today by the clocks there, and in how many minutes (negative: it has)."""
    from astral import Observer
    from astral.sun import sunset

    zone = _zone_at(latitude, longitude)
    today = clock.moment.astimezone(zone).date()
    try:
        moment = sunset(Observer(latitude, longitude), date=today, tzinfo=zone)
    except ValueError as error:
        raise NotFound("the Sun does not set here today") from error
    return {
        "sunset": moment.replace(microsecond=0).isoformat(),
        "in_minutes": (moment - clock.moment) // MINUTE,
    }


@tool.get("/daylight", "Light Outside")
def light_outside(clock: Clock, latitude: Latitude, longitude: Longitude) -> Answer:
    """Whether it is light outside at this moment, and how high the Sun stands and where, in degrees."""
    from astral import Observer
    from astral.sun import azimuth, elevation

    where = Observer(latitude, longitude)
    height = elevation(where, clock.moment)
    return {
        "daylight": height > -0.833,  # the rim is seen when the centre is that far below the horizon
        "elevation": round(height, 2),
        "azimuth": round(azimuth(where, clock.moment), 2),
    }


@tool.get("/darkness", "Dark Hours")
def dark_hours(clock: Clock, latitude: Latitude, longitude: Longitude) -> Answer:
    """From when to when this or the coming night is black enough for faint stars: Sun 18 degrees down."""
    from astral import Observer
    from astral.sun import dawn, dusk

    where, zone = Observer(latitude, longitude), _zone_at(latitude, longitude)
    today = clock.moment.astimezone(zone).date()
    days = [today + datetime.timedelta(days=n) for n in (-1, 0, 1, 2)]
    try:
        dusks, dawns = (
            [event(where, date=date, depression=18, tzinfo=zone) for date in days] for event in (dusk, dawn)
        )
    except ValueError as error:
        raise NotFound("the night does not get fully dark here") from error
    ends = next(moment for moment in sorted(dawns) if moment > clock.moment)
    starts = max(moment for moment in dusks if moment < ends)
    return {
        "from": starts.replace(microsecond=0).isoformat(),
        "to": ends.replace(microsecond=0).isoformat(),
        "hours": round((ends - starts) / datetime.timedelta(hours=1), 2),
    }


@tool.get("/moon", "Moon Tonight")
def moon_tonight(clock: Clock) -> Answer:
    """The face of our satellite as of today: its name, the lit share in percent, days to the full one."""
    from astral.moon import phase

    ages = [phase(clock.moment.date() + datetime.timedelta(days=n)) for n in range(-1, 32)]
    days_to_full = next(n for n in range(32) if ages[n] < HALF_MONTH <= ages[n + 1])
    return {
        "phase": PHASES[round(ages[1] / 3.5) % 8],
        "lit_percent": round(50 * (1 - math.cos(math.pi * ages[1] / HALF_MONTH)), 1),
        "days_to_full": days_to_full,
    }
