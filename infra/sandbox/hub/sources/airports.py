"""Airports of the world, from airportsdata."""

from dataclasses import dataclass
from functools import lru_cache

from infra.sandbox.hub.errors import NotFound
from infra.sandbox.hub.sources.nearest import LatitudeIndex


@dataclass(frozen=True, slots=True)
class Airport:
    """An airport with an IATA code."""

    iata: str
    icao: str
    name: str
    city: str
    country: str
    latitude: float
    longitude: float
    elevation_ft: float
    time_zone: str

    def document(self) -> dict[str, object]:
        """Return the airport as the APIs show it."""
        return {
            "iata": self.iata,
            "icao": self.icao,
            "name": self.name,
            "city": self.city,
            "country": self.country,
            "latitude": self.latitude,
            "longitude": self.longitude,
            "elevation_ft": self.elevation_ft,
            "timezone": self.time_zone,
        }


@lru_cache(maxsize=1)
def airports() -> dict[str, Airport]:
    """Return all airports by IATA code, in alphabetical order."""
    import airportsdata

    return {
        code: Airport(
            iata=code,
            icao=row["icao"],
            name=row["name"],
            city=row["city"],
            country=row["country"],
            latitude=row["lat"],
            longitude=row["lon"],
            elevation_ft=row["elevation"],
            time_zone=row["tz"],
        )
        for code, row in sorted(airportsdata.load("IATA").items())
    }


def airport_with(code: str) -> Airport:
    """Return one airport by IATA code; raises `NotFound`."""
    found = airports().get(code)
    if found is None:
        raise NotFound(f"no airport has the IATA code {code}")
    return found


@lru_cache(maxsize=1)
def airport_index() -> LatitudeIndex[Airport]:
    """Return all airports, ready to be asked what lies near a point."""
    return LatitudeIndex(list(airports().values()), lambda airport: (airport.latitude, airport.longitude))
