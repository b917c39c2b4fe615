"""Works And Authors IDs: the numbers of scores, recordings, films and the people behind them."""

from typing import Annotated

from infra.sandbox.hub.errors import BadArgument, NotFound
from infra.sandbox.hub.parameters import Text
from infra.sandbox.hub.tool import Answer, Tool

tool = Tool(
    name="Works And Authors IDs",
    category="Publishing",
    description="Identifiers that libraries and collecting societies use: recordings (ISRC), printed music"
    " (ISMN), names of authors and researchers (ISNI, ORCID) and articles (DOI).",
    packages=("python-stdnum",),
    data_vintage="Formulae.",
    licence="LGPL-2.1-or-later",
    collections=("publishing-house", "office-paperwork"),
)


@tool.get("/isrc/{isrc}", "Recording Code")
def recording_code(
    isrc: Annotated[
        str,
        Text(
            "International standard recording code, with or without hyphens.",
            examples=("GB-EMI-03-00013", "USRC17607839", "GBAYE6800011"),
            pattern="[A-Za-z]{2}-?[A-Za-z0-9]{3}-?[0-9]{2}-?[0-9]{5}",
            pattern_words="twelve characters such as USRC17607839",
            upper=True,
        ),
    ],
) -> Answer:
    """Takes the code of a song on a record apart: country and owner of the code, year and running number."""
    from stdnum import isrc as codes

    if not codes.is_valid(isrc):
        raise NotFound(f"no country gives out recording codes that begin with {isrc[:2]}")
    compact = codes.compact(isrc)
    year = int(compact[5:7])
    return {
        "prefix": compact[:2],
        "registrant": compact[2:5],
        "year": year + (1900 if year >= 40 else 2000),
        "designation": compact[7:],
        "formatted": codes.format(compact),
    }


@tool.get("/ismn/{ismn}", "Music Score Number")
def music_score_number(
    ismn: Annotated[
        str,
        Text(
            "Number of a piece of printed music, old form with M or new with 979-0.",
            examples=("M-2306-7118-7", "979-0-2600-0043-8", "9790060115615"),
            pattern="(979-?0|[Mm])[0-9\\-]{9,13}",
            pattern_words="a number such as M-2306-7118-7",
            upper=True,
        ),
    ],
) -> Answer:
    """Turns the number of sheet music into its thirteen digits, and shows where its hyphens are set."""
    from stdnum import ismn as numbers

    if not numbers.is_valid(ismn):
        raise BadArgument("ismn", "has a wrong check digit or a wrong count of digits")
    return {"ean": numbers.to_ismn13(ismn).replace("-", ""), "formatted": numbers.format(ismn)}


@tool.get("/names/{digits}", "Author Check Character")
def author_check_character(
    digits: Annotated[
        str,
        Text(
            "First fifteen digits of an author's ISNI or ORCID, with or without hyphens.",
            examples=("0000-0002-1825-009", "000000012146438", "0000-0001-5109-370"),
            pattern="[0-9]{4}-?[0-9]{4}-?[0-9]{4}-?[0-9]{3}",
            pattern_words="fifteen digits such as 0000-0002-1825-009",
        ),
    ],
) -> Answer:
    """Completes the number of a writer, researcher or performer by its last character, which may be an X."""
    from stdnum.iso7064 import mod_11_2

    compact = digits.replace("-", "")
    full = compact + mod_11_2.calc_check_digit(compact)
    return {"check_character": full[-1], "number": "-".join(full[i : i + 4] for i in range(0, 16, 4))}


@tool.get("/doi-address", "Article Address")
def article_address(
    doi: Annotated[
        str,
        Text(
            "Digital object identifier of an article or data set.",
            examples=("10.1000/182", "10.1038/nature12373", "10.5281/zenodo.1234"),
            pattern="10\\.[0-9]{4,9}/[A-Za-z0-9._;()/:\\-]{1,80}",
            pattern_words="an identifier such as 10.1038/nature12373",
        ),
    ],
) -> Answer:
    """Splits an article's identifier into the publisher's part and its own, and gives the address to open."""
    registrant, _, suffix = doi.partition("/")
    return {"registrant": registrant, "suffix": suffix, "address": f"https://doi.org/{doi}"}
