"""Print And Paper: formats, weights and thicknesses of what comes from the press."""

import math
from typing import Annotated

from infra.sandbox.hub.parameters import Choice, Integer, Number
from infra.sandbox.hub.tool import Answer, Tool

tool = Tool(
    name="Print And Paper",
    category="Publishing",
    description="Sums of a print shop: sheet sizes of ISO 216, what a book weighs and how thick its spine is,"
    " how many pixels a picture needs, and how pages are folded into sheets.",
    data_vintage="Formulae; ISO 216 and ISO 269.",
    licence="Apache-2.0",
    collections=("publishing-house", "office-paperwork"),
)

# Larger side of size 0 in millimetres; the smaller is the next size's larger one.
SERIES = {"A": (1189, 841), "B": (1414, 1000), "C": (1297, 917)}
SIZES = tuple(f"{letter}{number}" for letter in SERIES for number in range(11))
PaperSize = Annotated[str, Choice("Format of the sheet.", members=SIZES, example="A4")]
Grammage = Annotated[
    float, Number("Weight of the paper in grams per square metre.", minimum=20, maximum=500, example=80)
]
Pages = Annotated[int, Integer("Numbered sides, not leaves.", minimum=1, maximum=5000, example=320)]


def _sides(size: str) -> tuple[int, int]:
    """Return width and height in millimetres: each format is half of the one before, rounded down."""
    longer, shorter = SERIES[size[0]]
    for _ in range(int(size[1:])):
        longer, shorter = shorter, longer // 2
    return shorter, longer


@tool.get("/sizes/{size}", "Sheet Size")
def sheet_size(size: PaperSize) -> Answer:
    """Width and height of a paper format such as A4, in millimetres and inches."""
    width, height = _sides(size)
    return {
        "width_mm": width,
        "height_mm": height,
        "width_in": round(width / 25.4, 2),
        "height_in": round(height / 25.4, 2),
    }


@tool.get("/weight", "Sheet Weight")
def sheet_weight(
    size: PaperSize,
    grammage: Grammage,
    sheets: Annotated[int, Integer("How many sheets.", minimum=1, maximum=1_000_000, example=500)],
) -> Answer:
    """What a stack of paper weighs, in grams for one sheet and in kilograms for all."""
    width, height = _sides(size)
    grams = width * height / 1e6 * grammage
    return {"grams_per_sheet": round(grams, 3), "kg": round(grams * sheets / 1000, 3)}


@tool.get("/spine", "Spine Width")
def spine_width(
    pages: Pages,
    grammage: Grammage,
    bulk: Annotated[
        float,
        Number(
            "Thickness for the weight, in cubic centimetres per gram.", minimum=0.6, maximum=2.5, example=1.2
        ),
    ],
    cover_mm: Annotated[
        float, Number("Thickness of one cover in millimetres.", minimum=0, maximum=5, example=0.3)
    ] = 0.3,
) -> Answer:
    """How thick the back of a bound book becomes, both covers included, in millimetres."""
    leaves = math.ceil(pages / 2)
    return {"spine_mm": round(leaves * grammage * bulk / 1000 + 2 * cover_mm, 2), "leaves": leaves}


@tool.get("/signatures", "Signatures")
def signatures(
    pages: Pages,
    per_sheet: Annotated[
        str,
        Choice("Pages on one folded sheet, both sides.", members=("4", "8", "16", "32"), example="16"),
    ],
) -> Answer:
    """How many folded sheets a book is sewn from, and how many sides at the end stay empty."""
    each = int(per_sheet)
    count = -(-pages // each)
    return {"signatures": count, "printed_pages": count * each, "blank_pages": count * each - pages}


@tool.get("/pixels", "Picture Resolution")
def picture_resolution(
    size: PaperSize,
    dpi: Annotated[int, Integer("Dots per inch of the press.", minimum=30, maximum=2400, example=300)],
) -> Answer:
    """How many pixels a picture must have to fill a sheet at a given fineness of print."""
    width, height = (round(side / 25.4 * dpi) for side in _sides(size))
    return {"width_px": width, "height_px": height, "megapixels": round(width * height / 1e6, 2)}
