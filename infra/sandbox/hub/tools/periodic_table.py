"""Periodic Table: the elements and their isotopes."""

from typing import Annotated, Any

from infra.sandbox.hub.errors import NotFound
from infra.sandbox.hub.parameters import Integer, Text
from infra.sandbox.hub.tool import Answer, Tool

tool = Tool(
    name="Periodic Table",
    category="Science",
    description="Mass, melting and boiling point, density and electron shells of the elements from"
    " hydrogen to meitnerium, and their natural isotopes.",
    packages=("molmass",),
    data_vintage="IUPAC-like table of molmass 2026; elements up to number 109.",
    licence="BSD-3-Clause",
    collections=("science-homework",),
)

Symbol = Annotated[
    str,
    Text(
        "Chemical symbol, spelt with one capital.",
        examples=("Au", "C", "Fe"),
        pattern="[A-Z][a-z]?",
        pattern_words="a chemical symbol such as Au",
    ),
]


def _element(key: str | int) -> Any:
    from molmass import ELEMENTS

    try:
        return ELEMENTS[key]
    except KeyError as error:
        raise NotFound(f"no element is known as {key}") from error


def _facts(key: str | int) -> dict[str, object]:
    element = _element(key)
    return {
        "symbol": element.symbol,
        "name": element.name,
        "number": element.number,
        "mass": round(element.mass, 6),
        "melting_point_k": element.tmelt or None,
        "boiling_point_k": element.tboil or None,
        "density": element.density or None,
        "electronegativity": element.eleneg or None,
        "configuration": element.eleconfig,
    }


@tool.get("/elements/{symbol}", "Element")
def element_by_symbol(symbol: Symbol) -> Answer:
    """Atomic number and mass, melting and boiling point in kelvin, density; null where not measured."""
    return _facts(symbol)


@tool.get("/numbers/{number}", "Element By Number")
def element_by_number(
    number: Annotated[int, Integer("Protons in the nucleus.", minimum=1, maximum=109, example=26)],
) -> Answer:
    """The same facts, looked up by the count of protons."""
    return _facts(number)


@tool.get("/elements/{symbol}/isotopes", "Isotopes")
def isotopes(symbol: Symbol) -> Answer:
    """The mass numbers that occur, and how common each is as a share of one."""
    found = sorted(_element(symbol).isotopes.items())
    return {
        "symbol": symbol,
        "isotopes": [{"mass_number": number, "abundance": round(i.abundance, 6)} for number, i in found],
    }
