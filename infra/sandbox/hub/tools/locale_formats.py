"""Locale Formats: dates, numbers and names as other countries write them."""

import datetime
from typing import Annotated, Any

from infra.sandbox.hub.errors import NotFound
from infra.sandbox.hub.parameters import Choice, Number, Text
from infra.sandbox.hub.tool import Answer, Tool
from infra.sandbox.hub.vocabulary import country_code, currency_code, day

tool = Tool(
    name="Locale Formats",
    category="Translation",
    description="How people of some 700 locales write a day, a figure, a price, the months and the names of"
    " countries, by the Unicode repository CLDR.",
    packages=("babel",),
    extra="sandbox-more",
    data_vintage="CLDR 47 of 2025.",
    licence="BSD-3-Clause; data: Unicode-3.0",
    collections=("localisation-kit", "writing-desk"),
)

LocaleName = Annotated[
    str,
    Text(
        "Language and country, as in CLDR.",
        examples=("pt_PT", "de_CH", "hi_IN", "ja_JP"),
        pattern="[a-z]{2,3}(_[A-Z]{2})?",
        pattern_words="a locale such as pt_PT",
    ),
]
Language = Annotated[
    str,
    Text(
        "Two or three letters of ISO 639.",
        examples=("fi", "cs", "sw"),
        pattern="[a-z]{2,3}",
        pattern_words="a language code such as fi",
    ),
]


def _locale(name: str) -> Any:
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse(name)
    except (UnknownLocaleError, ValueError) as error:
        raise NotFound(f"CLDR describes no locale '{name}'") from error


@tool.get("/date", "Format Date")
def format_date(
    date: Annotated[datetime.date, day("2026-06-21")],
    locale: LocaleName,
    style: Annotated[
        str, Choice("How much is spelt out.", members=("short", "medium", "long", "full"), example="long")
    ] = "full",
) -> Answer:
    """A day the way a newspaper of that place prints it, from mere figures to weekday and month in words."""
    from babel.dates import format_date as formatted

    return {"text": formatted(date, format=style, locale=_locale(locale))}


@tool.get("/number", "Format Number")
def format_number(
    number: Annotated[float, Number("Figure to write.", minimum=-1e12, maximum=1e12, example=1234567.891)],
    locale: LocaleName,
) -> Answer:
    """Groups of digits and the decimal sign by local custom, three decimals at most."""
    from babel.numbers import format_decimal

    return {"text": format_decimal(number, locale=_locale(locale))}


@tool.get("/amount", "Format Amount")
def format_amount(
    amount: Annotated[float, Number("Price.", minimum=-1e12, maximum=1e12, example=1234.5)],
    currency: Annotated[str, currency_code("EUR", "JPY", "INR")],
    locale: LocaleName,
) -> Answer:
    """A price as a receipt of that place shows it: sign of the money, its position, decimals."""
    from babel.numbers import format_currency

    return {"text": format_currency(amount, currency, locale=_locale(locale))}


@tool.get("/months", "Month Names")
def month_names(language: Language) -> Answer:
    """The twelve words from January to December in a language, as they stand alone in a calendar."""
    names = _locale(language).months["stand-alone"]["wide"]
    return {"months": [names[number] for number in range(1, 13)]}


@tool.get("/country", "Country Name In")
def country_name_in(country: Annotated[str, country_code("DE", "JP", "KE")], language: Language) -> Answer:
    """What speakers of a language call a state."""
    name = _locale(language).territories.get(country)
    if name is None:
        raise NotFound(f"CLDR has no name of {country} in '{language}'")
    return {"name": name}
