"""Monthly mean temperatures of 269 cities: (c) GeoRank.place, CC-BY-4.0.

Derived from CHELSA v2.1, normals of 1981 to 2010. A city that the original lists twice stands here once.
"""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from infra.sandbox.hub.errors import NotFound
from infra.sandbox.hub.sources.nearest import LatitudeIndex
from infra.sandbox.hub.sources.tables import read_csv_table

TABLE = "city_temperatures.csv"
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@dataclass(frozen=True, slots=True)
class CityClimate:
    """The usual year of a city."""

    city: str
    country: str
    """Two-letter code."""
    latitude: float
    longitude: float
    celsius: tuple[float, ...]
    """Mean temperature of January to December."""
    annual_c: float


@lru_cache(maxsize=1)
def climates() -> dict[tuple[str, str], CityClimate]:
    """Return all cities by name without accents in lower case, and country."""
    rows = [
        CityClimate(
            city=row["city"],
            country=row["country"],
            latitude=float(row["latitude"]),
            longitude=float(row["longitude"]),
            celsius=tuple(float(row[month]) for month in MONTHS),
            annual_c=float(row["annual"]),
        )
        for row in read_csv_table(TABLE)
    ]
    return {(_plain(row.city), row.country): row for row in rows}


def climate_of(city: str, country: str) -> CityClimate:
    """Return the climate of a city; raises `NotFound`."""
    found = climates().get((_plain(city), country))
    if found is None:
        others = sorted(row.city for row in climates().values() if row.country == country)
        known = f"; of {country}: {', '.join(others)}" if others else f"; there is no city of {country}"
        raise NotFound(f"the table has no city '{city}' in {country}{known}")
    return found


@lru_cache(maxsize=1)
def climate_index() -> LatitudeIndex[CityClimate]:
    """Return the index that finds the nearest city of the table."""
    return LatitudeIndex(list(climates().values()), lambda row: (row.latitude, row.longitude))


def _plain(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))
