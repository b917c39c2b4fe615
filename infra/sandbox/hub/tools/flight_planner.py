"""Flight Planner: how far, how long, and what the clock says on arrival."""

import datetime
from typing import Annotated

from infra.sandbox.hub.parameters import Integer, Number, TimeOfDay
from infra.sandbox.hub.sources.airports import Airport, airport_with
from infra.sandbox.hub.sources.nearest import great_circle_km
from infra.sandbox.hub.sources.time_zones import time_zone
from infra.sandbox.hub.tool import Answer, Tool
from infra.sandbox.hub.vocabulary import airport_code, day

tool = Tool(
    name="Flight Planner",
    category="Travel",
    description="Plans a direct trip by air between two airfields: great-circle length, time aloft, local"
    " time at touchdown.",
    packages=("airportsdata", "tzdata"),
    data_vintage="Airports of September 2026, time zones of 2026; no timetables.",
    licence="MIT; Apache-2.0",
    collections=("travel-planning", "aviation-desk"),
)

Origin = Annotated[str, airport_code("LIS", "CDG", "SYD", of="of the airport of departure")]
Destination = Annotated[str, airport_code("JFK", "HND", "SIN", of="of the airport of arrival")]

TAXI_AND_CLIMB_MINUTES = 30


def _distance_km(origin: Airport, destination: Airport) -> float:
    return great_circle_km(origin.latitude, origin.longitude, destination.latitude, destination.longitude)


@tool.get("/distance", "Route Distance")
def route_distance(origin: Origin, destination: Destination) -> Answer:
    """How far apart two airfields are along the great circle, in kilometres and nautical miles."""
    distance_km = _distance_km(airport_with(origin), airport_with(destination))
    return {"km": round(distance_km, 1), "nautical_miles": round(distance_km / 1.852, 1)}


@tool.get("/duration", "Flight Time")
def flight_time(
    origin: Origin,
    destination: Destination,
    speed_kmh: Annotated[
        float, Number("Cruising speed [km/h].", minimum=150, maximum=2500, example=850)
    ] = 850.0,
) -> Answer:
    """How many minutes a direct connection takes, half an hour of taxi and climb included."""
    distance_km = _distance_km(airport_with(origin), airport_with(destination))
    return {"minutes": round(distance_km / speed_kmh * 60 + TAXI_AND_CLIMB_MINUTES)}


@tool.get("/arrival", "Local Arrival")
def local_arrival(
    origin: Origin,
    destination: Destination,
    date: Annotated[datetime.date, day("2026-06-21", "Day of departure, local.")],
    time: Annotated[datetime.time, TimeOfDay("Hour of departure, local.", example="10:00")],
    minutes: Annotated[int, Integer("Minutes between the two.", minimum=1, maximum=1500, example=420)],
) -> Answer:
    """Date and hour on the clocks of the destination when a trip of some minutes ends."""
    left = datetime.datetime.combine(date, time, time_zone(airport_with(origin).time_zone))
    arrived = left.astimezone(datetime.UTC) + datetime.timedelta(minutes=minutes)
    local = arrived.astimezone(time_zone(airport_with(destination).time_zone))
    return {"arrival_local": local.isoformat(), "timezone": airport_with(destination).time_zone}
