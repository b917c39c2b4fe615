"""Product Codes: the numbers under the bars on everything that is sold."""

from typing import Annotated

from infra.sandbox.hub.errors import BadArgument, NotFound
from infra.sandbox.hub.parameters import Integer, Text
from infra.sandbox.hub.sources.gs1_prefixes import country_of
from infra.sandbox.hub.tool import Answer, Tool

tool = Tool(
    name="Product Codes",
    category="eCommerce",
    description="Article numbers of shops (EAN, UPC, GTIN): their check digits, the country whose office gave"
    " them out, the code for a carton of the same goods, and the black and white bars.",
    packages=("python-stdnum", "python-barcode"),
    data_vintage="Formulae; GS1 prefixes as of 2024.",
    licence="LGPL-2.1-or-later; MIT",
    collections=("online-shop", "publishing-house", "shipping-and-freight"),
)

Ean = Annotated[
    str,
    Text(
        "Thirteen-digit article number (EAN-13).",
        examples=("4006381333931", "5901234123457", "9780306406157"),
        pattern="[0-9]{13}",
        pattern_words="thirteen digits such as 4006381333931",
    ),
]


def _checked(ean: str) -> str:
    from stdnum import ean as numbers

    digit = numbers.calc_check_digit(ean[:-1])
    if ean[-1] != digit:
        raise BadArgument("ean", f"has a wrong check digit: its first digits need {digit}")
    return ean


@tool.get("/ean/{ean}", "Check EAN")
def check_ean(ean: Ean) -> Answer:
    """Whether the till of a shop would accept an article number, and the last digit that it expects."""
    from stdnum import ean as numbers

    return {"valid": numbers.is_valid(ean), "expected_check_digit": int(numbers.calc_check_digit(ean[:-1]))}


@tool.get("/ean-digit/{digits}", "EAN Check Digit")
def ean_check_digit(
    digits: Annotated[
        str,
        Text(
            "First twelve digits of an article number.",
            examples=("400638133393", "590123412345", "978030640615"),
            pattern="[0-9]{12}",
            pattern_words="twelve digits",
        ),
    ],
) -> Answer:
    """Completes the number of a new article by the digit that guards against misreading."""
    from stdnum import ean as numbers

    digit = numbers.calc_check_digit(digits)
    return {"check_digit": int(digit), "ean": digits + digit}


@tool.get("/ean/{ean}/country", "Country Of Code")
def country_of_code(ean: Ean) -> Answer:
    """Where a producer registered its articles, by the first three digits; not where they are made."""
    prefix = _checked(ean)[:3]
    country = country_of(int(prefix))
    if country is None:
        raise NotFound(
            f"the prefix {prefix} belongs to no country, as those of books and of shops themselves"
        )
    return {"prefix": prefix, "country": country}


@tool.get("/ean/{ean}/bars", "Barcode Bars")
def barcode_bars(ean: Ean) -> Answer:
    """The ninety-five stripes that a printer draws for an article number, 1 for black and 0 for white."""
    from barcode import EAN13  # type: ignore[import-untyped]

    bars = EAN13(_checked(ean)).build()[0]
    return {"modules": len(bars), "black": bars.count("1"), "bars": bars}


@tool.get("/upc/{upc}", "UPC To EAN")
def upc_to_ean(
    upc: Annotated[
        str,
        Text(
            "Twelve-digit American article number (UPC-A).",
            examples=("036000291452", "012345678905", "885909950805"),
            pattern="[0-9]{12}",
            pattern_words="twelve digits such as 036000291452",
        ),
    ],
) -> Answer:
    """The worldwide form of an American article number, with its check digit tested."""
    from stdnum import ean as numbers

    digit = numbers.calc_check_digit("0" + upc[:-1])
    if upc[-1] != digit:
        raise BadArgument("upc", f"has a wrong check digit: its first digits need {digit}")
    return {"ean": "0" + upc, "gtin_14": "00" + upc}


@tool.get("/ean/{ean}/carton", "Carton Code")
def carton_code(
    ean: Ean,
    level: Annotated[
        int, Integer("Packaging level, from inner box to pallet.", minimum=1, maximum=8, example=1)
    ] = 1,
) -> Answer:
    """The fourteen-digit number for a box that holds several pieces of one article (ITF-14)."""
    from stdnum import ean as numbers

    stem = f"{level}{_checked(ean)[:-1]}"
    return {"gtin_14": stem + numbers.calc_check_digit(stem), "level": level}
