"""Book Numbers: ISBN and ISSN, in all the ways they are written."""

from typing import Annotated

from infra.sandbox.hub.errors import BadArgument, NotFound
from infra.sandbox.hub.parameters import Choice, Text
from infra.sandbox.hub.tool import Answer, Tool

tool = Tool(
    name="Book Numbers",
    category="Publishing",
    description="Numbers of books (ISBN, ISO 2108) and of journals (ISSN, ISO 3297): between ten and thirteen"
    " digits, with and without hyphens, language area and bar code. Titles are not looked up.",
    packages=("isbnlib", "python-stdnum"),
    data_vintage="Ranges of the International ISBN Agency, 2024.",
    licence="LGPL-3.0; LGPL-2.1-or-later",
    collections=("publishing-house", "writing-desk", "online-shop"),
)

Isbn = Annotated[
    str,
    Text(
        "Number of a book with ten or thirteen digits, hyphens allowed.",
        examples=("9780306406157", "0306406152", "978-3-16-148410-0"),
        pattern="[0-9][0-9\\- ]{8,16}[0-9Xx]",
        pattern_words="ten or thirteen digits such as 9780306406157",
        upper=True,
    ),
]


def _compact(isbn: str) -> str:
    return isbn.replace("-", "").replace(" ", "")


def _checked(isbn: str) -> str:
    """Return the thirteen digits of a sound number; raises `BadArgument`."""
    import isbnlib  # type: ignore[import-untyped]

    compact = _compact(isbn)
    if not (isbnlib.is_isbn10(compact) or isbnlib.is_isbn13(compact)):
        raise BadArgument("isbn", "is no book number: the count of digits or the last one is wrong")
    return str(isbnlib.to_isbn13(compact))


@tool.get("/isbn/{isbn}", "Check ISBN")
def check_isbn(isbn: Isbn) -> Answer:
    """Whether a book could have been printed with a number, and which last character it ought to have."""
    import isbnlib

    compact = _compact(isbn)
    if len(compact) not in (10, 13) or "X" in compact[:-1]:
        raise BadArgument("isbn", "must have ten or thirteen digits")
    if len(compact) == 13 and compact[:3] not in ("978", "979"):
        raise BadArgument("isbn", "must begin with 978 or 979 where it has thirteen digits")
    check = isbnlib.check_digit10 if len(compact) == 10 else isbnlib.check_digit13
    expected = str(check(compact[:-1]))
    return {"valid": compact[-1] == expected, "expected_check_digit": expected, "digits": len(compact)}


@tool.get("/isbn/{isbn}/converted/{form}", "Convert ISBN")
def convert_isbn(
    isbn: Isbn,
    form: Annotated[
        str, Choice("Form wanted: ten or thirteen digits.", members=("isbn10", "isbn13"), example="isbn10")
    ],
) -> Answer:
    """Changes a book's number between the form before 2007 and today's, which is also its bar code."""
    import isbnlib

    number = _checked(isbn)
    if form == "isbn10":
        if number[:3] != "978":
            raise NotFound("numbers that begin with 979 have no ten-digit form")
        number = str(isbnlib.to_isbn10(number))
    return {"isbn": number, "form": form}


@tool.get("/isbn/{isbn}/hyphenated", "Hyphenate ISBN")
def hyphenate_isbn(isbn: Isbn) -> Answer:
    """Sets the hyphens of a book's number where they belong: area, publisher, title and check digit."""
    import isbnlib

    masked = isbnlib.mask(_checked(isbn))
    if not masked:
        raise NotFound("no publisher has been given this number")
    prefix, group, publisher, title, _ = str(masked).split("-")
    return {"isbn": masked, "group": f"{prefix}-{group}", "publisher": publisher, "title": title}


@tool.get("/isbn/{isbn}/area", "Language Area")
def language_area(isbn: Isbn) -> Answer:
    """The country or the language in which a book was brought out, by the first digits of its number."""
    import isbnlib

    area = isbnlib.info(_checked(isbn))
    if not area:
        raise NotFound("no area has been given this number")
    return {"area": str(area)}


@tool.get("/issn/{digits}", "ISSN Check Digit")
def issn_check_digit(
    digits: Annotated[
        str,
        Text(
            "First seven digits of a journal's number, with or without hyphen.",
            examples=("0378-595", "0028-083", "2049-363"),
            pattern="[0-9]{4}-?[0-9]{3}",
            pattern_words="seven digits such as 0378-595",
        ),
    ],
) -> Answer:
    """Completes the number of a newspaper or journal by its last character, which may be an X."""
    from stdnum import issn

    compact = digits.replace("-", "")
    digit = issn.calc_check_digit(compact)
    return {"check_digit": digit, "issn": f"{compact[:4]}-{compact[4:]}{digit}"}


@tool.get("/issn-barcodes/{issn}", "ISSN To EAN")
def issn_to_ean(
    issn: Annotated[
        str,
        Text(
            "Number of a journal, eight characters.",
            examples=("0378-5955", "0028-0836", "2049-3630"),
            pattern="[0-9]{4}-?[0-9]{3}[0-9Xx]",
            pattern_words="eight characters such as 0378-5955",
            upper=True,
        ),
    ],
) -> Answer:
    """The thirteen digits under the bars on the cover of a magazine."""
    from stdnum import issn as numbers

    if not numbers.is_valid(issn):
        raise BadArgument("issn", "has a wrong check digit")
    return {"ean": numbers.to_ean(issn)}
