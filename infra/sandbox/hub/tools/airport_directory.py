"""Airport Directory: the airports of the world by code, city and nearness."""

from typing import Annotated

from infra.sandbox.hub.errors import NotFound
from infra.sandbox.hub.parameters import Text
from infra.sandbox.hub.sources.airports import airport_index, airport_with, airports
from infra.sandbox.hub.tool import Answer, Tool
from infra.sandbox.hub.vocabulary import airport_code, country_code, latitude, longitude

tool = Tool(
    name="Airport Directory",
    category="Travel",
    description="Some 7,900 airfields with an IATA code: full name, town, coordinates, elevation and time"
    " zone.",
    packages=("airportsdata",),
    data_vintage="September 2026; closed fields such as Berlin Tegel are still listed.",
    licence="MIT",
    collections=("travel-planning", "maps-and-coordinates", "aviation-desk"),
)


@tool.get("/iata/{iata}", "Airport By IATA")
def airport_by_iata(iata: Annotated[str, airport_code("LIS", "NRT", "GRU")]) -> Answer:
    """What is behind the three letters on a luggage tag: name, town, coordinates, elevation, time zone."""
    return airport_with(iata).document()


@tool.get("/city", "Airports Of City")
def airports_of_city(
    city: Annotated[str, Text("English name of the town.", examples=("Berlin", "Tokyo", "Nairobi"))],
    country: Annotated[str | None, country_code("DE", "JP", "KE")] = None,
) -> Answer:
    """All airfields that serve a town, with their three-letter codes."""
    wanted = city.casefold()
    found = [a for a in airports().values() if a.city.casefold() == wanted and country in (None, a.country)]
    if not found:
        raise NotFound(f"no airport is listed for the town '{city}'")
    return {"airports": [{"iata": a.iata, "name": a.name, "country": a.country} for a in found[:20]]}


@tool.get("/nearest", "Nearest Airport")
def nearest_airport(
    latitude: Annotated[float, latitude(45.44)], longitude: Annotated[float, longitude(12.33)]
) -> Answer:
    """The airfield closest to a point on the map, and how many kilometres away it is."""
    found = airport_index().nearest(latitude, longitude)
    if found is None:
        raise NotFound("the directory is empty")
    distance_km, airport = found
    return {**airport.document(), "distance_km": round(distance_km, 1)}


@tool.get("/count/{country}", "Count Airports")
def count_airports(country: Annotated[str, country_code("IS", "CH", "FJ")]) -> Answer:
    """How many airfields with a three-letter code a country has."""
    return {"country": country, "count": sum(a.country == country for a in airports().values())}
