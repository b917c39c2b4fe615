"""City Climate: how warm it usually is in cities of the world, month by month."""

from typing import Annotated

from infra.sandbox.hub.errors import NotFound
from infra.sandbox.hub.parameters import Choice, Text
from infra.sandbox.hub.sources.city_temperatures import MONTHS, TABLE, climate_index, climate_of, climates
from infra.sandbox.hub.tool import Answer, Tool
from infra.sandbox.hub.vocabulary import country_code, latitude, longitude

tool = Tool(
    name="City Climate",
    category="Weather",
    description="Thirty-year averages of the thermometer, day and night together, for 269 popular cities:"
    " for choosing when and where to travel or move.",
    tables=(TABLE,),
    data_vintage="Normals of 1981 to 2010 (CHELSA v2.1), modelled: stations differ by a degree or two.",
    licence="CC-BY-4.0: temperature data (c) GeoRank.place (georank.place), derived from CHELSA v2.1",
    collections=("travel-planning", "moving-house", "weather-and-climate", "sports-season"),
)


def _city(*examples: str) -> Text:
    return Text("Name of the city, accents optional.", examples=examples, max_length=60)


City = Annotated[str, _city("Lisbon", "Bangkok", "Montreal")]
Country = Annotated[str, country_code("PT", "TH", "CA", of="in which it lies")]
Month = Annotated[str, Choice("First three letters of the month.", members=MONTHS, example="jul")]


@tool.get("/month", "Monthly Temperature")
def monthly_temperature(city: City, country: Country, month: Month) -> Answer:
    """The mean of all days and nights at one time of the year, in degrees Celsius."""
    found = climate_of(city, country)
    return {"city": found.city, "month": month, "celsius": found.celsius[MONTHS.index(month)]}


@tool.get("/profile", "Annual Profile")
def annual_profile(city: City, country: Country) -> Answer:
    """The whole twelve months of a town at a glance: overall mean, hottest and coldest, and where it lies."""
    found = climate_of(city, country)
    return {
        "city": found.city,
        "latitude": found.latitude,
        "longitude": found.longitude,
        "annual_c": found.annual_c,
        "warmest_month": MONTHS[found.celsius.index(max(found.celsius))],
        "coldest_month": MONTHS[found.celsius.index(min(found.celsius))],
        "monthly_c": dict(zip(MONTHS, found.celsius, strict=True)),
    }


@tool.get("/rank", "Rank Cities")
def rank_cities(
    country: Annotated[str, country_code("FR", "IT", "BR", of="whose cities are compared")],
    month: Month,
    order: Annotated[
        str, Choice("Which end comes first.", members=("warmest", "coldest"), example="warmest")
    ] = "warmest",
) -> Answer:
    """Up to five towns of one nation, sorted by how hot or cool they usually are at a time of the year."""
    sign, index = (-1 if order == "warmest" else 1), MONTHS.index(month)
    of_country = [row for row in climates().values() if row.country == country]
    if not of_country:
        raise NotFound(f"the table has no city in {country}")
    ranked = sorted(of_country, key=lambda row: (sign * row.celsius[index], row.city))[:5]
    return {"cities": [{"city": row.city, "celsius": row.celsius[index]} for row in ranked]}


@tool.get("/near", "Climate Nearby")
def climate_nearby(
    latitude: Annotated[float, latitude(41.9)],
    longitude: Annotated[float, longitude(12.5)],
    month: Month,
) -> Answer:
    """Which recorded town is closest to a point, how far off, and its usual warmth at a time of the year."""
    nearest = climate_index().nearest(latitude, longitude)
    if nearest is None:
        raise NotFound("the table is empty")
    distance_km, found = nearest
    return {
        "city": found.city,
        "country": found.country,
        "distance_km": round(distance_km, 1),
        "celsius": found.celsius[MONTHS.index(month)],
    }


@tool.get("/difference", "Temperature Difference")
def temperature_difference(
    city: City,
    country: Country,
    other_city: Annotated[str, _city("Helsinki", "Singapore", "Rome")],
    other_country: Annotated[str, country_code("FI", "SG", "IT", of="in which the other one lies")],
    month: Month,
) -> Answer:
    """How many degrees the first town is usually warmer than the second; negative if it is cooler."""
    index = MONTHS.index(month)
    first, second = climate_of(city, country), climate_of(other_city, other_country)
    return {"celsius": round(first.celsius[index] - second.celsius[index], 1)}
