"""Mobile Networks: the numbers inside SIM cards and handsets."""

from functools import lru_cache
from typing import Annotated

from infra.sandbox.hub.errors import BadArgument, NotFound
from infra.sandbox.hub.parameters import Text
from infra.sandbox.hub.tool import Answer, Tool

tool = Tool(
    name="Mobile Networks",
    category="Devices",
    description="Decodes what SIM cards and handsets carry: the home operator of a subscriber, the networks"
    " of a country, the parts and check digit of a serial.",
    packages=("python-stdnum",),
    data_vintage="Network codes of 2025.",
    licence="LGPL-2.1 (python-stdnum, unmodified dependency)",
    collections=("calls-and-meetings-abroad", "developer-bench"),
)

CountryDigits = Annotated[
    str,
    Text(
        "Three-digit mobile country code (MCC).",
        examples=("268", "310", "440"),
        pattern="[0-9]{3}",
        pattern_words="three digits",
    ),
]


@lru_cache(maxsize=500)
def _networks(mcc: str) -> dict[str, dict[str, str]]:
    """Return what is known of each network of a mobile country code, by MNC in order."""
    from stdnum import numdb

    plan = numdb.get("imsi")
    networks = {}
    for mnc in [f"{n:02}" for n in range(100)] + [f"{n:03}" for n in range(1000)]:
        (_, _), (found, facts), *_ = [*plan.info(mcc + mnc), ("", {})]
        if found == mnc and facts:
            networks[mnc] = dict(facts)
    return dict(sorted(networks.items()))


def _shown(mcc: str, mnc: str, facts: dict[str, str]) -> dict[str, object]:
    return {
        "mcc": mcc,
        "mnc": mnc,
        "operator": facts.get("operator") or facts.get("brand"),
        "brand": facts.get("brand"),
        "country": facts.get("cc", "").split("/")[0].upper() or None,
        "country_name": facts.get("country"),
        "status": facts.get("status"),
    }


@tool.get("/subscribers/{imsi}", "IMSI Info")
def imsi_info(
    imsi: Annotated[
        str,
        Text(
            "The 14 or 15 digits a SIM card identifies itself with.",
            examples=("310150123456789", "268061234567890", "440101234567890"),
            pattern="[0-9]{14,15}",
            pattern_words="14 or 15 digits",
        ),
    ],
) -> Answer:
    """The home network and country behind a SIM card's identity, and the subscriber's own part of it."""
    networks = _networks(imsi[:3])
    mnc = next((imsi[3:end] for end in (6, 5) if imsi[3:end] in networks), None)
    if mnc is None:
        raise NotFound(f"no network is recorded for {imsi[:6]}")
    return _shown(imsi[:3], mnc, networks[mnc]) | {"subscriber": imsi[3 + len(mnc) :]}


@tool.get("/networks/{mcc}/{mnc}", "Network By Code")
def network_by_code(
    mcc: CountryDigits,
    mnc: Annotated[
        str,
        Text(
            "Two or three digits of the network (MNC).",
            examples=("06", "150", "10"),
            pattern="[0-9]{2,3}",
            pattern_words="two or three digits",
        ),
    ],
) -> Answer:
    """Who runs the network that a phone shows by its country and network digits, and whether it is in use."""
    facts = _networks(mcc).get(mnc)
    if facts is None:
        raise NotFound(f"no network is recorded for {mcc}-{mnc}")
    return _shown(mcc, mnc, facts)


@tool.get("/countries/{mcc}", "Networks Of Country")
def networks_of_country(mcc: CountryDigits) -> Answer:
    """Which country the first three digits of a SIM card stand for, and the brands in operation there."""
    networks = _networks(mcc)
    if not networks:
        raise NotFound(f"no network is recorded under {mcc}")
    brands = {
        facts["brand"]
        for facts in networks.values()
        if facts.get("status") == "Operational" and facts.get("brand")
    }
    first = _shown(mcc, *next(iter(networks.items())))
    return {
        "mcc": mcc,
        "country": first["country"],
        "country_name": first["country_name"],
        "networks": len(networks),
        "brands": sorted(brands),
    }


@tool.get("/handsets/{imei}", "Check IMEI")
def check_imei(
    imei: Annotated[
        str,
        Text(
            "The 15 digits that *#06# shows, hyphens allowed.",
            examples=("490154203237518", "35-209900-176148-1"),
            pattern="[0-9-]{15,18}",
            pattern_words="15 digits",
        ),
    ],
) -> Answer:
    """A handset's identity cut into model approval, serial and check digit, and whether that one is right."""
    digits = imei.replace("-", "")
    if len(digits) != 15:
        raise BadArgument("imei", "must be 15 digits")
    check = _luhn_digit(digits[:14])
    return {
        "valid": digits[14] == check,
        "type_allocation_code": digits[:8],
        "serial": digits[8:14],
        "check_digit": digits[14],
        "expected_check_digit": check,
    }


@tool.get("/check-digits/{body}", "IMEI Check Digit")
def imei_check_digit(
    body: Annotated[
        str,
        Text(
            "First 14 digits of the identity.",
            examples=("49015420323751", "35209900176148"),
            pattern="[0-9]{14}",
            pattern_words="14 digits",
        ),
    ],
) -> Answer:
    """The fifteenth digit of a handset's identity, from the fourteen before it."""
    check = _luhn_digit(body)
    return {"check_digit": check, "imei": body + check}


def _luhn_digit(body: str) -> str:
    """Return the digit that makes the sum of ISO/IEC 7812 a multiple of ten."""
    total = 0
    for place, digit in enumerate(reversed(body)):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled // 10 + doubled % 10
    return str(-total % 10)
