"""Security Identifiers: the numbers under which shares and bonds are traded."""

from typing import Annotated

from infra.sandbox.hub.errors import BadArgument
from infra.sandbox.hub.parameters import Text
from infra.sandbox.hub.tool import Answer, Tool
from infra.sandbox.hub.vocabulary import country_code

tool = Tool(
    name="Security Identifiers",
    category="Finance",
    description="Codes of shares, bonds and their issuers: ISIN (ISO 6166), CUSIP, SEDOL, the legal entity"
    " identifier (ISO 17442) and the instrument class (ISO 10962), checked and turned into each other.",
    packages=("python-stdnum",),
    data_vintage="Formulae; instrument classes of 2019.",
    licence="LGPL-2.1-or-later",
    collections=("market-history", "cross-border-business"),
)

Isin = Annotated[
    str,
    Text(
        "International securities identification number, twelve characters.",
        examples=("US0378331005", "DE0007164600", "GB0002634946"),
        pattern="[A-Za-z]{2}[A-Za-z0-9]{9}[0-9]",
        pattern_words="two letters, nine characters and a digit such as US0378331005",
        upper=True,
    ),
]


@tool.get("/isin/{isin}", "Check ISIN")
def check_isin(isin: Isin) -> Answer:
    """Whether the number of a share or bond is well formed, where it was issued, its right last digit."""
    from stdnum import isin as numbers

    return {
        "valid": numbers.is_valid(isin),
        "country": isin[:2],
        "national_number": isin[2:11],
        "expected_check_digit": numbers.calc_check_digit(isin[:11]),
    }


@tool.get("/isin-builder", "Build ISIN")
def build_isin(
    country: Annotated[str, country_code("US", "CH", "NL", of="of issue")],
    national_number: Annotated[
        str,
        Text(
            "Number of the security in that country; zeros are put before it.",
            examples=("037833100", "3886335", "1020177"),
            pattern="[A-Za-z0-9]{1,9}",
            pattern_words="1 to 9 letters and digits",
            upper=True,
        ),
    ],
) -> Answer:
    """Makes the worldwide twelve-character code out of a country and its own number for a security."""
    from stdnum import isin as numbers

    stem = country + national_number.zfill(9)
    return {"isin": stem + numbers.calc_check_digit(stem), "country": country}


@tool.get("/cusip/{cusip}", "CUSIP To ISIN")
def cusip_to_isin(
    cusip: Annotated[
        str,
        Text(
            "North American securities number, nine characters.",
            examples=("037833100", "594918104", "459200101"),
            pattern="[0-9A-Za-z]{8}[0-9]",
            pattern_words="nine characters such as 037833100",
            upper=True,
        ),
    ],
) -> Answer:
    """Turns the nine-character code of an American security into the worldwide one."""
    from stdnum import cusip as numbers

    expected = numbers.calc_check_digit(cusip[:8])
    if cusip[8] != expected:
        raise BadArgument("cusip", f"has a wrong check digit, its first eight characters need {expected}")
    return {"isin": numbers.to_isin(cusip), "country": "US"}


@tool.get("/sedol/{sedol}", "SEDOL To ISIN")
def sedol_to_isin(
    sedol: Annotated[
        str,
        Text(
            "London Stock Exchange number, seven characters.",
            examples=("0263494", "0540528", "B0YBKJ7"),
            pattern="[0-9B-DF-HJ-NP-TV-Zb-df-hj-np-tv-z]{6}[0-9]",
            pattern_words="seven digits and consonants such as B0YBKJ7",
            upper=True,
        ),
    ],
) -> Answer:
    """Turns the seven-character code of a British or Irish security into the worldwide one."""
    from stdnum.exceptions import ValidationError
    from stdnum.gb import sedol as numbers

    try:
        return {"isin": numbers.to_isin(sedol), "country": "GB"}
    except ValidationError as error:
        raise BadArgument("sedol", "is no number that London issues; its last digit may be wrong") from error


@tool.get("/lei/{lei}", "Check LEI")
def check_lei(
    lei: Annotated[
        str,
        Text(
            "Legal entity identifier, twenty characters.",
            examples=("213800KUD8LAJWSQ9D15", "7LTWFZYICNSX8D621K86", "HWUPKR0MPOU8FGXBT394"),
            pattern="[0-9A-Za-z]{18}[0-9]{2}",
            pattern_words="18 letters or digits and two digits",
            upper=True,
        ),
    ],
) -> Answer:
    """Whether the worldwide code of a company is sound, which office issued it, its right last digits."""
    from stdnum.iso7064 import mod_97_10

    expected = mod_97_10.calc_check_digits(lei[:18])
    return {"valid": lei[18:] == expected, "issuer_prefix": lei[:4], "expected_check_digits": expected}


@tool.get("/cfi/{cfi}", "Instrument Class")
def instrument_class(
    cfi: Annotated[
        str,
        Text(
            "Six-letter classification of a financial instrument.",
            examples=("ESVUFR", "DBFTFB", "OCASPS"),
            pattern="[A-Za-z]{6}",
            pattern_words="six letters such as ESVUFR",
            upper=True,
        ),
    ],
) -> Answer:
    """What kind of paper a classification code means: share, bond or option, and its rights in words."""
    from stdnum import cfi as codes
    from stdnum.exceptions import ValidationError

    try:
        meaning = dict(codes.info(cfi))
    except ValidationError as error:
        raise BadArgument("cfi", "is not in the list of instrument classes") from error
    category, group = meaning.pop("category"), meaning.pop("group")
    return {"category": category, "group": group, "attributes": dict(sorted(meaning.items()))}
