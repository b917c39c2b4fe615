"""Transliteration: any script in plain Latin letters, and what characters are."""

import re
import unicodedata
from collections import Counter
from typing import Annotated

from infra.sandbox.hub.errors import BadArgument, NotFound
from infra.sandbox.hub.parameters import Choice, Text
from infra.sandbox.hub.tool import Answer, Tool

tool = Tool(
    name="Transliteration",
    category="Translation",
    description="Turns Greek, Cyrillic, Chinese and other writing into unaccented letters, makes link-safe"
    " titles, and tells alphabets and single signs apart.",
    packages=("anyascii",),
    data_vintage="anyascii tables of 2025; Unicode 14.0 names.",
    licence="ISC; Unicode names under the Unicode licence",
    collections=("localisation-kit", "brand-and-print", "developer-bench", "puzzle-hour"),
)

Writing = Annotated[str, Text("Text in any script.", examples=("Ελληνικά, Москва — 東京",), max_length=2000)]


@tool.post("/latin", "Romanize")
def romanize(text: Writing) -> Answer:
    """The text in the letters of a plain English keyboard, sign by sign, as on a passport."""
    from anyascii import anyascii

    return {"latin": anyascii(text)}


@tool.post("/slugs", "Slugify")
def slugify(
    text: Annotated[
        str,
        Text("A headline or name.", examples=("São Paulo à noite: 24 “dicas”!",), max_length=300),
    ],
    separator: Annotated[str, Choice("Sign between words.", members=("-", "_", "."), example="_")] = "-",
) -> Answer:
    """A headline as the last part of a web address: lower case, no accents, no blanks."""
    from anyascii import anyascii

    slug = re.sub(r"[^a-z0-9]+", separator, anyascii(text).lower()).strip(separator)
    if not slug:
        raise BadArgument("text", "must contain a letter or digit")
    return {"slug": slug, "length": len(slug)}


@tool.post("/plain", "Strip Accents")
def strip_accents(text: Writing) -> Answer:
    """The same writing without diacritical marks, in its own alphabet, and how many marks were removed."""
    apart = unicodedata.normalize("NFD", text)
    bare = "".join(sign for sign in apart if not unicodedata.combining(sign))
    return {"text": unicodedata.normalize("NFC", bare), "removed": len(apart) - len(bare)}


@tool.post("/scripts", "Scripts Used")
def scripts_used(text: Writing) -> Answer:
    """Which alphabets a text mixes, by number of letters: look-alikes from another one give fakes away."""
    letters = [sign for sign in text if sign.isalpha()]
    if not letters:
        raise BadArgument("text", "must contain a letter")
    # The first word of a letter's Unicode name is its script: GREEK SMALL LETTER ALPHA.
    counts = Counter(
        unicodedata.name(letter, "UNNAMED").split()[0].split("-")[0].title() for letter in letters
    )
    ranked = sorted((-count, script) for script, count in counts.items())
    return {"main": ranked[0][1], "scripts": [{"script": s, "letters": -negative} for negative, s in ranked]}


@tool.get("/signs/{sign}", "Character Name")
def character_name(
    sign: Annotated[str, Text("One sign.", examples=("ß", "€", "π"), max_length=1)],
) -> Answer:
    """The official Unicode name and number of a single sign, and how HTML can spell it."""
    name = unicodedata.name(sign, "")
    if not name:
        raise NotFound(f"the sign {ord(sign):04X} has no name")
    return {
        "sign": sign,
        "name": name,
        "code_point": f"U+{ord(sign):04X}",
        "html": f"&#{ord(sign)};",
        "category": unicodedata.category(sign),
    }
