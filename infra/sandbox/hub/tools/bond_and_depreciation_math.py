"""Bond And Depreciation Math: fixed income, and what a machine is still worth in the books."""

from typing import Annotated

from infra.sandbox.hub.errors import BadArgument, NotFound
from infra.sandbox.hub.parameters import Choice, Integer, Number
from infra.sandbox.hub.tool import Answer, Tool

tool = Tool(
    name="Bond And Depreciation Math",
    category="Finance",
    description="Prices, yields and durations of plain bonds on a coupon day, and three ways of writing off"
    " what a business has bought.",
    data_vintage="Formulae.",
    licence="Apache-2.0",
    collections=("market-history", "office-paperwork"),
)

FREQUENCIES = {"yearly": 1, "half-yearly": 2, "quarterly": 4}
Face = Annotated[
    float, Number("Sum repaid at the end of the bond's life.", minimum=1, maximum=1e9, example=1000)
]
Coupon = Annotated[
    float, Number("Interest the bond pays per year, in percent.", minimum=0, maximum=50, example=5)
]
MarketYield = Annotated[
    float, Number("Yield per year that the market asks for, in percent.", minimum=0, maximum=50, example=6)
]
Maturity = Annotated[int, Integer("Years until the bond is repaid.", minimum=1, maximum=60, example=10)]
Frequency = Annotated[
    str, Choice("How often interest is paid.", members=tuple(FREQUENCIES), example="half-yearly")
]
Cost = Annotated[float, Number("Price of purchase.", minimum=1, maximum=1e12, example=10_000)]
Salvage = Annotated[
    float, Number("Worth at the end of the useful life.", minimum=0, maximum=1e12, example=1000)
]
Life = Annotated[int, Integer("Useful life in years.", minimum=1, maximum=60, example=5)]
Year = Annotated[int, Integer("Year of use that is asked for, from 1.", minimum=1, maximum=60, example=2)]


def _flows(face: float, coupon: float, years: int, frequency: str) -> list[tuple[float, float]]:
    """Return time in years and amount of every payment of a bond."""
    per_year = FREQUENCIES[frequency]
    count = years * per_year
    interest = face * coupon / 100 / per_year
    return [((n + 1) / per_year, interest + (face if n + 1 == count else 0)) for n in range(count)]


def _price(flows: list[tuple[float, float]], percent: float, frequency: str) -> float:
    per_year = FREQUENCIES[frequency]
    base = 1 + percent / 100 / per_year
    return float(sum(amount / base ** (years * per_year) for years, amount in flows))


@tool.get("/bonds/price", "Bond Price")
def bond_price(
    face: Face,
    coupon: Coupon,
    market_yield: MarketYield,
    years: Maturity,
    frequency: Frequency = "yearly",
) -> Answer:
    """What a fixed-interest paper is worth today, in money and in percent of the sum repaid."""
    price = _price(_flows(face, coupon, years, frequency), market_yield, frequency)
    return {"price": round(price, 2), "percent_of_face": round(price / face * 100, 3)}


@tool.get("/bonds/yield", "Yield To Maturity")
def yield_to_maturity(
    face: Face,
    coupon: Coupon,
    price: Annotated[float, Number("Price paid today.", minimum=0.01, maximum=1e10, example=950)],
    years: Maturity,
    frequency: Frequency = "yearly",
) -> Answer:
    """The return per year, in percent, of buying a fixed-interest paper today and keeping it to the end."""
    flows = _flows(face, coupon, years, frequency)
    low, high = 0.0, 100.0
    if not _price(flows, high, frequency) <= price <= _price(flows, low, frequency):
        raise NotFound("no yield between 0 and 100 percent leads to this price")
    for _ in range(100):
        middle = (low + high) / 2
        if _price(flows, middle, frequency) > price:
            low = middle
        else:
            high = middle
    return {"percent_per_year": round(low, 3)}


@tool.get("/bonds/duration", "Bond Duration")
def bond_duration(
    coupon: Coupon,
    market_yield: MarketYield,
    years: Maturity,
    frequency: Frequency = "yearly",
) -> Answer:
    """How long money is tied up on average (Macaulay), and how the price moves with the yield."""
    flows = _flows(100, coupon, years, frequency)
    base = 1 + market_yield / 100 / FREQUENCIES[frequency]
    worth = [(t, amount / base ** (t * FREQUENCIES[frequency])) for t, amount in flows]
    macaulay = sum(t * value for t, value in worth) / sum(value for _, value in worth)
    return {"macaulay_years": round(macaulay, 3), "modified_years": round(macaulay / base, 3)}


@tool.get("/depreciation/straight-line", "Straight Line Depreciation")
def straight_line(cost: Cost, salvage: Salvage, life: Life, year: Year) -> Answer:
    """Equal write-offs: how much an asset loses each year and what stands in the books after some of them."""
    _check(cost, salvage, life, year)
    yearly = (cost - salvage) / life
    return {"depreciation": round(yearly, 2), "book_value": round(cost - yearly * year, 2)}


@tool.get("/depreciation/declining-balance", "Declining Balance Depreciation")
def declining_balance(
    cost: Cost,
    salvage: Salvage,
    life: Life,
    year: Year,
    factor: Annotated[
        float, Number("Speed against equal write-offs; 2 is double.", minimum=1, maximum=3, example=2)
    ] = 2.0,
) -> Answer:
    """Write-offs as a constant share of what is left, never below the final worth: large at first."""
    _check(cost, salvage, life, year)
    book, written_off = cost, 0.0
    for _ in range(year):
        written_off = min(book * min(factor / life, 1.0), book - salvage)
        book -= written_off
    return {"depreciation": round(written_off, 2), "book_value": round(book, 2)}


@tool.get("/depreciation/sum-of-years", "Sum Of Years Depreciation")
def sum_of_years(cost: Cost, salvage: Salvage, life: Life, year: Year) -> Answer:
    """Write-offs that shrink evenly, by the years that remain over the sum of all years' digits."""
    _check(cost, salvage, life, year)
    share = (cost - salvage) / (life * (life + 1) / 2)
    written_off = [share * (life - n) for n in range(year)]
    return {"depreciation": round(written_off[-1], 2), "book_value": round(cost - sum(written_off), 2)}


def _check(cost: float, salvage: float, life: int, year: int) -> None:
    if salvage > cost:
        raise BadArgument("salvage", "must not be more than cost")
    if year > life:
        raise BadArgument("year", "must not be later than the useful life")
