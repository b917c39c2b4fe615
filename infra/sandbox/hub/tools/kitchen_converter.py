"""Kitchen Converter: recipes in other measures, for more or fewer guests."""

from typing import Annotated

from infra.sandbox.hub.parameters import Choice, Integer, Number
from infra.sandbox.hub.tool import Answer, Tool

tool = Tool(
    name="Kitchen Converter",
    category="Food",
    description="Cups, spoons and pints in millilitres or grams, stove settings, and quantities for"
    " another number of plates.",
    data_vintage="US customary definitions; weights of a cup as baking tables round them.",
    licence="Apache-2.0",
    collections=("home-cooking",),
)

MILLILITRES = {
    "teaspoon": 4.92892159375,
    "tablespoon": 14.78676478125,
    "fluid_ounce": 29.5735295625,
    "cup": 236.5882365,
    "pint": 473.176473,
    "quart": 946.352946,
    "milliliter": 1.0,
    "liter": 1000.0,
}
GRAMS_PER_CUP = {
    "butter": 227.0,
    "cocoa_powder": 85.0,
    "flour": 120.0,
    "honey": 340.0,
    "milk": 244.0,
    "rice": 185.0,
    "rolled_oats": 90.0,
    "sugar": 200.0,
    "water": 236.6,
}
MEASURES = tuple(MILLILITRES)
GAS_MARKS = ((1, 140), (2, 150), (3, 165), (4, 180), (5, 190), (6, 200), (7, 220), (8, 230), (9, 240))

Amount = Annotated[float, Number("How many of the measure.", minimum=0, maximum=10_000, example=2.5)]


@tool.get("/volume", "Convert Volume")
def convert_volume(
    value: Amount,
    from_unit: Annotated[str, Choice("Measure of the recipe (US).", members=MEASURES, example="cup")],
    to_unit: Annotated[str, Choice("Measure wanted (US).", members=MEASURES, example="milliliter")],
) -> Answer:
    """How much of another measuring vessel an amount of liquid or powder fills."""
    return {"value": round(value * MILLILITRES[from_unit] / MILLILITRES[to_unit], 4), "unit": to_unit}


@tool.get("/weight", "Ingredient Weight")
def ingredient_weight(
    ingredient: Annotated[str, Choice("What is weighed.", members=tuple(GRAMS_PER_CUP), example="flour")],
    value: Amount,
    unit: Annotated[str, Choice("Measure of the recipe (US).", members=MEASURES, example="cup")] = "cup",
) -> Answer:
    """What cups or spoons of flour, sugar and the like weigh, in whole grams."""
    cups = value * MILLILITRES[unit] / MILLILITRES["cup"]
    return {"ingredient": ingredient, "grams": round(cups * GRAMS_PER_CUP[ingredient])}


@tool.get("/oven", "Oven Temperature")
def oven_temperature(
    celsius: Annotated[float, Number("Setting in degrees Celsius.", minimum=100, maximum=300, example=180)],
) -> Answer:
    """The baking heat in Fahrenheit, and the nearest mark of a British gas stove."""
    mark = min(GAS_MARKS, key=lambda pair: abs(pair[1] - celsius))[0]
    return {"fahrenheit": round(celsius * 9 / 5 + 32, 1), "gas_mark": mark}


@tool.get("/scale", "Scale Recipe")
def scale_recipe(
    quantity: Annotated[float, Number("Amount in the recipe.", minimum=0, maximum=100_000, example=350)],
    from_servings: Annotated[int, Integer("Guests it was written for.", minimum=1, maximum=1000, example=4)],
    to_servings: Annotated[int, Integer("Guests who come.", minimum=1, maximum=1000, example=10)],
) -> Answer:
    """How much of an ingredient is needed for another number of guests."""
    return {"quantity": round(quantity * to_servings / from_servings, 3)}
