"""Units: Pint against factors that are exact by definition or stand in NIST SP 811, written down here."""

from collections.abc import Iterator

from infra.sandbox.second_sources.comparison import Pair
from infra.sandbox.second_sources.hub import Hub

TOOL = "unit-converter"
SECOND = "NIST SP 811, appendix B (table)"
LICENCE = "public domain"

FACTORS = (
    ("mile", "meter", 1609.344), ("yard", "meter", 0.9144), ("foot", "meter", 0.3048),
    ("inch", "meter", 0.0254),
    ("nautical_mile", "meter", 1852),
    ("acre", "hectare", 0.40468564224), ("pound", "kilogram", 0.45359237),
    ("ounce", "kilogram", 0.028349523125), ("gallon", "liter", 3.785411784), ("pint", "liter", 0.473176473),
    ("horsepower", "watt", 745.69987158), ("atmosphere", "pascal", 101325), ("psi", "pascal", 6894.757293168),
    ("calorie", "joule", 4.184), ("kilowatt_hour", "joule", 3.6e6), ("knot", "kph", 1.852),
    ("light_year", "meter", 9.4607304725808e15), ("parsec", "meter", 3.0856775814914e16),
    ("stone", "pound", 14),
    ("barrel", "gallon", 31.5), ("fathom", "meter", 1.8288), ("carat", "gram", 0.2),
    ("grain", "gram", 0.06479891),
)  # fmt: skip
RELATIVE = 1e-6
"""The hub rounds to six places."""


def pairs(hub: Hub) -> Iterator[Pair]:
    """A thousand of each unit; what the converter refuses counts as a disagreement."""
    for unit, base, factor in FACTORS:
        ours = hub.ask(TOOL, "convert", value=1000, from_unit=unit, to_unit=base).get("value")
        yield Pair(f"1000 {unit} in {base}", ours, 1000 * factor, 1000 * factor * RELATIVE + 1e-6)
