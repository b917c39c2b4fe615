"""Unit Converter: lengths, weights, temperatures and whatever else has a unit."""

from typing import Annotated

from infra.sandbox.hub.parameters import Choice, Number, Text
from infra.sandbox.hub.sources.units import check_unit, converted, registry, significant
from infra.sandbox.hub.tool import Answer, Tool

tool = Tool(
    name="Unit Converter",
    category="Tools",
    description="Measures in other measures: some 900 metric, imperial and historical units with all"
    " prefixes, and the constants of physics.",
    packages=("Pint",),
    data_vintage="CODATA 2022 and definitions.",
    licence="BSD-3-Clause",
    collections=("outdoor-day", "home-cooking", "science-homework", "workshop-and-studio"),
)

CONSTANTS = {
    "speed_of_light": "meter / second",
    "planck_constant": "joule * second",
    "boltzmann_constant": "joule / kelvin",
    "elementary_charge": "coulomb",
    "electron_mass": "kilogram",
    "newtonian_constant_of_gravitation": "meter ** 3 / kilogram / second ** 2",
    "standard_gravity": "meter / second ** 2",
    "standard_atmosphere": "pascal",
}


def _unit(*examples: str, of: str) -> Text:
    return Text(
        f"English name of the unit {of}, in the singular.",
        examples=examples,
        pattern="[A-Za-z][A-Za-z_]*",
        pattern_words="the name of a unit such as kilometer",
        max_length=40,
    )


@tool.get("/convert", "Convert Units")
def convert_units(
    value: Annotated[float, Number("How many of the first unit.", minimum=-1e12, maximum=1e12, example=26.2)],
    from_unit: Annotated[str, _unit("mile", "pound", "degF", of="you have")],
    to_unit: Annotated[str, _unit("kilometer", "kilogram", "degC", of="you want")],
) -> Answer:
    """The same quantity expressed in another measure, to eight significant digits."""
    return {"value": significant(converted(value, from_unit, to_unit)), "unit": to_unit}


@tool.get("/dimension/{unit}", "Unit Dimension")
def unit_dimension(
    unit: Annotated[str, _unit("horsepower", "acre", "volt", of="in question")],
) -> Answer:
    """What a measure measures, in powers of mass, length and time, and what one of it is in SI base units."""
    check_unit("unit", unit)
    base = registry().Quantity(1, unit).to_base_units()
    return {
        "dimension": str(base.dimensionality),
        "base_value": significant(float(base.magnitude)),
        "base_unit": str(base.units),
    }


@tool.get("/constants/{name}", "Physical Constant")
def physical_constant(
    name: Annotated[
        str, Choice("Which one of nature's numbers.", members=tuple(CONSTANTS), example="speed_of_light")
    ],
) -> Answer:
    """The value of a number of nature in SI units, to ten significant digits."""
    value = registry().Quantity(1, name).to(CONSTANTS[name]).magnitude
    return {"name": name, "value": significant(float(value), 10), "unit": CONSTANTS[name]}
