"""Parameters that many tools share, so that the output of one fits the input of another.

A city has a latitude and a longitude, those lead to a time zone and a sunrise; a country code leads to a
currency code, that to an amount. Each function returns a kind, with the caller's examples.
"""

from infra.sandbox.hub.parameters import Day, Number, Text


def latitude(example: float, of: str = "of the place") -> Number:
    """Degrees north of the equator."""
    words = f"Latitude {of} in decimal degrees, north positive."
    return Number(words, minimum=-90, maximum=90, example=example)


def longitude(example: float, of: str = "of the place") -> Number:
    """Degrees east of Greenwich."""
    words = f"Longitude {of} in decimal degrees, east positive."
    return Number(words, minimum=-180, maximum=180, example=example)


def country_code(*examples: str, of: str = "of the country") -> Text:
    """Two letters of ISO 3166-1."""
    return Text(
        f"Two-letter country code {of} (ISO 3166-1 alpha-2).",
        examples=examples,
        pattern="[A-Za-z]{2}",
        pattern_words="a two-letter country code such as PT",
        upper=True,
    )


def currency_code(*examples: str, of: str = "of the money") -> Text:
    """Three letters of ISO 4217."""
    return Text(
        f"Three-letter currency code {of} (ISO 4217).",
        examples=examples,
        pattern="[A-Za-z]{3}",
        pattern_words="a three-letter currency code such as EUR",
        upper=True,
    )


def airport_code(*examples: str, of: str = "of the airport") -> Text:
    """Three letters of IATA."""
    return Text(
        f"Three-letter IATA code {of}.",
        examples=examples,
        pattern="[A-Za-z]{3}",
        pattern_words="a three-letter IATA code such as LIS",
        upper=True,
    )


def time_zone_name(*examples: str, of: str = "of the place") -> Text:
    """A name of the IANA time zone database."""
    return Text(
        f"Time zone {of}, by its IANA name.",
        examples=examples,
        pattern=r"[A-Za-z0-9_+\-]+(/[A-Za-z0-9_+\-]+){0,2}",
        pattern_words="an IANA time zone name such as Europe/Lisbon",
        max_length=40,
    )


def day(example: str, what: str = "The day in question.") -> Day:
    """A date between 1900 and 2100."""
    return Day(what, example=example)


def domain_name(*examples: str, what: str = "Name of the host or domain, without scheme or path.") -> Text:
    """Labels between dots, in the letters, digits and hyphens of DNS."""
    return Text(
        what,
        examples=examples,
        pattern=r"[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63}){0,30}",
        pattern_words="a host name such as www.example.org",
        max_length=253,
    )


def phone_number(*examples: str) -> Text:
    """Digits as people write them, with a leading plus where the country is part of it."""
    return Text(
        "Number with + and calling code, or as dialled inside 'country'.",
        examples=examples,
        pattern=r"\+?[0-9 ()./-]{2,29}",
        pattern_words="digits, which blanks, hyphens, dots and brackets may group",
        max_length=30,
    )


def hex_colour(*examples: str, what: str = "Colour") -> Text:
    """Red, green and blue in hexadecimal digits."""
    return Text(
        f"{what} as #RRGGBB.",
        examples=examples,
        pattern="#?[0-9A-Fa-f]{6}",
        pattern_words="six hexadecimal digits such as #ff8800",
    )
