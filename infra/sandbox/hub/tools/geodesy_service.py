"""Geodesy Service: distances and directions on the ellipsoid of the Earth."""

from typing import Annotated, Any

from infra.sandbox.hub.parameters import Number
from infra.sandbox.hub.tool import Answer, Tool
from infra.sandbox.hub.vocabulary import latitude, longitude

tool = Tool(
    name="Geodesy Service",
    category="Location",
    description="Straightest lines over the WGS84 ellipsoid between two points: how long, in which"
    " compass direction, and what lies halfway.",
    packages=("geographiclib",),
    data_vintage="Formulae (Karney 2013).",
    licence="MIT",
    collections=("outdoor-day", "maps-and-coordinates"),
)


def _ellipsoid() -> Any:
    from geographiclib.geodesic import Geodesic  # type: ignore[import-untyped]

    return Geodesic.WGS84


FromLatitude = Annotated[float, latitude(38.7223, "of the first point")]
FromLongitude = Annotated[float, longitude(-9.1393, "of the first point")]
ToLatitude = Annotated[float, latitude(48.8566, "of the second point")]
ToLongitude = Annotated[float, longitude(2.3522, "of the second point")]


@tool.get("/distance", "Distance")
def distance(
    from_latitude: FromLatitude,
    from_longitude: FromLongitude,
    to_latitude: ToLatitude,
    to_longitude: ToLongitude,
) -> Answer:
    """How many kilometres separate two points as the crow flies, and the compass bearing at departure."""
    line = _ellipsoid().Inverse(from_latitude, from_longitude, to_latitude, to_longitude)
    return {"distance_km": round(line["s12"] / 1000, 3), "initial_bearing": round(line["azi1"] % 360, 2)}


@tool.get("/destination", "Destination Point")
def destination_point(
    latitude: Annotated[float, latitude(47.3769, "of the start")],
    longitude: Annotated[float, longitude(8.5417, "of the start")],
    bearing: Annotated[
        float,
        Number("Compass direction in degrees, clockwise from north.", minimum=0, maximum=360, example=90),
    ],
    distance_km: Annotated[float, Number("Way to go [km].", minimum=0, maximum=20_000, example=120)],
) -> Answer:
    """The coordinates one reaches by going straight ahead from a point for some kilometres."""
    end = _ellipsoid().Direct(latitude, longitude, bearing, distance_km * 1000)
    return {"latitude": round(end["lat2"], 5), "longitude": round(end["lon2"], 5)}


@tool.get("/midpoint", "Midpoint")
def midpoint(
    from_latitude: FromLatitude,
    from_longitude: FromLongitude,
    to_latitude: ToLatitude,
    to_longitude: ToLongitude,
) -> Answer:
    """The coordinates of the place halfway between two points."""
    line = _ellipsoid().InverseLine(from_latitude, from_longitude, to_latitude, to_longitude)
    middle = line.Position(line.s13 / 2)
    return {"latitude": round(middle["lat2"], 5), "longitude": round(middle["lon2"], 5)}
