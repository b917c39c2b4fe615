"""Home Improvement: how much material a job about the house takes."""

from math import ceil
from typing import Annotated

from infra.sandbox.hub.parameters import Integer, Number
from infra.sandbox.hub.tool import Answer, Tool

tool = Tool(
    name="Home Improvement",
    category="Home",
    description="Shopping amounts for do-it-yourself work: coats on walls, floors and splashbacks, slabs,"
    " stairs, rolls of paper and fences.",
    data_vintage="Rules of thumb of the trade, stated with each answer's parameters.",
    licence="Apache-2.0",
    collections=("moving-house", "household-budget"),
)

ROLL_LENGTH_M, ROLL_WIDTH_M = 10.05, 0.53
COMFORTABLE_RISER_CM, STEP_RULE_CM = 18, 63
LITRES_OF_CONCRETE_PER_25_KG = 12.5


def _metres(what: str, example: float, maximum: float = 100) -> Number:
    return Number(f"{what} [m].", minimum=0.1, maximum=maximum, example=example)


Length = Annotated[float, _metres("Length of the room", 5.2)]
Width = Annotated[float, _metres("Width of the room", 3.8)]
Height = Annotated[float, _metres("Height of the walls", 2.5, 20)]
Waste = Annotated[float, Number("Extra for cuts and breakage [%].", minimum=0, maximum=50, example=10)]


@tool.get("/paint", "Paint Needed")
def paint_needed(
    length: Length,
    width: Width,
    height: Height,
    openings_m2: Annotated[
        float, Number("Area of windows and doors [m2].", minimum=0, maximum=500, example=4)
    ] = 0.0,
    coats: Annotated[int, Integer("How often it is rolled on.", minimum=1, maximum=5, example=2)] = 2,
    coverage: Annotated[
        float, Number("Area a litre covers once [m2].", minimum=1, maximum=30, example=9)
    ] = 10.0,
) -> Answer:
    """Litres of colour for the four walls of a rectangular room; openings are left out, the ceiling too."""
    walls = max(0.0, 2 * (length + width) * height - openings_m2)
    return {"wall_m2": round(walls, 2), "litres": round(walls * coats / coverage, 2)}


@tool.get("/tiles", "Tiles Needed")
def tiles_needed(
    length: Length,
    width: Width,
    tile_length_cm: Annotated[float, Number("Long side of a tile [cm].", minimum=1, maximum=200, example=60)],
    tile_width_cm: Annotated[float, Number("Short side of a tile [cm].", minimum=1, maximum=200, example=30)],
    waste_percent: Waste = 10.0,
) -> Answer:
    """How many pieces a rectangular floor takes, a reserve included, joints left out of account."""
    area = length * width
    pieces = area * (1 + waste_percent / 100) / (tile_length_cm * tile_width_cm / 10_000)
    return {"floor_m2": round(area, 2), "tiles": ceil(round(pieces, 6))}


@tool.get("/concrete", "Concrete Slab")
def concrete_slab(
    length: Annotated[float, _metres("Length of the slab", 4)],
    width: Annotated[float, _metres("Width of the slab", 3)],
    thickness_cm: Annotated[float, Number("Thickness [cm].", minimum=2, maximum=100, example=12)],
) -> Answer:
    """Volume of ready mix for a foundation or terrace in cubic metres, and bags of 25 kg dry mix instead."""
    volume = length * width * thickness_cm / 100
    bags = ceil(round(volume * 1000 / LITRES_OF_CONCRETE_PER_25_KG, 6))
    return {"cubic_metres": round(volume, 3), "bags_25_kg": bags}


@tool.get("/wallpaper", "Wallpaper Rolls")
def wallpaper_rolls(length: Length, width: Width, height: Height) -> Answer:
    """Euro rolls (10.05 m by 0.53 m, no pattern to match) to cover the walls of a room all round."""
    strips = ceil(round(2 * (length + width) / ROLL_WIDTH_M, 6))
    per_roll = ROLL_LENGTH_M / height
    if per_roll < 1:  # a wall higher than a roll is long: pieces are joined
        return {"strips": strips, "rolls": ceil(round(strips * height / ROLL_LENGTH_M, 6))}
    return {"strips": strips, "rolls": ceil(strips / int(per_roll))}


@tool.get("/stairs", "Staircase")
def staircase(
    rise_cm: Annotated[
        float, Number("Height from floor to floor [cm].", minimum=20, maximum=1000, example=280)
    ],
) -> Answer:
    """Steps of a comfortable flight, the height of each and the depth to tread on, in centimetres."""
    steps = max(1, round(rise_cm / COMFORTABLE_RISER_CM))
    riser = rise_cm / steps
    return {"steps": steps, "riser_cm": round(riser, 2), "tread_cm": round(STEP_RULE_CM - 2 * riser, 2)}


@tool.get("/fence", "Fence Posts")
def fence_posts(
    length: Annotated[float, _metres("Length of the fence", 24, 1000)],
    spacing: Annotated[float, Number("Largest gap [m].", minimum=0.3, maximum=10, example=2.5)],
) -> Answer:
    """How many poles a straight garden border takes, ends included, and how far apart they then stand."""
    panels = ceil(round(length / spacing, 6))
    return {"posts": panels + 1, "spacing_m": round(length / panels, 3)}
