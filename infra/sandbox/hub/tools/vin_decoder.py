"""VIN Decoder: the seventeen characters that a car carries behind its windscreen."""

from typing import Annotated

from infra.sandbox.hub.errors import BadArgument, NotFound
from infra.sandbox.hub.parameters import Text
from infra.sandbox.hub.tool import Answer, Tool

tool = Tool(
    name="VIN Decoder",
    category="Transportation",
    description="Vehicle identification numbers (ISO 3779): maker, region of the world, model year after the"
    " American rule, and the ninth character, which guards against errors in North America.",
    packages=("vininfo",),
    data_vintage="Maker codes of 2024; codes of small makers are partly missing.",
    licence="BSD-3-Clause",
    collections=("vehicles-and-trips",),
)

WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
LETTER_VALUES = dict(
    zip("ABCDEFGHJKLMNPRSTUVWXYZ", (*range(1, 9), *range(1, 6), 7, 9, *range(2, 10)), strict=True)
)
LAST_YEAR = 2030
"""Codes come again after thirty years; later ones are of makers who do not follow the American rule."""
MAKERS_CORRECTED = {"KMH": "Hyundai", "1M8": "Motor Coach Industries"}
"""The package files these under a younger or shorter code."""
YEAR_LETTERS = "ABCDEFGHJKLMNPRSTVWXY123456789"
Vin = Annotated[
    str,
    Text(
        "Vehicle identification number; the letters I, O and Q do not occur.",
        examples=("1HGCM82633A004352", "WVWZZZ1JZXW000001", "5YJSA1E26HF000337"),
        pattern="[A-HJ-NPR-Za-hj-npr-z0-9]{17}",
        pattern_words="seventeen characters without I, O and Q",
        upper=True,
    ),
]


@tool.get("/vin/{vin}", "Vehicle Maker")
def vehicle_maker(vin: Vin) -> Answer:
    """Who built a car and where the firm sits, by the first three characters of the chassis number."""
    from vininfo import Vin  # type: ignore[import-untyped]

    found = Vin(vin)
    if not found.country or found.manufacturer in ("", "UnsupportedBrand"):
        raise NotFound(f"no maker is known under {vin[:3]}")
    maker = MAKERS_CORRECTED.get(vin[:3], found.manufacturer)
    return {"maker": maker, "country": found.country, "region": found.region, "code": vin[:3]}


@tool.get("/vin/{vin}/year", "Model Year")
def model_year(vin: Vin) -> Answer:
    """The year of the model as American makers encode it: tenth character, its cycle by the seventh."""
    if vin[9] not in YEAR_LETTERS:
        raise BadArgument("vin", f"has no model year: its tenth character is {vin[9]}")
    year = 1980 + YEAR_LETTERS.index(vin[9]) + (30 if vin[6].isalpha() else 0)
    if year > LAST_YEAR:
        raise NotFound("this maker does not write the model year into the number")
    return {"year": year, "code": vin[9]}


@tool.get("/vin/{vin}/check-digit", "VIN Check Digit")
def vin_check_digit(vin: Vin) -> Answer:
    """Whether the ninth character fits the other sixteen, as it must for cars sold in the United States."""
    values = (int(c) if c.isdigit() else LETTER_VALUES[c] for c in vin)
    rest = sum(value * weight for value, weight in zip(values, WEIGHTS, strict=True)) % 11
    expected = "X" if rest == 10 else str(rest)
    return {"valid": vin[8] == expected, "expected_character": expected, "found": vin[8]}


@tool.get("/vin/{vin}/sections", "VIN Sections")
def vin_sections(vin: Vin) -> Answer:
    """Cuts a chassis number into the maker's code, description of the vehicle, plant and serial number."""
    return {"maker_code": vin[:3], "description": vin[3:8], "plant": vin[10], "serial": vin[11:]}
