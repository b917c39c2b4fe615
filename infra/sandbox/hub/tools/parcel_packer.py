"""Parcel Packer: how big, how heavy, and how many fit."""

import math
from itertools import permutations
from typing import Annotated

from infra.sandbox.hub.errors import NotFound
from infra.sandbox.hub.parameters import Integer, Number
from infra.sandbox.hub.tool import Answer, Tool

tool = Tool(
    name="Parcel Packer",
    category="Logistics",
    description="Sizes of shipments as couriers reckon them: volumetric weight, girth, equal boxes stacked in"
    " a carton all the same way round, cartons on a pallet, and volume for sea freight.",
    data_vintage="Formulae.",
    licence="Apache-2.0",
    collections=("shipping-and-freight", "online-shop"),
)


def _side(what: str, example: float, maximum: float = 1000) -> Number:
    return Number(f"{what} in centimetres.", minimum=0.1, maximum=maximum, example=example)


Length = Annotated[float, _side("Length of the parcel", 60)]
Width = Annotated[float, _side("Width of the parcel", 40)]
Height = Annotated[float, _side("Height of the parcel", 30)]
ItemLength = Annotated[float, _side("Length of one piece", 20)]
ItemWidth = Annotated[float, _side("Width of one piece", 15)]
ItemHeight = Annotated[float, _side("Height of one piece", 10)]
BoxLength = Annotated[float, _side("Inner length of the carton", 60)]
BoxWidth = Annotated[float, _side("Inner width of the carton", 40)]
BoxHeight = Annotated[float, _side("Inner height of the carton", 35)]
Sides = tuple[float, float, float]


def _most(item: Sides, box: Sides) -> tuple[int, Sides]:
    """Return how many pieces fit when all lie alike along the axes, and how they then lie."""
    best, way = 0, item
    for turned in permutations(item):
        count = math.prod(_along(side, inner) for side, inner in zip(turned, box, strict=True))
        if count > best:
            best, way = count, (turned[0], turned[1], turned[2])
    return best, way


def _along(side: float, inner: float) -> int:
    return int(inner / side + 1e-9)  # three pieces of 0.1 do fit into 0.3


@tool.get("/volumetric-weight", "Volumetric Weight")
def volumetric_weight(
    length: Length,
    width: Width,
    height: Height,
    actual_kg: Annotated[
        float, Number("Weight on the scales in kilograms.", minimum=0, maximum=5000, example=9)
    ] = 0.0,
    divisor: Annotated[
        int, Integer("Cubic centimetres that count as a kilogram.", minimum=3000, maximum=7000, example=6000)
    ] = 5000,
) -> Answer:
    """The weight that a courier charges for a light but bulky shipment, if more than the real one."""
    volumetric = length * width * height / divisor
    return {
        "volumetric_kg": round(volumetric, 3),
        "chargeable_kg": round(max(volumetric, actual_kg), 3),
    }


@tool.get("/girth", "Girth")
def girth(length: Length, width: Width, height: Height) -> Answer:
    """Once around a parcel plus its longest side, as posts limit it, in centimetres."""
    shortest, middle, longest = sorted((length, width, height))
    around = 2 * (shortest + middle)
    return {"girth_cm": round(around, 1), "length_plus_girth_cm": round(longest + around, 1)}


@tool.get("/fit", "Pieces In Carton")
def pieces_in_carton(
    item_length: ItemLength,
    item_width: ItemWidth,
    item_height: ItemHeight,
    box_length: BoxLength,
    box_width: BoxWidth,
    box_height: BoxHeight,
) -> Answer:
    """How many equal pieces go into a carton when all are turned the same way, and how full it then is."""
    item, box = (item_length, item_width, item_height), (box_length, box_width, box_height)
    count, way = _most(item, box)
    filled = count * math.prod(item) / math.prod(box) * 100
    return {"pieces": count, "filled_percent": round(filled, 2), "turned": list(way)}


@tool.get("/cartons", "Cartons Needed")
def cartons_needed(
    pieces: Annotated[int, Integer("Pieces to be sent.", minimum=1, maximum=1_000_000, example=100)],
    item_length: ItemLength,
    item_width: ItemWidth,
    item_height: ItemHeight,
    box_length: BoxLength,
    box_width: BoxWidth,
    box_height: BoxHeight,
) -> Answer:
    """How many cartons an order of equal pieces takes, and how many pieces lie in the last of them."""
    each, _ = _most((item_length, item_width, item_height), (box_length, box_width, box_height))
    if each == 0:
        raise NotFound("one piece is larger than the carton")
    cartons = -(-pieces // each)
    return {"cartons": cartons, "per_carton": each, "in_last": pieces - (cartons - 1) * each}


@tool.get("/pallet", "Cartons On Pallet")
def cartons_on_pallet(
    length: Length,
    width: Width,
    height: Height,
    max_height_cm: Annotated[float, _side("Height that the load may reach", 165, maximum=300)],
    pallet_length: Annotated[float, _side("Length of the pallet", 120, maximum=250)] = 120.0,
    pallet_width: Annotated[float, _side("Width of the pallet", 80, maximum=250)] = 80.0,
) -> Answer:
    """How many upright cartons stand on a pallet (a euro pallet unless told), and in how many layers."""
    straight = _along(length, pallet_length) * _along(width, pallet_width)
    turned = _along(width, pallet_length) * _along(length, pallet_width)
    per_layer, layers = max(straight, turned), _along(height, max_height_cm)
    return {"cartons": per_layer * layers, "per_layer": per_layer, "layers": layers}


@tool.get("/freight-volume", "Freight Volume")
def freight_volume(
    length: Length,
    width: Width,
    height: Height,
    cartons: Annotated[int, Integer("How many such cartons.", minimum=1, maximum=100_000, example=48)],
    kg_each: Annotated[
        float, Number("Weight of one carton in kilograms.", minimum=0.01, maximum=5000, example=12)
    ],
) -> Answer:
    """Cubic metres and tonnes of a consignment, and the larger of the two, by which sea freight is billed."""
    cubic_metres, tonnes = length * width * height * cartons / 1e6, kg_each * cartons / 1000
    return {
        "cubic_metres": round(cubic_metres, 3),
        "tonnes": round(tonnes, 3),
        "revenue_tons": round(max(cubic_metres, tonnes), 3),
    }
