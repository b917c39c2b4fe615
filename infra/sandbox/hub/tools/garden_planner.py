"""Garden Planner: plants, soil, seed and water for beds and lawns."""

from math import ceil, sqrt
from typing import Annotated

from infra.sandbox.hub.parameters import Choice, Number
from infra.sandbox.hub.tool import Answer, Tool

tool = Tool(
    name="Garden Planner",
    category="Home",
    description="Amounts for whoever digs at home: seedlings for a bed, earth to fill it, grass to sow,"
    " litres for the can, and a heap that rots well.",
    data_vintage="Rules of thumb of gardeners, stated with each answer's parameters.",
    licence="Apache-2.0",
    collections=("moving-house", "outdoor-day", "weather-and-climate"),
)

# Grams of seed a square metre and carbon to nitrogen by weight.
SEED_G_PER_M2 = {"new lawn": 35, "overseeding": 18, "flower meadow": 4, "green manure": 12}
CARBON_TO_NITROGEN = {"dry leaves": 60.0, "straw": 80.0, "sawdust": 400.0, "cardboard": 350.0}
GREEN_CARBON_TO_NITROGEN = 18.0
BEST_CARBON_TO_NITROGEN = 30.0
# Share of the weight that is carbon, in fresh green matter and in dry brown matter.
GREEN_CARBON, BROWN_CARBON = 0.12, 0.45

Length = Annotated[float, Number("Length of the bed [m].", minimum=0.1, maximum=100, example=3.6)]
Width = Annotated[float, Number("Width of the bed [m].", minimum=0.1, maximum=100, example=1.2)]


@tool.get("/plants", "Plants Per Bed")
def plants_per_bed(
    length: Length,
    width: Width,
    spacing_cm: Annotated[
        float, Number("Distance from one to the next [cm].", minimum=2, maximum=300, example=30)
    ],
    pattern: Annotated[
        str, Choice("How the rows stand to each other.", members=("square", "triangle"), example="triangle")
    ] = "square",
) -> Answer:
    """How many seedlings fill a rectangle at a given distance; rows set off by half a step hold more."""
    cell = (spacing_cm / 100) ** 2 * (sqrt(3) / 2 if pattern == "triangle" else 1)
    return {"area_m2": round(length * width, 2), "plants": int(round(length * width / cell, 6))}


@tool.get("/soil", "Soil For Bed")
def soil_for_bed(
    length: Length,
    width: Width,
    depth_cm: Annotated[float, Number("Depth of the layer [cm].", minimum=1, maximum=150, example=25)],
    bag_litres: Annotated[float, Number("Content of a bag [l].", minimum=5, maximum=2000, example=40)] = 45.0,
) -> Answer:
    """Litres of earth, compost or bark that cover a rectangle to a given depth, and bags to be carried."""
    litres = length * width * depth_cm * 10
    return {"litres": round(litres, 1), "bags": ceil(round(litres / bag_litres, 6))}


@tool.get("/seed", "Seed Amount")
def seed_amount(
    area_m2: Annotated[float, Number("Area to sow [m2].", minimum=0.1, maximum=100_000, example=85)],
    purpose: Annotated[str, Choice("What is sown.", members=tuple(SEED_G_PER_M2), example="new lawn")],
) -> Answer:
    """Grams to scatter for grass or flowers on an area, by the usual rate for the purpose."""
    rate = SEED_G_PER_M2[purpose]
    return {"grams": round(area_m2 * rate, 1), "grams_per_m2": rate}


@tool.get("/water", "Watering Need")
def watering_need(
    area_m2: Annotated[float, Number("Area to keep moist [m2].", minimum=0.1, maximum=100_000, example=24)],
    evaporation_mm: Annotated[
        float, Number("What a week's sun and wind dry up [mm].", minimum=0, maximum=150, example=32)
    ],
    rain_mm: Annotated[float, Number("Rain of that week [mm].", minimum=0, maximum=1000, example=9)],
) -> Answer:
    """Litres a week that the sky leaves to the can, and how many cans of ten litres that makes."""
    litres = area_m2 * max(0.0, evaporation_mm - rain_mm)
    return {"litres": round(litres, 1), "cans": ceil(round(litres / 10, 6))}


@tool.get("/compost", "Compost Mix")
def compost_mix(
    green_kg: Annotated[
        float, Number("Kitchen scraps and cut grass [kg].", minimum=0.1, maximum=10_000, example=20)
    ],
    brown: Annotated[str, Choice("Dry matter at hand.", members=tuple(CARBON_TO_NITROGEN), example="straw")],
) -> Answer:
    """Kilograms of dry matter to stir into wet scraps so that a heap has 30 parts carbon to one nitrogen."""
    green_nitrogen = green_kg * GREEN_CARBON / GREEN_CARBON_TO_NITROGEN
    lacking = BEST_CARBON_TO_NITROGEN * green_nitrogen - green_kg * GREEN_CARBON
    spare_per_kg = BROWN_CARBON * (1 - BEST_CARBON_TO_NITROGEN / CARBON_TO_NITROGEN[brown])
    return {"brown_kg": round(lacking / spare_per_kg, 2)}
