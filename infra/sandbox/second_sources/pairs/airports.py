"""Airports: the time zone that the directory notes against the one drawn at its coordinates (tzfpy)."""

from collections.abc import Iterator

from infra.sandbox.second_sources.comparison import Pair
from infra.sandbox.second_sources.hub import Hub

TOOL = "airport-directory"
SECOND = "tzfpy"
LICENCE = "MIT, ODbL"

CODES = (
    *(
        "LIS",
        "JFK",
        "LHR",
        "NRT",
        "SYD",
        "GRU",
        "JNB",
        "KEF",
        "DEL",
        "KTM",
        "SVO",
        "ANC",
        "HNL",
        "PPT",
        "EZE",
    ),
    *(
        "SCL",
        "LIM",
        "BOG",
        "MEX",
        "YVR",
        "YYZ",
        "ORD",
        "DEN",
        "PHX",
        "LAX",
        "SEA",
        "DUB",
        "CDG",
        "FRA",
        "ZRH",
    ),
    *(
        "VIE",
        "WAW",
        "HEL",
        "OSL",
        "ARN",
        "CPH",
        "ATH",
        "IST",
        "CAI",
        "NBO",
        "ADD",
        "LOS",
        "ACC",
        "DXB",
        "DOH",
    ),
    *(
        "KHI",
        "BOM",
        "CCU",
        "DAC",
        "BKK",
        "SIN",
        "HKG",
        "PVG",
        "PEK",
        "ICN",
        "MNL",
        "CGK",
        "PER",
        "ADL",
        "AKL",
    ),
)


def pairs(hub: Hub) -> Iterator[Pair]:
    """Sixty-odd airports of all continents."""
    from tzfpy import get_tz

    for code in CODES:
        ours = hub.get(TOOL, "iata", code)
        yield Pair(code, ours["timezone"], get_tz(ours["longitude"], ours["latitude"]))
