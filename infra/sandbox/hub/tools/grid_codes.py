"""Grid Codes: short names for places, from geohash to radio locator."""

from typing import Annotated

from infra.sandbox.hub.errors import BadArgument, NotFound
from infra.sandbox.hub.parameters import Choice, Integer, Number, Text
from infra.sandbox.hub.sources import utm_grid
from infra.sandbox.hub.tool import Answer, Tool
from infra.sandbox.hub.vocabulary import latitude, longitude

tool = Tool(
    name="Grid Codes",
    category="Location",
    description="Positions as letters and digits, and back to degrees: geohash cells and those around"
    " them, plus codes, UTM eastings, Maidenhead squares of radio amateurs.",
    packages=("pygeohash", "openlocationcode"),
    data_vintage="Formulae on WGS84.",
    licence="MIT; Apache-2.0",
    collections=("maps-and-coordinates", "outdoor-day"),
)

Latitude = Annotated[float, latitude(48.8584)]
Longitude = Annotated[float, longitude(2.2945)]
Geohash = Annotated[
    str,
    Text(
        "Cell, in digits and letters without a, i, l, o.",
        examples=("u09tun", "ezs42", "9q8yyk"),
        pattern="[0-9b-hjkmnp-z]{1,12}",
        pattern_words="a geohash such as u09tun",
    ),
]
PlusCode = Annotated[
    str,
    Text(
        "Full code with its plus sign.",
        examples=("8FW4V75V+8Q", "9C3W9QCJ+2V", "849VCWC8+R9"),
        pattern=r"[2-9CFGHJMPQRVWXcfghjmpqrvwx0]{8}\+[2-9CFGHJMPQRVWXcfghjmpqrvwx]{0,7}",
        pattern_words="a full plus code such as 8FW4V75V+8Q",
        upper=True,
    ),
]
Locator = Annotated[
    str,
    Text(
        "Square of four or six characters.",
        examples=("JN18du", "IO91", "FN31pr"),
        pattern="[A-Ra-r]{2}[0-9]{2}([A-Xa-x]{2})?",
        pattern_words="a locator such as JN18du",
        upper=True,
    ),
]
STEPS = {"north": (2, 0), "south": (-2, 0), "east": (0, 2), "west": (0, -2)}


@tool.get("/geohash", "Encode Geohash")
def encode_geohash(
    latitude: Latitude,
    longitude: Longitude,
    length: Annotated[int, Integer("Characters wanted.", minimum=1, maximum=12, example=7)] = 7,
) -> Answer:
    """The base-32 cell in which a position falls; more characters, smaller cell."""
    from pygeohash import encode

    return {"geohash": str(encode(latitude, longitude, length))}


@tool.get("/geohash/{code}", "Decode Geohash")
def decode_geohash(code: Geohash) -> Answer:
    """The middle of a base-32 cell in degrees, and how far its edges lie from there."""
    from pygeohash import decode_exactly

    found = decode_exactly(code)
    return {
        "latitude": round(found.latitude, 6),
        "longitude": round(found.longitude, 6),
        "latitude_error": round(found.latitude_error, 8),
        "longitude_error": round(found.longitude_error, 8),
    }


@tool.get("/geohash/{code}/next", "Geohash Neighbour")
def geohash_neighbour(
    code: Geohash,
    direction: Annotated[str, Choice("Side on which one looks.", members=tuple(STEPS), example="north")],
) -> Answer:
    """The adjoining base-32 cell of equal size on one side."""
    from pygeohash import decode_exactly, encode

    found, (up, right) = decode_exactly(code), STEPS[direction]
    latitude = found.latitude + up * found.latitude_error
    if not -90 < latitude < 90:
        raise NotFound(f"there is no cell {direction} of {code}")
    longitude = (found.longitude + right * found.longitude_error + 180) % 360 - 180
    return {"geohash": str(encode(latitude, longitude, len(code)))}


@tool.get("/plus-code", "Encode Plus Code")
def encode_plus_code(latitude: Latitude, longitude: Longitude) -> Answer:
    """An address for places without addresses: the open location code of a square of 14 metres."""
    from openlocationcode.openlocationcode import encode  # type: ignore[import-untyped]

    return {"plus_code": str(encode(latitude, longitude))}


@tool.get("/plus-code/{code}", "Decode Plus Code")
def decode_plus_code(code: PlusCode) -> Answer:
    """The centre of the little square that an open location code names, in degrees."""
    from openlocationcode.openlocationcode import decode, isFull

    if not isFull(code):
        raise BadArgument("code", f"is no full plus code: '{code}'")
    found = decode(code)
    return {"latitude": round(found.latitudeCenter, 6), "longitude": round(found.longitudeCenter, 6)}


@tool.get("/utm", "To UTM")
def to_utm(
    latitude: Annotated[
        float, Number("Degrees north of the equator.", minimum=-80, maximum=84, example=48.8584)
    ],
    longitude: Longitude,
) -> Answer:
    """Zone, band and metres east and north on the transverse Mercator sheets that armies and hikers use."""
    zone, band, easting, northing = utm_grid.to_grid(latitude, longitude)
    return {"zone": zone, "band": band, "easting": round(easting, 1), "northing": round(northing, 1)}


@tool.get("/utm/point", "From UTM")
def from_utm(
    zone: Annotated[int, Integer("Number of the sheet.", minimum=1, maximum=60, example=31)],
    band: Annotated[
        str, Choice("Letter of the strip of latitude.", members=tuple(utm_grid.BANDS), example="U")
    ],
    easting: Annotated[float, Number("Metres east.", minimum=100_000, maximum=900_000, example=448_252)],
    northing: Annotated[float, Number("Metres north.", minimum=0, maximum=10_000_000, example=5_411_943)],
) -> Answer:
    """Degrees of a point that a map gives in metres of a transverse Mercator sheet."""
    latitude, longitude = utm_grid.from_grid(zone, band, easting, northing)
    return {"latitude": round(latitude, 6), "longitude": round(longitude, 6)}


@tool.get("/locator", "Encode Locator")
def encode_locator(latitude: Latitude, longitude: Longitude) -> Answer:
    """The Maidenhead square of six characters that amateur stations exchange over the air."""
    east = min(int((longitude + 180) * 12), 360 * 12 - 1)  # steps of 5 minutes
    north = min(int((latitude + 90) * 24), 180 * 24 - 1)  # steps of 2.5 minutes
    field = chr(65 + east // 240) + chr(65 + north // 240)
    square = f"{east // 24 % 10}{north // 24 % 10}"
    return {"locator": field + square + chr(97 + east % 24) + chr(97 + north % 24)}


@tool.get("/locator/{locator}", "Decode Locator")
def decode_locator(locator: Locator) -> Answer:
    """The middle, in degrees, of a square that a radio amateur gives as home."""
    steps = [ord(c) - (65 if c.isalpha() else 48) for c in locator]
    longitude, latitude = -180 + steps[0] * 20 + steps[2] * 2.0, -90 + steps[1] * 10 + float(steps[3])
    if len(steps) == 4:
        return {"latitude": latitude + 0.5, "longitude": longitude + 1}
    return {
        "latitude": round(latitude + (steps[5] + 0.5) / 24, 6),
        "longitude": round(longitude + (steps[4] + 0.5) / 12, 6),
    }
