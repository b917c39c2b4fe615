"""Dice Odds: how likely totals and faces are when dice are rolled."""

from fractions import Fraction
from math import comb, sqrt
from typing import Annotated

from infra.sandbox.hub.errors import BadArgument
from infra.sandbox.hub.parameters import Integer
from infra.sandbox.hub.tool import Answer, Tool

tool = Tool(
    name="Dice Odds",
    category="Gaming",
    description="Exact chances for fair dice of any number of sides: totals, single faces, averages and who"
    " rolls higher.",
    data_vintage="Formulae.",
    licence="Apache-2.0",
    collections=("game-night",),
)

Dice = Annotated[int, Integer("How many dice are rolled.", minimum=1, maximum=12, example=3)]
Sides = Annotated[int, Integer("Sides of each die.", minimum=2, maximum=100, example=6)]
Total = Annotated[int, Integer("Sum of the faces.", minimum=1, maximum=1200, example=10)]


def _ways(dice: int, sides: int, total: int) -> int:
    """Count the rolls with this sum, by inclusion and exclusion of faces that are too high."""
    spare = total - dice
    return sum(
        (-1) ** high * comb(dice, high) * comb(spare - sides * high + dice - 1, dice - 1)
        for high in range(dice + 1)
        if spare - sides * high >= 0
    )


def _chance(ways: int, all_ways: int) -> dict[str, object]:
    exact = Fraction(ways, all_ways)
    return {"percent": round(float(exact) * 100, 4), "fraction": f"{exact.numerator}/{exact.denominator}"}


def _check_total(dice: int, sides: int, total: int) -> None:
    if not dice <= total <= dice * sides:
        raise BadArgument("total", f"must lie between {dice} and {dice * sides} for these dice")


@tool.get("/total/exactly", "Exact Total")
def exact_total(dice: Dice, sides: Sides, total: Total) -> Answer:
    """The chance that the faces add up to just one sum, as a percentage and as a reduced fraction."""
    _check_total(dice, sides, total)
    return _chance(_ways(dice, sides, total), sides**dice)


@tool.get("/total/at-least", "Total At Least")
def total_at_least(dice: Dice, sides: Sides, total: Total) -> Answer:
    """How likely a roll reaches a sum or beats it: the usual question before an attack or a skill check."""
    _check_total(dice, sides, total)
    ways = sum(_ways(dice, sides, higher) for higher in range(total, dice * sides + 1))
    return _chance(ways, sides**dice)


@tool.get("/total/average", "Average Total")
def average_total(dice: Dice, sides: Sides) -> Answer:
    """What a roll brings in the long run, and its standard deviation, both in points."""
    spread = sqrt(dice * (sides**2 - 1) / 12)
    return {"mean": dice * (sides + 1) / 2, "standard_deviation": round(spread, 4)}


@tool.get("/face", "Any Face")
def any_face(
    dice: Dice,
    sides: Sides,
    at_least: Annotated[int, Integer("Lowest face that counts as a hit.", minimum=1, maximum=100, example=5)],
) -> Answer:
    """How probable it is that one die or more of a handful shows a certain number or a higher one."""
    if at_least > sides:
        raise BadArgument("at_least", f"must not be above the {sides} sides")
    return _chance(sides**dice - (at_least - 1) ** dice, sides**dice)


@tool.get("/duel", "Higher Roll")
def higher_roll(
    first_sides: Annotated[int, Integer("Sides of the first die.", minimum=2, maximum=100, example=8)],
    second_sides: Annotated[int, Integer("Sides of the second die.", minimum=2, maximum=100, example=6)],
) -> Answer:
    """Two players throw one die each: percentages for the first winning, for the second, and for a draw."""
    rolls, draws = first_sides * second_sides, min(first_sides, second_sides)
    wins = sum(min(face - 1, second_sides) for face in range(1, first_sides + 1))
    return {
        "first_percent": round(100 * wins / rolls, 4),
        "second_percent": round(100 * (rolls - wins - draws) / rolls, 4),
        "draw_percent": round(100 * draws / rolls, 4),
    }
