"""Molecule Calculator: masses and amounts from chemical formulas."""

from typing import Annotated, Any

from infra.sandbox.hub.errors import BadArgument
from infra.sandbox.hub.parameters import Number, Text
from infra.sandbox.hub.sources.units import significant
from infra.sandbox.hub.tool import Answer, Tool

tool = Tool(
    name="Molecule Calculator",
    category="Science",
    description="Stoichiometry: what a substance weighs, what it consists of, and how many particles a"
    " sample has.",
    packages=("molmass",),
    data_vintage="Standard atomic masses of molmass 2026.",
    licence="BSD-3-Clause",
    collections=("science-homework", "life-sciences"),
)

Formula = Annotated[
    str,
    Text(
        "Sum formula of the substance; groups may stand in round brackets.",
        examples=("C8H10N4O2", "NaCl", "Ca(OH)2"),
        pattern=r"([A-Z][a-z]?[0-9]{0,3}|\(|\)[0-9]{0,3})+",
        pattern_words="a sum formula such as C6H12O6",
        max_length=40,
    ),
]


def _formula(formula: str) -> Any:
    from molmass import Formula as MolmassFormula
    from molmass import FormulaError

    try:
        parsed = MolmassFormula(formula)
        parsed.mass  # noqa: B018  the formula is parsed when it is first asked for
    except (FormulaError, ValueError, KeyError) as error:
        raise BadArgument("formula", f"is no sum formula: '{formula}'") from error
    return parsed


@tool.get("/mass", "Molar Mass")
def molar_mass(formula: Formula) -> Answer:
    """What one mole of a substance weighs, in grams."""
    return {"formula": formula, "g_per_mol": round(_formula(formula).mass, 4)}


@tool.get("/composition", "Composition")
def composition(formula: Formula) -> Answer:
    """Which elements a substance is made of: atoms per molecule, and percent of its weight."""
    parts = _formula(formula).composition().items()
    return {
        "elements": [
            {"symbol": symbol, "count": part.count, "mass_percent": round(part.fraction * 100, 2)}
            for symbol, part in parts
        ]
    }


@tool.get("/moles", "Moles In Sample")
def moles_in_sample(
    formula: Formula,
    grams: Annotated[float, Number("Weight of the sample [g].", minimum=0.001, maximum=1e6, example=100)],
) -> Answer:
    """The amount of substance in a weighed sample, in moles."""
    return {"moles": significant(grams / _formula(formula).mass, 6)}


@tool.get("/grams", "Grams For Moles")
def grams_for_moles(
    formula: Formula,
    moles: Annotated[float, Number("Amount of substance [mol].", minimum=0.000001, maximum=1e5, example=0.5)],
) -> Answer:
    """What to put on the balance for a given amount of substance, in grams."""
    return {"grams": significant(moles * _formula(formula).mass, 6)}
