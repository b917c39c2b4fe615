"""Moon, planets and stars, from ephem. Its bodies remember the moment they were computed for: share none."""

import datetime
import math
from functools import lru_cache
from typing import Any

from infra.sandbox.hub.sources.time_zones import time_zone

PLANETS = ("Mercury", "Venus", "Mars", "Jupiter", "Saturn", "Uranus", "Neptune")
PHASES = ("new_moon", "first_quarter_moon", "full_moon", "last_quarter_moon")


def midnight(date: datetime.date) -> datetime.datetime:
    """Return the beginning of a day, in universal time without saying so, as ephem likes it."""
    return datetime.datetime.combine(date, datetime.time())


def minute(moment: datetime.datetime) -> str:
    """Return a moment in universal time to the nearest minute: ``2026-06-21T08:24``."""
    return f"{moment + datetime.timedelta(seconds=30):%Y-%m-%dT%H:%M}"


def degrees(radians: float) -> float:
    """Return an angle of ephem as a number."""
    return math.degrees(float(radians))


def body(name: str, moment: datetime.datetime) -> Any:
    """Return Moon or planet as seen from the middle of the Earth at a moment."""
    import ephem  # type: ignore[import-untyped]

    found = getattr(ephem, name)()
    found.compute(moment)
    return found


def next_event(name: str, start: datetime.datetime) -> datetime.datetime:
    """Return the first moment after `start` of one of ephem's events, such as ``next_full_moon``."""
    import ephem

    moment: datetime.datetime = getattr(ephem, name)(start).datetime()
    return moment


def constellation(found: Any) -> str:
    """Return the full name of the constellation in which a computed body stands."""
    import ephem

    return str(ephem.constellation(found)[1])


def place_in_the_sky(found: Any) -> dict[str, object]:
    """Return equatorial coordinates of the day, and the constellation, of a computed body."""
    return {
        "right_ascension_hours": round(degrees(found.ra) / 15, 3),
        "declination_degrees": round(degrees(found.dec), 2),
        "constellation": constellation(found),
    }


def passages(
    name: str, latitude: float, longitude: float, date: datetime.date, zone: str
) -> dict[str, object]:
    """Return rising and setting within the calendar day of a time zone, None where there is none."""
    import ephem

    observer = ephem.Observer()
    observer.lat, observer.lon = math.radians(latitude), math.radians(longitude)
    start = midnight(date).replace(tzinfo=time_zone(zone))
    end = midnight(date + datetime.timedelta(days=1)).replace(tzinfo=time_zone(zone))
    found: dict[str, object] = {}
    for event, search in (("rise", observer.next_rising), ("set", observer.next_setting)):
        observer.date = ephem.Date(start.astimezone(datetime.UTC).replace(tzinfo=None))
        try:
            moment = search(getattr(ephem, name)()).datetime().replace(tzinfo=datetime.UTC)
        except (ephem.AlwaysUpError, ephem.NeverUpError):
            found[event] = None
            continue
        local = (moment + datetime.timedelta(seconds=30)).astimezone(start.tzinfo)
        found[event] = local.replace(second=0, microsecond=0).isoformat() if moment < end else None
    return found


@lru_cache(maxsize=1)
def stars() -> dict[str, Any]:
    """Return ephem's named stars by name in lower case; copy one before computing it."""
    import ephem.stars  # type: ignore[import-untyped]

    return {name.casefold(): star for name, star in sorted(ephem.stars.stars.items())}
