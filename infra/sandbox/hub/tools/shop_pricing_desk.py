"""Shop Pricing Desk: discounts, taxes and margins of a shop."""

from typing import Annotated

from infra.sandbox.hub.errors import BadArgument
from infra.sandbox.hub.parameters import Integer, Number
from infra.sandbox.hub.tool import Answer, Tool

tool = Tool(
    name="Shop Pricing Desk",
    category="eCommerce",
    description="Arithmetic behind a price tag: reductions one after the other, sales tax in and out, margin"
    " against markup, price per kilogram, and how many pieces pay for the fixed costs.",
    data_vintage="Formulae.",
    licence="Apache-2.0",
    collections=("online-shop", "household-budget", "office-paperwork"),
)

Price = Annotated[float, Number("Price on the tag.", minimum=0.01, maximum=1e9, example=80)]
Cost = Annotated[float, Number("What the shop pays for one piece.", minimum=0.01, maximum=1e9, example=60)]
TaxRate = Annotated[float, Number("Sales tax in percent.", minimum=0, maximum=50, example=23)]


@tool.get("/discount", "Discounted Price")
def discounted_price(
    price: Price,
    discount: Annotated[float, Number("First reduction in percent.", minimum=0, maximum=100, example=25)],
    second_discount: Annotated[
        float, Number("Reduction of what remains, in percent.", minimum=0, maximum=100, example=10)
    ] = 0.0,
) -> Answer:
    """What a customer pays after one or two reductions, how much is saved, and the reduction in all."""
    share = (1 - discount / 100) * (1 - second_discount / 100)
    return {
        "price": round(price * share, 2),
        "saved": round(price * (1 - share), 2),
        "total_percent": round((1 - share) * 100, 2),
    }


@tool.get("/tax/add", "Add Sales Tax")
def add_sales_tax(
    net: Annotated[float, Number("Price without tax.", minimum=0, maximum=1e9, example=100)],
    tax_rate: TaxRate,
) -> Answer:
    """What a customer pays when the state takes its share on top of a shop's own price."""
    return {"gross": round(net * (1 + tax_rate / 100), 2), "tax": round(net * tax_rate / 100, 2)}


@tool.get("/tax/remove", "Remove Sales Tax")
def remove_sales_tax(
    gross: Annotated[float, Number("Price with tax.", minimum=0, maximum=1e9, example=123)], tax_rate: TaxRate
) -> Answer:
    """How much of a paid sum is left to the shop, and how much goes to the state."""
    net = gross / (1 + tax_rate / 100)
    return {"net": round(net, 2), "tax": round(gross - net, 2)}


@tool.get("/margin", "Margin And Markup")
def margin_and_markup(cost: Cost, price: Price) -> Answer:
    """What a shop earns on a piece, as a share of the selling price and as a share of what it paid itself."""
    profit = price - cost
    return {
        "profit": round(profit, 2),
        "margin_percent": round(profit / price * 100, 2),
        "markup_percent": round(profit / cost * 100, 2),
    }


@tool.get("/target-price", "Price For Margin")
def price_for_margin(
    cost: Cost,
    margin: Annotated[
        float, Number("Share of the price to be earned, in percent.", minimum=0, maximum=95, example=40)
    ],
) -> Answer:
    """The price at which a given share of it remains as profit."""
    price = cost / (1 - margin / 100)
    return {"price": round(price, 2), "markup_percent": round((price / cost - 1) * 100, 2)}


@tool.get("/unit-price", "Unit Price")
def unit_price(
    price: Price,
    grams: Annotated[float, Number("Weight of the content in grams.", minimum=1, maximum=1e6, example=375)],
) -> Answer:
    """What a kilogram and what a hundred grams of a packed product cost, to compare sizes of packages."""
    return {"per_kg": round(price / grams * 1000, 2), "per_100_g": round(price / grams * 100, 2)}


@tool.get("/break-even", "Break Even")
def break_even(
    fixed_costs: Annotated[
        float, Number("Costs that do not depend on sales.", minimum=0, maximum=1e9, example=4000)
    ],
    cost: Cost,
    price: Price,
) -> Answer:
    """How many pieces must be sold before a business stops losing money, and the turnover at that point."""
    if price <= cost:
        raise BadArgument("price", "must be more than cost, else every sale adds to the loss")
    pieces = -int(-fixed_costs // (price - cost))
    return {"pieces": pieces, "turnover": round(pieces * price, 2)}


@tool.get("/bulk", "Buy Some Get Some")
def buy_some_get_some(
    price: Price,
    quantity: Annotated[int, Integer("Pieces taken in all.", minimum=1, maximum=10_000, example=7)],
    pay_for: Annotated[int, Integer("Pieces paid in each bundle.", minimum=1, maximum=20, example=2)],
    bundle: Annotated[int, Integer("Pieces in each bundle.", minimum=2, maximum=21, example=3)],
) -> Answer:
    """The bill of an offer such as three for the price of two, and what one piece comes to."""
    if pay_for >= bundle:
        raise BadArgument("pay_for", "must be less than bundle")
    bundles, rest = divmod(quantity, bundle)
    paid = bundles * pay_for + min(rest, pay_for)
    return {
        "total": round(paid * price, 2),
        "free_pieces": quantity - paid,
        "per_piece": round(paid * price / quantity, 2),
    }
