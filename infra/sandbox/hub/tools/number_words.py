"""Number Words: figures spelt out, and read back."""

import re
from typing import Annotated

from infra.sandbox.hub.errors import BadArgument
from infra.sandbox.hub.parameters import Choice, Integer, Number, Text
from infra.sandbox.hub.tool import Answer, Tool

tool = Tool(
    name="Number Words",
    category="Translation",
    description="Writes figures out as for cheques, contracts and school: quantities, ranks, sums of money"
    " and years in seven languages; also reads English numerals back.",
    packages=("num2words",),
    data_vintage="Rules of grammar.",
    licence="LGPL-2.1 (num2words, unmodified dependency); Apache-2.0",
    collections=("localisation-kit", "writing-desk", "household-budget", "office-paperwork"),
)

LANGUAGES = ("de", "en", "es", "fr", "it", "nl", "pt")
Language = Annotated[
    str, Choice("Two-letter code of the language to write in.", members=LANGUAGES, example="fr")
]

UNITS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
SMALL = {word: value for value, word in enumerate(UNITS)} | {
    word: 10 * (place + 2) for place, word in enumerate(TENS)
}
LARGE = {"thousand": 10**3, "million": 10**6, "billion": 10**9}


@tool.get("/cardinals/{number}", "Cardinal")
def cardinal(
    number: Annotated[
        int, Integer("Figure to write out.", minimum=-999_999_999, maximum=999_999_999, example=1999)
    ],
    language: Language = "en",
) -> Answer:
    """A whole figure spelt out as a quantity."""
    from num2words import num2words

    return {"number": number, "language": language, "text": num2words(number, lang=language)}


@tool.get("/ordinals/{number}", "Ordinal")
def ordinal(
    number: Annotated[int, Integer("Place in a row.", minimum=1, maximum=1000, example=42)],
    language: Language = "en",
) -> Answer:
    """A rank spelt out, such as that of the winner or of a birthday; masculine where gender matters."""
    from num2words import num2words

    text = num2words(number, lang=language, to="ordinal")
    return {"number": number, "language": language, "text": text.strip()}


@tool.get("/money", "Currency Words")
def currency_words(
    amount: Annotated[
        float,
        Number("Sum, cut to two decimal places.", minimum=0, maximum=999_999_999, example=1234.56),
    ],
    currency: Annotated[
        str, Choice("Three-letter currency code.", members=("EUR", "GBP", "USD"), example="USD")
    ],
    language: Language = "en",
) -> Answer:
    """A sum of money spelt out with its main and small coins, as the text line of a cheque wants it."""
    from num2words import num2words

    text = num2words(round(amount, 2), lang=language, to="currency", currency=currency)
    return {"amount": round(amount, 2), "currency": currency, "text": text}


@tool.get("/years/{year}", "Year In Words")
def year_in_words(
    year: Annotated[int, Integer("Year of our era.", minimum=1, maximum=2999, example=1984)],
    language: Annotated[
        str, Choice("Language to write in.", members=("de", "en", "nl"), example="de")
    ] = "en",
) -> Answer:
    """How a calendar year is said aloud in tongues that count it in hundreds."""
    from num2words import num2words

    return {"year": year, "language": language, "text": num2words(year, lang=language, to="year")}


@tool.get("/readings", "Read Number Words")
def read_number_words(
    words: Annotated[
        str,
        Text(
            "An English numeral below one trillion, with or without hyphens.",
            examples=("two thousand and twenty-six", "minus forty-two"),
            pattern="[A-Za-z ,-]+",
            pattern_words="letters, blanks, commas and hyphens",
            max_length=200,
        ),
    ],
) -> Answer:
    """The figure behind an English numeral: the way back from letters to digits."""
    tokens = [token for token in re.split(r"[ ,-]+", words.lower()) if token and token != "and"]
    negative = tokens[:1] == ["minus"]
    if not tokens[negative:]:
        raise BadArgument("words", "must contain a numeral")
    total, group, scale = 0, 0, 10**12
    for token in tokens[negative:]:
        value, tail = SMALL.get(token), group % 100
        # Units may follow a round ten; anything may follow a hundred or nothing.
        if value is not None and (tail == 0 or (tail >= 20 and tail % 10 == 0 and 0 < value < 10)):
            group += value
        elif token == "hundred" and 0 < group < 100:
            group *= 100
        elif group and LARGE.get(token, scale) < scale:
            scale = LARGE[token]
            total, group = total + group * scale, 0
        else:
            raise BadArgument("words", f"cannot be read at '{token[:30]}'")
    number = -(total + group) if negative else total + group
    return {"words": words, "number": number}
