"""QR Studio: square codes, and what to write into them."""

from typing import TYPE_CHECKING, Annotated, cast

from infra.sandbox.hub.errors import BadArgument
from infra.sandbox.hub.parameters import Choice, Integer, Text
from infra.sandbox.hub.tool import Answer, Tool
from infra.sandbox.hub.vocabulary import latitude, longitude

if TYPE_CHECKING:
    from segno import QRCode

tool = Tool(
    name="QR Studio",
    category="Design",
    description="Plans and draws the black-and-white squares that cameras read: size, capacity, the dots"
    " themselves, and texts that open Wi-Fi, contacts or maps.",
    packages=("segno",),
    data_vintage="ISO/IEC 18004.",
    licence="BSD-3-Clause",
    collections=("brand-and-print", "developer-bench", "online-shop"),
)

Content = Annotated[
    str, Text("What a reader shall see.", examples=("https://example.org/menu",), max_length=400)
]
Level = Annotated[
    str,
    Choice("Damage it survives: L 7 %, M 15 %, Q 25 %, H 30 %.", members=("L", "M", "Q", "H"), example="H"),
]


def _code(text: str, error: str) -> "QRCode":
    import segno

    try:
        # Without boost_error=False a small code gets a higher level than was asked for.
        return segno.make_qr(text, error=error.lower(), boost_error=False)
    except segno.DataOverflowError as overflow:
        raise BadArgument("text", f"is too long for level {error}") from overflow


@tool.post("/plans", "QR Info")
def qr_info(text: Content, error: Level = "M") -> Answer:
    """How large a code a text needs: version, dots along each side, and how the letters are packed."""
    code = _code(text, error)
    return {
        "version": code.version,
        "modules": code.symbol_size(border=0)[0],
        "mode": code.mode,
        "mask": code.mask,
    }


@tool.post("/drawings", "QR Matrix")
def qr_matrix(text: Content, error: Level = "M") -> Answer:
    """The code itself, row by row, # for a dark dot; leave four light dots around it in print."""
    rows = ["".join("#" if dark else "." for dark in row) for row in _code(text, error).matrix]
    return {"rows": rows, "dark": sum(row.count("#") for row in rows)}


@tool.get("/capacity", "QR Capacity")
def qr_capacity(
    version: Annotated[int, Integer("Size class of the code.", minimum=1, maximum=40, example=10)],
    error: Level = "M",
) -> Answer:
    """How many digits, capitals or bytes fit into a code of given size and sturdiness."""
    from segno import consts

    bits = cast(dict[int, int], consts.SYMBOL_CAPACITY[version])[getattr(consts, f"ERROR_LEVEL_{error}")]
    group = 0 if version < 10 else 1 if version < 27 else 2
    # Four bits name the mode, the next ones the length; see table 3 of the standard.
    digits, capitals, octets = (
        bits - 4 - length[group] for length in ((10, 12, 14), (9, 11, 13), (8, 16, 16))
    )
    return {
        "modules": 17 + 4 * version,
        "digits": digits // 10 * 3 + (2 if digits % 10 >= 7 else 1 if digits % 10 >= 4 else 0),
        "capitals": capitals // 11 * 2 + (1 if capitals % 11 >= 6 else 0),
        "bytes": octets // 8,
    }


@tool.get("/print-sizes", "Print Size")
def print_size(
    modules: Annotated[int, Integer("Dots along a side.", minimum=21, maximum=177, example=25)],
    dpi: Annotated[int, Integer("Dots per inch of the printer.", minimum=72, maximum=2400, example=300)],
    printer_dots: Annotated[
        int, Integer("Printer dots for each dot of the code.", minimum=1, maximum=100, example=10)
    ],
) -> Answer:
    """Width on paper of a code with its quiet margin, and the farthest a phone should read it from."""
    width = (modules + 8) * printer_dots / dpi * 25.4
    return {"width_mm": round(width, 1), "reading_distance_cm": round(width, 1)}


@tool.post("/wifi", "Wi-Fi Text")
def wifi_text(
    network: Annotated[str, Text("Name of the network.", examples=('Café "Rossio"',), max_length=32)],
    password: Annotated[str | None, Text("Its password.", examples=("pastel;nata",), max_length=63)] = None,
) -> Answer:
    """The line that lets guests join a wireless network by camera; open networks have no password."""
    from segno.helpers import make_wifi_data

    security = "WPA" if password else None
    return {"text": make_wifi_data(ssid=network, password=password, security=security)}


@tool.post("/contacts", "Contact Text")
def contact_text(
    name: Annotated[str, Text("Family name, given name.", examples=("Silva, Ana",), max_length=60)],
    phone: Annotated[
        str | None, Text("Telephone number.", examples=("+351213421234",), max_length=30)
    ] = None,
    email: Annotated[str | None, Text("Mail address.", examples=("ana@example.org",), max_length=100)] = None,
) -> Answer:
    """The line that makes a phone offer to save somebody, for the back of a business card."""
    from segno.helpers import make_mecard_data

    return {"text": make_mecard_data(name=name, phone=phone, email=email)}


@tool.get("/places", "Place Text")
def place_text(
    latitude: Annotated[float, latitude(38.7108)], longitude: Annotated[float, longitude(-9.1366)]
) -> Answer:
    """The line that opens a map at a spot, for a poster or an invitation."""
    return {"text": f"geo:{round(latitude, 6):.6f},{round(longitude, 6):.6f}"}
