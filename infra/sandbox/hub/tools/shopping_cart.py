"""Shopping Cart: a stationery shop with a small catalogue, a basket and vouchers."""

from typing import Annotated, Any

from infra.sandbox.hub.errors import BadArgument, NotFound
from infra.sandbox.hub.parameters import Choice, Integer, Text
from infra.sandbox.hub.state import State
from infra.sandbox.hub.tool import Answer, Tool

tool = Tool(
    name="Shopping Cart",
    category="eCommerce",
    description="An invented stationer's web shop: browse its wares, fill a basket, change it, redeem a"
    " voucher and see what is to be paid, in euros. Each session has a basket of its own.",
    data_vintage="Invented wares and prices; a fresh session has two things in its basket.",
    licence="Apache-2.0",
    collections=("small-shop", "online-shop"),
    initial_state={
        "lines": [{"id": 1, "sku": "PEN-02", "quantity": 3}, {"id": 2, "sku": "PAD-01", "quantity": 1}],
        "voucher": None,
    },
)

# Article number: name, group, price in cents.
WARES = {
    "PEN-01": ("Ballpoint pen, blue", "writing", 120),
    "PEN-02": ("Fountain pen", "writing", 1990),
    "PEN-03": ("Pencil, HB", "writing", 80),
    "INK-01": ("Ink bottle, 50 ml", "writing", 690),
    "PAD-01": ("Notebook, A5, dotted", "paper", 850),
    "PAD-02": ("Sketch pad, A3", "paper", 1240),
    "PAP-01": ("Copy paper, 500 sheets", "paper", 549),
    "ENV-01": ("Envelopes, 25 pieces", "paper", 310),
    "CUT-01": ("Scissors", "desk", 760),
    "STA-01": ("Stapler", "desk", 1120),
    "LMP-01": ("Desk lamp", "desk", 3450),
    "CLP-01": ("Paper clips, 100 pieces", "desk", 195),
}
PERCENT_OFF = {"SUMMER10": 10, "STUDENT15": 15, "WELCOME5": 5}
FREE_SHIPPING_FROM, SHIPPING = 5000, 490
MAX_QUANTITY = 99

Sku = Annotated[
    str,
    Text("Article number.", examples=("PAP-01", "LMP-01", "PEN-02"), pattern="[A-Za-z]{3}-[0-9]{2}",
         pattern_words="an article number such as PAP-01", upper=True),
]  # fmt: skip
InBasket = Annotated[
    str,
    Text("Article number in the basket.", examples=("PEN-02", "PAD-01"), pattern="[A-Za-z]{3}-[0-9]{2}",
         pattern_words="an article number such as PEN-02", upper=True),
]  # fmt: skip


def _euros(cents: int) -> float:
    return round(cents / 100, 2)


def _ware(sku: str) -> tuple[str, str, int]:
    if sku not in WARES:
        raise NotFound(f"the shop sells nothing with the number {sku}")
    return WARES[sku]


def _line(state: State, sku: str) -> dict[str, Any]:
    """Return the line of an article, to be changed in place; raises `NotFound`."""
    _ware(sku)
    for line in state["lines"]:
        if line["sku"] == sku:
            return line  # type: ignore[no-any-return]
    raise NotFound(f"{sku} is not in the basket")


def _goods(state: State) -> int:
    return sum(_ware(line["sku"])[2] * line["quantity"] for line in state["lines"])


def _shown(line: dict[str, Any]) -> dict[str, object]:
    name, _, cents = _ware(line["sku"])
    return {
        "sku": line["sku"],
        "name": name,
        "quantity": line["quantity"],
        "amount": _euros(cents * line["quantity"]),
    }


@tool.get("/wares", "Search Wares")
def search_wares(
    words: Annotated[str, Text("Part of the name or group.", examples=("paper", "pen", "desk"))],
) -> Answer:
    """Looks for articles by name or shelf (writing, paper, desk), with number and price, cheapest first."""
    wanted = words.casefold()
    found = sorted(
        (cents, sku) for sku, (name, group, cents) in WARES.items() if wanted in f"{name} {group}".casefold()
    )
    return {
        "count": len(found),
        "wares": [{"sku": sku, "name": WARES[sku][0], "price": _euros(cents)} for cents, sku in found],
    }


@tool.get("/wares/{sku}", "Ware Details")
def ware_details(sku: Sku) -> Answer:
    """Name, shelf and price in euros of one article by its number."""
    name, group, cents = _ware(sku)
    return {"sku": sku, "name": name, "group": group, "price": _euros(cents)}


@tool.get("/basket", "Show Basket")
def show_basket(state: State) -> Answer:
    """What has been chosen so far: articles, how many of each, and the amount of every line."""
    return {"lines": [_shown(line) for line in state["lines"]], "goods": _euros(_goods(state))}


@tool.get("/basket/total", "Checkout Total")
def checkout_total(state: State) -> Answer:
    """What is to be paid at the till: goods, what a voucher takes off, postage (none from 50 euros), sum."""
    goods = _goods(state)
    discount = round(goods * PERCENT_OFF.get(state["voucher"], 0) / 100)
    shipping = SHIPPING if 0 < goods - discount < FREE_SHIPPING_FROM else 0
    return {
        "goods": _euros(goods),
        "discount": _euros(discount),
        "shipping": _euros(shipping),
        "total": _euros(goods - discount + shipping),
        "currency": "EUR",
    }


@tool.post("/basket/add", "Add Ware")
def add_ware(
    state: State,
    sku: Sku,
    quantity: Annotated[int, Integer("How many pieces.", minimum=1, maximum=MAX_QUANTITY, example=2)] = 1,
) -> Answer:
    """Puts some pieces of an article into the basket, on top of those that are there."""
    _ware(sku)
    for line in state["lines"]:
        if line["sku"] == sku:
            break
    else:
        line = {"id": max((line["id"] for line in state["lines"]), default=0) + 1, "sku": sku, "quantity": 0}
        state["lines"].append(line)
    if line["quantity"] + quantity > MAX_QUANTITY:
        raise BadArgument("quantity", f"would make more than {MAX_QUANTITY} of {sku}")
    line["quantity"] += quantity
    return _shown(line)


@tool.post("/basket/quantity", "Change Quantity")
def change_quantity(
    state: State,
    sku: InBasket,
    quantity: Annotated[int, Integer("How many it shall be.", minimum=1, maximum=MAX_QUANTITY, example=5)],
) -> Answer:
    """Sets how many pieces of a chosen article are wanted, whatever it was before."""
    line = _line(state, sku)
    line["quantity"] = quantity
    return _shown(line)


@tool.post("/basket/remove", "Remove Ware")
def remove_ware(state: State, sku: InBasket) -> Answer:
    """Takes an article out of the basket altogether, and tells the worth of what stays."""
    state["lines"].remove(_line(state, sku))
    return {"removed": sku, "lines": len(state["lines"]), "goods": _euros(_goods(state))}


@tool.post("/basket/voucher", "Apply Voucher")
def apply_voucher(
    state: State,
    code: Annotated[str, Choice("Code on the voucher.", members=tuple(PERCENT_OFF), example="SUMMER10")],
) -> Answer:
    """Redeems a discount code on all goods, in the place of an earlier one, and says what it saves."""
    state["voucher"] = code
    saved = round(_goods(state) * PERCENT_OFF[code] / 100)
    return {"code": code, "percent": PERCENT_OFF[code], "discount": _euros(saved)}
