"""Meanings: what a parameter asks for, or a field of an answer holds (a latitude, a country ...).

The table is about words that documentation of any API uses; it lists no API. With it a value that one
answer holds under `alpha_2` is found for a parameter called `country`.
"""

import itertools
import re
from functools import lru_cache

from infra.sandbox.teacher.lexicon import word_set
from infra.sandbox.teacher.words import name_words

_NAMES = {
    "latitude": "latitude lat",
    "longitude": "longitude lon lng long",
    "country": "country alpha2 countrycode iso2 nation",
    "timezone": "timezone timezones tz zone tzid",
    "currency": "currency currencies currencycode",
    "language": "language languages lang",
    "iata": "iata airport airports",
    "icao": "icao",
    "datetime": "datetime timestamp utc instant",
    "date": "date day",
    "month": "month",
    "year": "year",
    "city": "city town municipality",
    "postal_code": "zip zipcode zips postcode postal postalcode",
    "iban": "iban",
    "bic": "bic swift",
    "isbn": "isbn",
    "ean": "ean gtin barcode",
    "isin": "isin",
    "vin": "vin",
    "domain": "domain hostname host",
    "ip": "ip ipaddress",
    "cidr": "cidr subnet network",
    "email": "email mail",
    "url": "url uri link website",
    "phone": "phone telephone mobile",
    "elevation": "elevation altitude height",
    "hex": "hex colour color",
}
_BY_NAME = {name: meaning for meaning, names in _NAMES.items() for name in names.split()}
_PAIRS = {
    ("time", "zone"): "timezone",
    ("alpha", "2"): "country",
    ("iso", "2"): "country",
    ("date", "time"): "datetime",
}

_NOTES = (
    ("latitude", r"\blatitude\b"),
    ("longitude", r"\blongitude\b"),
    ("timezone", r"\biana\b|\btime ?zone (?:name|identifier|id|such)|\btime ?zone\b"),
    (
        "country",
        r"\btwo[- ]letter (?:country )?code\b(?! of the language)|\bcountry code\b|\biso 3166(?!-2)"
        r"|\balpha-2\b",
    ),
    ("currency", r"\bcurrency code\b|\biso 4217\b|\bthree[- ]letter currency\b|\bcurrency\b"),
    ("language", r"\blanguage code\b|\biso 639\b|\blanguage\b"),
    ("iata", r"\biata\b|\bairport code\b"),
    ("icao", r"\bicao\b"),
    ("email", r"\be-?mail address\b"),
    ("phone", r"\bphone number\b"),
    ("iban", r"\biban\b"),
    ("bic", r"\bbic\b|\bswift\b"),
    ("datetime", r"\bdate and time\b|\bdatetime\b|\byyyy-mm-ddt"),
    ("date", r"\byyyy-mm-dd\b|\biso date\b|\bdate\b"),
    ("city", r"\bname of (?:the|a) (?:city|town)\b|\bcity name\b"),
)
_NOTE_PATTERNS = tuple((meaning, re.compile(pattern, re.IGNORECASE)) for meaning, pattern in _NOTES)

DERIVABLE = word_set(
    """
    latitude longitude country timezone currency language iata icao city elevation iban bic
    """
)
"""Meanings that one API often answers and another one asks for."""

OUTPUT_WORDS: dict[str, tuple[str, ...]] = {
    "latitude": ("latitude", "coordinate", "position", "geographic"),
    "longitude": ("longitude", "coordinate", "position", "geographic"),
    "country": ("country", "nation"),
    "timezone": ("timezone", "zone"),
    "currency": ("currency", "currencies", "money"),
    "language": ("language", "languages"),
    "date": ("date", "day", "when"),
    "datetime": ("moment", "time", "when"),
    "clock": ("hour", "time", "when"),
    "iata": ("iata", "airport", "airports"),
}
"""Meaning or kind of a parameter -> words by which documentation says that it answers such a value."""

GENERIC = word_set(
    """
    name id code number value count text title type key result results output query q input
    """
)
"""Field names that say nothing about what they hold."""


@lru_cache(maxsize=16_384)
def meaning_of_name(name: str) -> str | None:
    """Meaning of a parameter or field by its name alone: `from_timezone`, `lat1`, `alpha_2`."""
    words = name_words(name)
    for pair in itertools.pairwise(words):
        if pair in _PAIRS:
            return _PAIRS[pair]
    joined = "".join(words)
    if joined in _BY_NAME:
        return _BY_NAME[joined]
    # The last telling word decides: `airport_country` is read as a country.
    return next((_BY_NAME[word] for word in reversed(words) if word in _BY_NAME), None)


def meaning_of(name: str, description: str) -> str | None:
    """Meaning of a parameter by its name, or else by its description."""
    named = meaning_of_name(name)
    if named is not None and named not in {"date", "city"}:
        return named
    noted = next((meaning for meaning, pattern in _NOTE_PATTERNS if pattern.search(description)), None)
    if named == "date":
        return "datetime" if noted == "datetime" else named
    return named or noted


@lru_cache(maxsize=4_096)
def side_of(name: str, description: str, numeric: bool) -> int:
    """1 for the first of a pair of parameters (from, start, `lat1`, origin), 2 for the second, 0 for none."""
    words = set(name_words(name))
    if numeric and words & {
        "before",
        "after",
    }:  # a value before and after; of dates, `after` is where a span begins
        return 1 if "before" in words else 2
    if words & {
        "1",
        "from",
        "start",
        "origin",
        "source",
        "first",
        "begin",
        "base",
        "since",
        "after",
        "departure",
    }:
        return 1
    if words & {"2", "to", "end", "destination", "target", "second", "until", "before", "arrival"}:
        return 2
    if len(words) > 1 and name_words(name)[-1] in {"a", "b"}:
        return 1 if name_words(name)[-1] == "a" else 2
    lower = f" {description.lower()} "
    first = any(sign in lower for sign in (" first ", " start ", " departure ", " origin", " from "))
    second = any(
        sign in lower for sign in (" second ", " end ", " arrival ", " destination", " target ", " last ")
    )
    return 1 if first and not second else 2 if second and not first else 0
