"""Comfort Calculator: how air feels, from the formulae of the weather services."""

import math
from typing import Annotated

from infra.sandbox.hub.parameters import Number
from infra.sandbox.hub.tool import Answer, Tool

tool = Tool(
    name="Comfort Calculator",
    category="Weather",
    description="How warm or cold air is to people and instruments: felt temperature, moisture, wind"
    " force and pressure aloft.",
    data_vintage="Formulae: NOAA (Rothfusz), Environment Canada, Magnus, Stull 2011, ISO 2533, WMO.",
    licence="Apache-2.0",
    collections=("outdoor-day", "weather-and-climate", "aviation-desk"),
)

Humidity = Annotated[
    float, Number("Relative humidity of the air in percent.", minimum=1, maximum=100, example=65)
]


def _celsius(example: float, minimum: float, maximum: float) -> Number:
    return Number("Air temperature in degrees Celsius.", minimum=minimum, maximum=maximum, example=example)


@tool.get("/heat-index", "Heat Index")
def heat_index(temperature_c: Annotated[float, _celsius(33, 20, 50)], humidity: Humidity) -> Answer:
    """The temperature that a hot and humid day feels like in the shade, in degrees Celsius."""
    t, r = temperature_c * 9 / 5 + 32, humidity
    simple = 0.5 * (t + 61 + (t - 68) * 1.2 + r * 0.094)
    felt = (simple + t) / 2
    if felt >= 80:
        felt = (
            -42.379
            + 2.04901523 * t
            + 10.14333127 * r
            - 0.22475541 * t * r
            - 6.83783e-3 * t * t
            - 5.481717e-2 * r * r
            + 1.22874e-3 * t * t * r
            + 8.5282e-4 * t * r * r
            - 1.99e-6 * t * t * r * r
        )
        if r < 13 and 80 <= t <= 112:
            felt -= (13 - r) / 4 * math.sqrt((17 - abs(t - 95)) / 17)
        elif r > 85 and 80 <= t <= 87:
            felt += (r - 85) / 10 * (87 - t) / 5
    return {"celsius": round((felt - 32) * 5 / 9, 1)}


@tool.get("/wind-chill", "Wind Chill")
def wind_chill(
    temperature_c: Annotated[float, _celsius(-5, -50, 10)],
    wind_kmh: Annotated[float, Number("Wind speed [km/h].", minimum=4.8, maximum=180, example=30)],
) -> Answer:
    """The temperature that a cold and windy day feels like on bare skin, in degrees Celsius."""
    power = wind_kmh**0.16
    felt = 13.12 + 0.6215 * temperature_c - 11.37 * power + 0.3965 * temperature_c * power
    return {"celsius": round(felt, 1)}


@tool.get("/dew-point", "Dew Point")
def dew_point(temperature_c: Annotated[float, _celsius(25, -40, 60)], humidity: Humidity) -> Answer:
    """The temperature to which air must cool before water condenses, in degrees Celsius."""
    gamma = math.log(humidity / 100) + 17.62 * temperature_c / (243.12 + temperature_c)
    return {"celsius": round(243.12 * gamma / (17.62 - gamma), 2)}


@tool.get("/wet-bulb", "Wet Bulb")
def wet_bulb(
    temperature_c: Annotated[float, _celsius(25, -20, 50)],
    humidity: Annotated[
        float, Number("Relative humidity of the air in percent.", minimum=5, maximum=99, example=50)
    ],
) -> Answer:
    """What a thermometer wrapped in wet cloth shows at sea level, in degrees Celsius."""
    t, r = temperature_c, humidity
    reading = (
        t * math.atan(0.151977 * math.sqrt(r + 8.313659))
        + math.atan(t + r)
        - math.atan(r - 1.676331)
        + 0.00391838 * r**1.5 * math.atan(0.023101 * r)
        - 4.686035
    )
    return {"celsius": round(reading, 2)}


@tool.get("/atmosphere", "Standard Atmosphere")
def standard_atmosphere(
    altitude_m: Annotated[
        float, Number("Height above the sea [m].", minimum=-400, maximum=11_000, example=1500)
    ],
) -> Answer:
    """Air pressure in hectopascal and degrees Celsius at a height, in the reference atmosphere."""
    kelvin = 288.15 - 0.0065 * altitude_m
    pressure = 1013.25 * (kelvin / 288.15) ** 5.25588
    return {"pressure_hpa": round(pressure, 2), "temperature_c": round(kelvin - 273.15, 2)}


@tool.get("/beaufort", "Beaufort Force")
def beaufort_force(
    wind_kmh: Annotated[float, Number("Wind speed [km/h].", minimum=0, maximum=400, example=45)],
) -> Answer:
    """The number from 0 to 12 by which sailors rate a wind, and what they call it."""
    limits = (1, 6, 12, 20, 29, 39, 50, 62, 75, 89, 103, 118)
    names = (
        "calm",
        "light air",
        "light breeze",
        "gentle breeze",
        "moderate breeze",
        "fresh breeze",
        "strong breeze",
        "near gale",
        "gale",
        "strong gale",
        "storm",
        "violent storm",
        "hurricane",
    )
    force = sum(wind_kmh >= limit for limit in limits)
    return {"force": force, "name": names[force]}
