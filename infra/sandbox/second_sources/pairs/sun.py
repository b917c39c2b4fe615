"""Sunrise and sunset: astral's almanac formulae against ephem's planetary theory."""

import datetime
from collections.abc import Iterator

from infra.sandbox.second_sources.comparison import Pair
from infra.sandbox.second_sources.hub import Hub

TOOL = "sun-times"
SECOND = "ephem"
LICENCE = "MIT"

PLACES = ((38.72, -9.14), (59.33, 18.06), (-33.87, 151.21), (1.29, 103.85), (64.15, -21.94), (-54.8, -68.3))
DAYS = ("2026-03-20", "2026-06-21", "2026-09-10", "2026-12-21")
SECONDS = 90
"""Both round, and take the air's refraction a little differently."""


def pairs(hub: Hub) -> Iterator[Pair]:
    """Rising and setting at six places on four days, in seconds of the day."""
    for latitude, longitude in PLACES:
        for day in DAYS:
            ours = hub.get(TOOL, "day", latitude=latitude, longitude=longitude, date=day)
            for event in ("sunrise", "sunset"):
                moment = datetime.datetime.fromisoformat(ours[event])
                second = _theirs(latitude, longitude, event, moment)
                off = (moment - second).total_seconds()
                yield Pair(f"{event} at {latitude}, {longitude} on {day} [s apart]", off, 0, SECONDS)


def _theirs(latitude: float, longitude: float, event: str, near: datetime.datetime) -> datetime.datetime:
    """Ephem's event nearest to a moment; the naval almanac's horizon is 34 minutes of arc below."""
    import ephem  # type: ignore[import-untyped]

    observer = ephem.Observer()
    observer.lat, observer.lon = str(latitude), str(longitude)
    observer.pressure, observer.horizon = 0, "-0:34"
    observer.date = ephem.Date((near - datetime.timedelta(hours=6)).replace(tzinfo=None))
    find = observer.next_rising if event == "sunrise" else observer.next_setting
    found: datetime.datetime = find(ephem.Sun()).datetime()
    return found.replace(tzinfo=datetime.UTC)
