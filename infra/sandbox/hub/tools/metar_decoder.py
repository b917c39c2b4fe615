"""METAR Decoder: weather reports of airports in plain numbers."""

import math
from typing import Annotated, Any

from infra.sandbox.hub.errors import NotFound
from infra.sandbox.hub.parameters import Integer
from infra.sandbox.hub.sources.weather_reports import REPORT, ceiling_ft, clouds, read_report
from infra.sandbox.hub.tool import Answer, Tool

tool = Tool(
    name="METAR Decoder",
    category="Weather",
    description="Aerodrome bulletins unravelled: gusts, pressure, cloud layers, how far one sees, under"
    " which rules one may fly, and wind across a runway.",
    packages=("metar",),
    data_vintage="Rules of WMO 306 and ICAO annex 3; only the body of a report is read.",
    licence="BSD-2-Clause",
    collections=("aviation-desk", "weather-and-climate"),
)

COVERS = {
    "FEW": "few",
    "SCT": "scattered",
    "BKN": "broken",
    "OVC": "overcast",
    "VV": "sky hidden",
}

Report = Annotated[str, REPORT]
Year = Annotated[int, Integer("Year it was issued in.", minimum=1970, maximum=2100, example=2026)]
Month = Annotated[int, Integer("Month it was issued in.", minimum=1, maximum=12, example=6)]


def _rounded(quantity: Any, unit: str, digits: int = 0) -> float | None:
    return None if quantity is None else round(quantity.value(unit), digits)


@tool.get("/decode", "Decode METAR")
def decode_metar(report: Report, year: Year, month: Month) -> Answer:
    """Station, moment, thermometer, barometer, wind and sight of a coded line; null where it is silent."""
    parsed = read_report(report, year, month)
    direction = None if parsed.wind_dir is None else round(parsed.wind_dir.value())
    return {
        "station": parsed.station_id,
        "observed": None if parsed.time is None else parsed.time.isoformat(timespec="minutes") + "Z",
        "temperature_c": _rounded(parsed.temp, "C", 1),
        "dew_point_c": _rounded(parsed.dewpt, "C", 1),
        "wind_direction": direction,
        "wind_kt": _rounded(parsed.wind_speed, "KT", 1),
        "gust_kt": _rounded(parsed.wind_gust, "KT", 1),
        "visibility_m": _rounded(parsed.vis, "M"),
        "pressure_hpa": _rounded(parsed.press, "HPA", 1),
        "weather": parsed.present_weather() or None,
    }


@tool.get("/clouds", "Cloud Layers")
def cloud_layers(report: Report, year: Year, month: Month) -> Answer:
    """How much of the sky is covered at which height in feet, and the lowest layer that counts as a lid."""
    parsed = read_report(report, year, month)
    layers = [
        {"cover": COVERS[cover], "height_ft": height} for cover, height in clouds(parsed) if cover in COVERS
    ]
    return {"layers": layers, "ceiling_ft": ceiling_ft(parsed)}


@tool.get("/category", "Flight Category")
def flight_category(report: Report, year: Year, month: Month) -> Answer:
    """Whether pilots may go by sight: VFR, MVFR, IFR or LIFR by the American limits for sight and lid."""
    parsed = read_report(report, year, month)
    if parsed.vis is None:
        raise NotFound("the report does not say how far one sees")
    miles, ceiling = parsed.vis.value("SM"), ceiling_ft(parsed)
    feet = math.inf if ceiling is None else ceiling
    if miles < 1 or feet < 500:
        category = "LIFR"
    elif miles < 3 or feet < 1000:
        category = "IFR"
    else:
        category = "MVFR" if miles <= 5 or feet <= 3000 else "VFR"
    return {"category": category, "visibility_miles": round(miles, 2), "ceiling_ft": ceiling}


@tool.get("/crosswind", "Runway Wind")
def runway_wind(
    report: Report,
    year: Year,
    month: Month,
    runway: Annotated[
        int, Integer("Number painted on the strip: its direction in tens.", minimum=1, maximum=36, example=3)
    ],
) -> Answer:
    """How many knots blow across a landing strip and against the aircraft; negative means from behind."""
    parsed = read_report(report, year, month)
    if parsed.wind_dir is None or parsed.wind_speed is None:
        raise NotFound("the report gives no steady direction of the wind")
    angle = math.radians(parsed.wind_dir.value() - runway * 10)
    knots = parsed.wind_speed.value("KT")
    return {
        "crosswind_kt": round(abs(knots * math.sin(angle)), 1),
        "headwind_kt": round(knots * math.cos(angle), 1) + 0.0,
    }
