"""World Clock: time zones of places, differences between them, and when clocks change."""

import datetime
from typing import Annotated

from infra.sandbox.hub.errors import NotFound
from infra.sandbox.hub.parameters import Integer, TimeOfDay
from infra.sandbox.hub.sources.time_zones import time_zone
from infra.sandbox.hub.tool import Answer, Tool
from infra.sandbox.hub.vocabulary import day, latitude, longitude, time_zone_name

tool = Tool(
    name="World Clock",
    category="Travel",
    description="Local hours around the globe by the IANA rules: which zone a point lies in, what a given"
    " moment reads elsewhere, and summer-time switches.",
    packages=("tzdata", "tzfpy"),
    data_vintage="IANA rules of 2026; simplified zone borders.",
    licence="Apache-2.0; MIT; borders: OpenStreetMap contributors, ODbL",
    collections=("travel-planning", "cross-border-business", "maps-and-coordinates"),
)

NOON = datetime.time(12)


def _hours(offset: datetime.timedelta | None) -> float:
    return round((offset or datetime.timedelta()).total_seconds() / 3600, 4)


def _offset(zone: str, date: datetime.date, time: datetime.time) -> float:
    return _hours(datetime.datetime.combine(date, time, time_zone(zone)).utcoffset())


@tool.get("/zone-at", "Timezone At")
def timezone_at(
    latitude: Annotated[float, latitude(35.01)], longitude: Annotated[float, longitude(135.77)]
) -> Answer:
    """Which IANA zone the clocks at a point on the map follow; at sea a nautical one."""
    from tzfpy import get_tz

    name = get_tz(longitude, latitude)
    if not name:
        raise NotFound("no time zone is drawn at this point")
    return {"timezone": name}


@tool.get("/convert", "Convert Time")
def convert_time(
    date: Annotated[datetime.date, day("2026-03-03", "Day in the first zone.")],
    time: Annotated[datetime.time, TimeOfDay("Hour in the first zone.", example="15:00")],
    from_zone: Annotated[str, time_zone_name("Europe/Lisbon", "UTC", of="the moment is given in")],
    to_zone: Annotated[str, time_zone_name("Asia/Tokyo", "America/New_York", of="wanted")],
) -> Answer:
    """What the clocks of one zone read at a moment that is given in another."""
    moment = datetime.datetime.combine(date, time, time_zone(from_zone))
    there = moment.astimezone(time_zone(to_zone))
    return {"result": there.isoformat(), "date": str(there.date()), "time": f"{there:%H:%M}"}


@tool.get("/offset", "UTC Offset")
def utc_offset(
    timezone: Annotated[str, time_zone_name("Asia/Kathmandu", "America/Halifax", "Europe/Rome")],
    date: Annotated[datetime.date, day("2026-07-01")],
) -> Answer:
    """How many hours a zone is ahead of universal time at noon of a given day; negative is behind."""
    return {"timezone": timezone, "hours": _offset(timezone, date, NOON)}


@tool.get("/difference", "Time Difference")
def time_difference(
    first_zone: Annotated[str, time_zone_name("Europe/Paris", "Asia/Dubai", of="of the first place")],
    second_zone: Annotated[str, time_zone_name("America/Lima", "Asia/Kolkata", of="of the second place")],
    date: Annotated[datetime.date, day("2026-07-01")],
) -> Answer:
    """By how many hours the second place is ahead of the first at noon of a given day; negative is behind."""
    ahead = _offset(second_zone, date, NOON) - _offset(first_zone, date, NOON)
    return {"hours": round(ahead, 4)}


@tool.get("/clock-changes", "Clock Changes")
def clock_changes(
    timezone: Annotated[str, time_zone_name("America/Chicago", "Asia/Tokyo", "Europe/Berlin")],
    year: Annotated[int, Integer("Calendar year.", minimum=1970, maximum=2037, example=2027)],
) -> Answer:
    """The days of a year on which clocks are put forward or back; none where there is no summer time."""
    days = [datetime.date(year, 1, 1) + datetime.timedelta(days=n) for n in range(365 + (year % 4 == 0))]
    offsets = [_offset(timezone, day, NOON) for day in days]
    changes = [
        {"date": str(days[n]), "hours": round(offsets[n] - offsets[n - 1], 4)}
        for n in range(1, len(days))
        if offsets[n] != offsets[n - 1]
    ]
    return {"timezone": timezone, "year": year, "changes": changes}
