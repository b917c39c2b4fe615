"""Tax And Company Numbers: what stands on invoices, and whether it can be right."""

from typing import Annotated

from infra.sandbox.hub.errors import BadArgument, NotFound
from infra.sandbox.hub.parameters import Text
from infra.sandbox.hub.tool import Answer, Tool

tool = Tool(
    name="Tax And Company Numbers",
    category="Business",
    description="Checks the numbers that authorities give to companies in Europe and the United States, by"
    " their structure and check digits; it does not ask the authorities whether the company exists.",
    packages=("python-stdnum",),
    data_vintage="Formulae; industry codes of NACE 2.1 (2025), campuses of the IRS as of 2025.",
    licence="LGPL-2.1-or-later",
    collections=("cross-border-payments", "cross-border-business", "us-regional-desk", "office-paperwork"),
)


@tool.get("/vat/{number}", "Check VAT Number")
def check_vat_number(
    number: Annotated[
        str,
        Text(
            "Value added tax number of a business in the European Union, with its two-letter prefix.",
            examples=("DE136695976", "FR83404833048", "NL004495445B01"),
            pattern="[A-Za-z]{2}[A-Za-z0-9+*.\\- ]{2,15}",
            pattern_words="a prefix and a number such as DE136695976",
            upper=True,
        ),
    ],
) -> Answer:
    """Whether a European sales tax number is well formed, which state gave it, and its plain form."""
    from stdnum.eu import vat
    from stdnum.exceptions import ValidationError

    prefix = number[:2]
    known = {state.upper() for state in vat.MEMBER_STATES} | {"EL"}
    if prefix not in known:
        raise NotFound(f"{prefix} is no prefix of the European Union; Greece writes EL, Northern Ireland XI")
    try:
        compact = vat.compact(number).upper()
        valid = vat.is_valid(number)
    except ValidationError:
        compact, valid = number.replace(" ", ""), False
    country = {"EL": "GR", "XI": "GB"}.get(prefix, prefix)
    return {"valid": valid, "country": country, "number": compact}


@tool.get("/vat-countries", "Guess VAT Country")
def guess_vat_country(
    number: Annotated[
        str,
        Text(
            "Value added tax number without its prefix.",
            examples=("004495445B01", "136695976", "0411905847"),
            pattern="[A-Za-z0-9+*]{5,13}",
            pattern_words="5 to 13 letters and digits",
            upper=True,
        ),
    ],
) -> Answer:
    """Which member states a sales tax number without prefix could come from, by length and check digit."""
    from stdnum.eu import vat

    guesses = sorted({"el": "GR", "xi": "GB"}.get(code, code.upper()) for code in vat.guess_country(number))
    return {"count": len(guesses), "countries": guesses}


@tool.get("/ein/{ein}", "EIN Campus")
def ein_campus(
    ein: Annotated[
        str,
        Text(
            "Employer identification number of the United States.",
            examples=("91-1144442", "04-2103594", "13-0871985"),
            pattern="[0-9]{2}-?[0-9]{7}",
            pattern_words="nine digits such as 91-1144442",
        ),
    ],
) -> Answer:
    """Which office of the American tax service issued an employer's number, read off its first digits."""
    from stdnum.exceptions import ValidationError
    from stdnum.us import ein as numbers

    try:
        return {"campus": numbers.get_campus(ein), "formatted": numbers.format(numbers.compact(ein))}
    except ValidationError as error:
        raise NotFound(f"no office issues numbers that begin with {ein[:2]}") from error


@tool.get("/siren/{siren}/vat", "French VAT Number")
def french_vat_number(
    siren: Annotated[
        str,
        Text(
            "Number of a company in the French register (SIREN), nine digits.",
            examples=("443061841", "552100554", "404833048"),
            pattern="[0-9]{9}",
            pattern_words="nine digits such as 443061841",
        ),
    ],
) -> Answer:
    """The sales tax number that follows from a company's number in the register of France."""
    from stdnum.fr import siren as numbers

    if not numbers.is_valid(siren):
        raise BadArgument("siren", "has a wrong check digit")
    key = (12 + 3 * (int(siren) % 97)) % 97
    return {"vat_number": f"FR{key:02d}{siren}", "country": "FR"}


@tool.get("/luhn/{number}", "Luhn Digit")
def luhn_digit(
    number: Annotated[
        str,
        Text(
            "Digits of a card, customer or device number, without its last one.",
            examples=("7992739871", "49015420323751", "401288888888188"),
            pattern="[0-9]{1,30}",
            pattern_words="1 to 30 digits",
        ),
    ],
) -> Answer:
    """The last digit that makes a card or customer number pass the usual test of doubled digits."""
    from stdnum import luhn

    digit = luhn.calc_check_digit(number)
    return {"check_digit": int(digit), "number": number + digit}


@tool.get("/industries/{code}", "Industry Code")
def industry_code(
    code: Annotated[
        str,
        Text(
            "Code of an economic activity, NACE revision 2.1: a section letter, or two to four digits.",
            examples=("47.11", "A", "62", "01.11"),
            pattern="[A-Va-v]|[0-9]{2}(\\.?[0-9]{1,2})?",
            pattern_words="a letter, or digits such as 47.11",
            upper=True,
        ),
    ],
) -> Answer:
    """What a business does that bears a European industry number, as statistics offices name it."""
    from stdnum.eu import nace
    from stdnum.exceptions import ValidationError

    try:
        return {"code": nace.format(nace.compact(code)), "label": nace.get_label(code)}
    except ValidationError as error:
        raise NotFound(f"revision 2.1 has no activity {code}") from error
