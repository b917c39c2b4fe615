"""Magnetic Field: where a compass points, and how strong the field of the Earth is."""

import datetime
from functools import lru_cache
from typing import Annotated, Any

from infra.sandbox.hub.parameters import Day, Number
from infra.sandbox.hub.tool import Answer, Tool
from infra.sandbox.hub.vocabulary import latitude, longitude

tool = Tool(
    name="Magnetic Field",
    category="Location",
    description="Compass needle against geographic north anywhere on the globe, from the World Magnetic"
    " Model: deviation angles, dip, field intensity, and corrected courses.",
    packages=("pygeomag",),
    data_vintage="World Magnetic Model 2025 (NOAA, BGS), valid from 2025 to 2029.",
    licence="MIT; coefficients in the public domain (NOAA NCEI)",
    collections=("maps-and-coordinates", "aviation-desk", "sky-watching"),
)

Latitude = Annotated[float, latitude(47.3769)]
Longitude = Annotated[float, longitude(8.5417)]
Date = Annotated[
    datetime.date,
    Day("Day of the measurement.", example="2026-07-01", earliest="2025-01-01", latest="2029-12-31"),
]


def _bearing(which: str, example: float) -> Number:
    words = f"{which} in degrees, clockwise from north."
    return Number(words, minimum=0, maximum=360, example=example)


@lru_cache(maxsize=1)
def _model() -> Any:
    from pygeomag import GeoMag  # type: ignore[import-untyped]

    return GeoMag(coefficients_file="wmm/WMM_2025.COF")


def _field(latitude: float, longitude: float, date: datetime.date, altitude_km: float = 0.0) -> Any:
    from pygeomag import calculate_decimal_year

    return _model().calculate(latitude, longitude, altitude_km, calculate_decimal_year(date))


@tool.get("/declination", "Declination")
def declination(latitude: Latitude, longitude: Longitude, date: Date) -> Answer:
    """By how many degrees the needle errs from the geographic pole, east positive."""
    return {"degrees": round(_field(latitude, longitude, date).d, 2)}


@tool.get("/intensity", "Field Intensity")
def field_intensity(
    latitude: Latitude,
    longitude: Longitude,
    date: Date,
    altitude_km: Annotated[
        float, Number("Height above the sea [km].", minimum=0, maximum=600, example=10)
    ] = 0.0,
) -> Answer:
    """How strong the pull on a needle is, in all and along the ground, in nanotesla, and the dip angle."""
    found = _field(latitude, longitude, date, altitude_km)
    return {
        "total_nt": round(found.f),
        "horizontal_nt": round(found.h),
        "inclination": round(found.i, 2),
    }


@tool.get("/true-bearing", "True Bearing")
def true_bearing(
    compass_bearing: Annotated[float, _bearing("Direction read off the compass", 120)],
    latitude: Latitude,
    longitude: Longitude,
    date: Date,
) -> Answer:
    """The direction on the map that belongs to what a magnetic instrument shows."""
    return {"bearing": round((compass_bearing + _field(latitude, longitude, date).d) % 360, 2) % 360}


@tool.get("/compass-bearing", "Compass Bearing")
def compass_course(
    bearing: Annotated[float, _bearing("Direction on the map", 80)],
    latitude: Latitude,
    longitude: Longitude,
    date: Date,
) -> Answer:
    """What the needle must show for somebody to walk, sail or fly along a line drawn on a chart."""
    return {"compass_bearing": round((bearing - _field(latitude, longitude, date).d) % 360, 2) % 360}
