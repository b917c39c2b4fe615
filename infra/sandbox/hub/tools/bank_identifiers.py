"""Bank Identifiers: account numbers, bank codes and what they tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from infra.sandbox.hub.errors import BadArgument, NotFound
from infra.sandbox.hub.parameters import Text
from infra.sandbox.hub.tool import Answer, Tool
from infra.sandbox.hub.vocabulary import country_code

if TYPE_CHECKING:
    from schwifty import BIC, IBAN
    from schwifty.domain import IBANSpec

tool = Tool(
    name="Bank Identifiers",
    category="Finance",
    description="Reads and writes the numbers on a transfer form: international accounts (ISO 13616), bank"
    " codes (ISO 9362) and American routing numbers. The register knows 32,414 banks of 47 countries.",
    packages=("schwifty",),
    data_vintage="Bank registers of October 2026.",
    licence="MIT",
    collections=("cross-border-payments", "cross-border-business", "office-paperwork"),
)

Iban = Annotated[
    str,
    Text(
        "International bank account number, with or without blanks.",
        examples=("DE89370400440532013000", "GB29NWBK60161331926819", "FR1420041010050500013M02606"),
        pattern="[A-Za-z]{2}[0-9]{2}[A-Za-z0-9 ]{8,36}",
        pattern_words="an IBAN such as DE89370400440532013000",
        upper=True,
    ),
]
BankCode = Annotated[
    str,
    Text(
        "National code of the bank, the first part of its account numbers.",
        examples=("37040044", "NWBK", "20041"),
        pattern="[A-Za-z0-9]{2,12}",
        pattern_words="2 to 12 letters and digits",
        upper=True,
    ),
]


def _read(iban: str) -> IBAN:
    from schwifty import IBAN
    from schwifty.exceptions import SchwiftyException

    try:
        return IBAN(iban)
    except SchwiftyException as error:
        raise BadArgument("iban", f"is no account number: {error}") from error


def _check_digits(iban: str) -> str:
    """Return the two digits that ISO 7064 (modulo 97-10) asks for after the country code."""
    compact = iban.replace(" ", "")
    moved = compact[4:] + compact[:2] + "00"
    return f"{98 - int(''.join(str(int(character, 36)) for character in moved)) % 97:02d}"


@tool.get("/iban/{iban}", "Check IBAN")
def check_iban(iban: Iban) -> Answer:
    """Whether an account number can exist, why not, and which two check digits its other characters need."""
    from schwifty import IBAN
    from schwifty.exceptions import SchwiftyException

    reason = None
    try:
        IBAN(iban)
    except SchwiftyException as error:
        reason = str(error)
    return {
        "valid": reason is None,
        "reason": reason,
        "country": iban[:2],
        "expected_check_digits": _check_digits(iban),
    }


@tool.get("/iban/{iban}/parts", "IBAN Parts")
def iban_parts(iban: Iban) -> Answer:
    """Takes an account number apart: country, bank, branch and account, and the form in groups of four."""
    found = _read(iban)
    return {
        "country": found.country_code,
        "check_digits": found.checksum_digits,
        "bank_code": found.bank_code,
        "branch_code": found.branch_code or None,
        "account": found.account_code,
        "formatted": found.formatted,
    }


@tool.get("/iban/{iban}/bank", "Bank Of Account")
def bank_of_account(iban: Iban) -> Answer:
    """Where an account is kept: name of the institution and the code under which other banks reach it."""
    found = _read(iban)
    if found.bic is None:
        raise NotFound(f"the register has no bank {found.bank_code} in {found.country_code}")
    return {"bank": found.bank_name, "bic": str(found.bic), "country": found.country_code}


@tool.get("/countries/{country}/iban-builder", "Build IBAN")
def build_iban(
    country: Annotated[str, country_code("DE", "GB", "FR", of="where the account is")],
    bank_code: BankCode,
    account: Annotated[
        str,
        Text(
            "Account number as the bank writes it, without blanks.",
            examples=("12345", "31926819", "0500013M026"),
            pattern="[A-Za-z0-9]{1,24}",
            pattern_words="1 to 24 letters and digits",
            upper=True,
        ),
    ],
    branch_code: Annotated[
        str | None,
        Text(
            "Code of the branch, where the country has one.",
            examples=("601613", "01005"),
            pattern="[A-Za-z0-9]{1,10}",
            pattern_words="1 to 10 letters and digits",
            upper=True,
        ),
    ] = None,
) -> Answer:
    """Joins national bank and account numbers to the form that is used abroad, check digits computed."""
    from schwifty import IBAN
    from schwifty.exceptions import SchwiftyException

    _spec(country)
    try:
        built = IBAN.generate(country, bank_code, account, branch_code or "")
    except SchwiftyException as error:
        raise BadArgument("account", f"does not make an IBAN of {country}: {error}") from error
    return {"iban": str(built), "formatted": built.formatted}


@tool.get("/countries/{country}/iban", "IBAN Layout")
def iban_layout(country: Annotated[str, country_code("NO", "MT", "BR")]) -> Answer:
    """How account numbers of a country look, how long they are, and whether SEPA transfers reach it."""
    spec = _spec(country)
    return {
        "country": country,
        "length": spec.iban_length,
        "structure": spec.iban_spec,
        "sepa": spec.in_sepa_zone,
    }


@tool.get("/countries/{country}/banks/{bank_code}", "Bank By National Code")
def bank_by_national_code(
    country: Annotated[str, country_code("DE", "GB", "FR", of="of the bank")], bank_code: BankCode
) -> Answer:
    """The institution behind a sort code or bank code of one country, and its international code."""
    from schwifty import registry

    banks = [bank for bank in registry.get_banks_by_code(country, bank_code) if bank.bic]
    if not banks:
        raise NotFound(f"the register has no bank {bank_code} in {country}")
    best = max(banks, key=lambda bank: bank.primary)
    return {"bank": best.name, "bic": best.bic, "country": best.country_code}


@tool.get("/bic/{bic}", "BIC Info")
def bic_info(
    bic: Annotated[
        str,
        Text(
            "Bank identifier code (SWIFT code), 8 or 11 characters.",
            examples=("DEUTDEFF500", "COBADEFFXXX", "ABNANL2A"),
            pattern="[A-Za-z]{6}[A-Za-z0-9]{2}([A-Za-z0-9]{3})?",
            pattern_words="8 or 11 characters such as DEUTDEFF",
            upper=True,
        ),
    ],
) -> Answer:
    """What a SWIFT code stands for: country, place and branch part, and the registered names behind it."""
    found = _bic(bic)
    return {
        "country": found.country_code,
        "location": found.location_code,
        "branch": found.branch_code or None,
        "banks": sorted(set(found.bank_names))[:5],
        "national_codes": sorted(set(found.domestic_bank_codes))[:5],
    }


@tool.get("/routing-numbers/{digits}", "Routing Number Digit")
def routing_number_digit(
    digits: Annotated[
        str,
        Text(
            "First eight digits of an American routing number.",
            examples=("02100002", "01140153", "12400015"),
            pattern="[0-9]{8}",
            pattern_words="eight digits",
        ),
    ],
) -> Answer:
    """Completes the number of a bank in the United States (ABA) by its ninth digit."""
    from stdnum.us import rtn

    digit = rtn.calc_check_digit(digits)
    return {"check_digit": int(digit), "routing_number": digits + digit}


def _spec(country: str) -> IBANSpec:
    from schwifty import registry
    from schwifty.exceptions import InvalidCountryCode

    try:
        return registry.get_iban_spec(country)
    except InvalidCountryCode as error:
        raise NotFound(f"{country} has no international account numbers") from error


def _bic(bic: str) -> BIC:
    from schwifty import BIC
    from schwifty.exceptions import SchwiftyException

    try:
        return BIC(bic)
    except SchwiftyException as error:
        raise BadArgument("bic", f"is no bank identifier code: {error}") from error
