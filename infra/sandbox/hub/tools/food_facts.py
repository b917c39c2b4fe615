"""Food Facts: what is in plain foods."""

from typing import Annotated

from infra.sandbox.hub.parameters import Choice, Integer, Number, Text
from infra.sandbox.hub.sources.foods import NUTRIENTS, TABLE, food_named, foods
from infra.sandbox.hub.tool import Answer, Tool

tool = Tool(
    name="Food Facts",
    category="Food",
    description="Energy, protein, fat, carbohydrate, fibre, minerals and vitamin C of 1,275 unbranded"
    " foods, raw and cooked.",
    tables=(TABLE,),
    data_vintage="USDA SR Legacy of 2018, complete rows only.",
    licence="Public domain (U.S. Department of Agriculture)",
    collections=("home-cooking", "household-budget", "training-diary"),
)

GROUPS = (
    "Cereal Grains and Pasta",
    "Dairy and Egg Products",
    "Finfish and Shellfish Products",
    "Fruits and Fruit Juices",
    "Legumes and Legume Products",
    "Nut and Seed Products",
    "Poultry Products",
    "Spices and Herbs",
    "Vegetables and Vegetable Products",
)


def _name(*examples: str) -> Text:
    return Text("Full name of the food, as the search lists it.", examples=examples)


FoodName = Annotated[str, _name("Lentils, raw", "Spinach, raw", "Garlic, raw")]
OtherFoodName = Annotated[str, _name("Spinach, raw", "Garlic, raw", "Lentils, raw")]
Nutrient = Annotated[
    str,
    Choice("Which substance; the name ends in its unit.", members=NUTRIENTS, example="protein_g"),
]


@tool.get("/search", "Search Food")
def search_food(
    term: Annotated[str, Text("Part of a name.", examples=("lentils", "cheese", "salmon"))],
    limit: Annotated[int, Integer("At most so many names.", minimum=1, maximum=20, example=5)] = 5,
) -> Answer:
    """Lists what the table has to eat under a word, by full names; how many in all, and the first few."""
    names = [food.name for key, food in foods().items() if term.casefold() in key]
    return {"count": len(names), "foods": names[:limit]}


@tool.get("/nutrient", "Nutrient Amount")
def nutrient_amount(
    food: FoodName,
    nutrient: Nutrient,
    grams: Annotated[
        float, Number("Weight of the portion [g].", minimum=0.1, maximum=10_000, example=80)
    ] = 100.0,
) -> Answer:
    """How much of one substance a portion contains, in the unit at the end of the substance's name."""
    found = food_named(food)
    return {
        "food": found.name,
        "nutrient": nutrient,
        "amount": round(found.nutrients[nutrient] * grams / 100, 3),
    }


@tool.get("/label", "Nutrition Label")
def nutrition_label(food: FoodName) -> Answer:
    """Everything the table knows of one thing to eat, per 100 grams, as on the back of a package."""
    found = food_named(food)
    return {"food": found.name, "group": found.group, "per_100_g": found.nutrients}


@tool.get("/compare", "Compare Foods")
def compare_foods(first: FoodName, second: OtherFoodName, nutrient: Nutrient) -> Answer:
    """Which of two things to eat has more of one substance, weight for weight; null if they are equal."""
    a, b = food_named(first), food_named(second)
    amounts = a.nutrients[nutrient], b.nutrients[nutrient]
    higher = None if amounts[0] == amounts[1] else (a if amounts[0] > amounts[1] else b).name
    return {"first": amounts[0], "second": amounts[1], "higher": higher}


@tool.get("/richest", "Richest Foods")
def richest_foods(
    group: Annotated[
        str, Choice("Shelf of the table.", members=GROUPS, example="Legumes and Legume Products")
    ],
    nutrient: Nutrient,
) -> Answer:
    """The five things to eat of one shelf that have most of a substance, per 100 grams."""
    of_group = [food for food in foods().values() if food.group == group]
    ranked = sorted(of_group, key=lambda food: (-food.nutrients[nutrient], food.name))[:5]
    return {"foods": [{"name": food.name, "amount": food.nutrients[nutrient]} for food in ranked]}
