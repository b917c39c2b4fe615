"""Zip codes of the United States with their places, as the zipcodes package lists them."""

from dataclasses import dataclass
from functools import lru_cache

from infra.sandbox.hub.errors import NotFound
from infra.sandbox.hub.sources.nearest import LatitudeIndex

# The list writes the name of a village where the zone belongs.
_ZONE_REPAIRS = {"Napakiak": "America/Anchorage"}


@dataclass(frozen=True, slots=True)
class ZipCode:
    """A zip code in use and the middle of its area."""

    code: str
    city: str
    state: str
    """Two letters: a state, the capital district or a territory."""
    county: str
    time_zone: str
    area_codes: tuple[str, ...]
    latitude: float
    longitude: float

    def document(self) -> dict[str, object]:
        """Return the zip code as the APIs show it."""
        return {
            "zip": self.code,
            "city": self.city,
            "state": self.state,
            "county": self.county,
            "latitude": self.latitude,
            "longitude": self.longitude,
            "timezone": self.time_zone,
        }


@lru_cache(maxsize=1)
def zip_codes() -> dict[str, ZipCode]:
    """Return the civil zip codes in use, in their order."""
    import zipcodes

    listed = zipcodes.list_all()  # type: ignore[no-untyped-call]
    return {
        row["zip_code"]: ZipCode(
            code=row["zip_code"],
            city=row["city"],
            state=row["state"],
            county=row["county"],
            time_zone=_ZONE_REPAIRS.get(row["timezone"], row["timezone"]),
            area_codes=tuple(sorted(row["area_codes"])),
            latitude=float(row["lat"]),
            longitude=float(row["long"]),
        )
        for row in sorted(listed, key=lambda row: str(row["zip_code"]))
        if row["active"] and row["zip_code_type"] != "MILITARY"
    }


def zip_with(code: str) -> ZipCode:
    """Return one zip code; raises `NotFound`."""
    found = zip_codes().get(code)
    if found is None:
        raise NotFound(f"no place in the United States has the zip code {code}")
    return found


@lru_cache(maxsize=1)
def by_city() -> dict[tuple[str, str], list[ZipCode]]:
    """Return the zip codes of each city, by its name in lower case and its state."""
    cities: dict[tuple[str, str], list[ZipCode]] = {}
    for found in zip_codes().values():
        cities.setdefault((found.city.casefold(), found.state), []).append(found)
    return cities


@lru_cache(maxsize=1)
def zip_index() -> LatitudeIndex[ZipCode]:
    """Return all zip codes, ready to be asked what lies near a point."""
    return LatitudeIndex(list(zip_codes().values()), lambda found: (found.latitude, found.longitude))
