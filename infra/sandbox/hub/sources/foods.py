"""Nutrients of 1,275 plain foods: an extract of USDA SR Legacy (2018, public domain)."""

from dataclasses import dataclass
from functools import lru_cache

from infra.sandbox.hub.errors import NotFound
from infra.sandbox.hub.sources.tables import read_table

TABLE = "usda_foods.json"
NUTRIENTS = (
    "energy_kcal",
    "protein_g",
    "fat_g",
    "carbohydrate_g",
    "fiber_g",
    "sodium_mg",
    "calcium_mg",
    "iron_mg",
    "potassium_mg",
    "vitamin_c_mg",
)


@dataclass(frozen=True, slots=True)
class Food:
    """One food of the table."""

    name: str
    group: str
    nutrients: dict[str, float]
    """Amount in 100 g of the food, by the names in `NUTRIENTS`, which carry their units."""


@lru_cache(maxsize=1)
def foods() -> dict[str, Food]:
    """Return all foods by their name in lower case, in alphabetical order."""
    return {
        str(row["name"]).casefold(): Food(
            name=str(row["name"]),
            group=str(row["category"]),
            nutrients={nutrient: float(row[nutrient]) for nutrient in NUTRIENTS},
        )
        for row in sorted(read_table(TABLE), key=lambda row: str(row["name"]).casefold())
    }


def food_named(name: str) -> Food:
    """Return one food by its full name; raises `NotFound`."""
    found = foods().get(name.casefold())
    if found is None:
        raise NotFound(f"the table has no food '{name}'; search for its full name first")
    return found
