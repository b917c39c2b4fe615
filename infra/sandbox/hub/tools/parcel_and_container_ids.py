"""Parcel And Container IDs: numbers on labels, steel boxes and ships."""

from typing import Annotated

from infra.sandbox.hub.errors import BadArgument, NotFound
from infra.sandbox.hub.parameters import Text
from infra.sandbox.hub.tool import Answer, Tool

tool = Tool(
    name="Parcel And Container IDs",
    category="Logistics",
    description="Recognises consignment numbers of couriers and posts, and checks freight containers (ISO"
    " 6346) and ship numbers (IMO). It reads the number; it does not know where the thing is.",
    packages=("tracking-numbers", "python-stdnum"),
    data_vintage="Number formats of 2022; formulae.",
    licence="MIT; LGPL-2.1-or-later",
    collections=("shipping-and-freight", "online-shop"),
)

S10_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)
S10_SERVICES = {
    "E": "express",
    "C": "parcel",
    "R": "registered",
    "V": "insured",
    "L": "tracked letter",
    "A": "domestic or bilateral",
    "U": "ordinary letter",
}


@tool.get("/parcels/{number}", "Identify Parcel")
def identify_parcel(
    number: Annotated[
        str,
        Text(
            "Number on the label of a parcel.",
            examples=("1Z5R89390357567127", "986578788855", "RB123456785GB", "9400111202555842332669"),
            pattern="[A-Za-z0-9 ]{8,40}",
            pattern_words="8 to 40 letters and digits",
            upper=True,
        ),
    ],
) -> Answer:
    """Which courier carries a shipment, judged by the look of its tracking number, and by which product."""
    from tracking_numbers import get_tracking_number  # type: ignore[import-untyped]

    found = get_tracking_number(number.replace(" ", ""))
    if found is None:
        raise NotFound("no courier known here numbers its parcels like this")
    return {"courier": found.courier.name, "product": found.product.name}


@tool.get("/containers/{number}", "Check Container")
def check_container(
    number: Annotated[
        str,
        Text(
            "Number of a freight container: owner, serial number and check digit.",
            examples=("CSQU3054383", "MSKU1234565", "TCLU4265827"),
            pattern="[A-Za-z]{3}[UJZRujzr][0-9]{7}",
            pattern_words="four letters and seven digits such as CSQU3054383",
            upper=True,
        ),
    ],
) -> Answer:
    """Reads the big letters on a steel box: whose it is, its serial number and its right last digit."""
    from stdnum import iso6346

    expected = iso6346.calc_check_digit(number[:10])
    return {
        "valid": number[10] == expected,
        "owner": number[:3],
        "serial": number[4:10],
        "expected_check_digit": int(expected),
    }


@tool.get("/container-digit/{prefix}", "Container Check Digit")
def container_check_digit(
    prefix: Annotated[
        str,
        Text(
            "Number of a freight container without its last digit.",
            examples=("CSQU305438", "MSKU123456", "TCLU426582"),
            pattern="[A-Za-z]{3}[UJZRujzr][0-9]{6}",
            pattern_words="four letters and six digits such as CSQU305438",
            upper=True,
        ),
    ],
) -> Answer:
    """The digit in the little frame at the end of the number on a sea container."""
    from stdnum import iso6346

    digit = iso6346.calc_check_digit(prefix)
    return {"check_digit": int(digit), "number": prefix + digit}


@tool.get("/postal-items/{number}", "Postal Item")
def postal_item(
    number: Annotated[
        str,
        Text(
            "Thirteen-character number of an international postal item (UPU S10).",
            examples=("RR473124829GB", "EE123456785DE", "CP123456785US"),
            pattern="[A-Za-z]{2}[0-9]{9}[A-Za-z]{2}",
            pattern_words="two letters, nine digits and two letters such as RR473124829GB",
            upper=True,
        ),
    ],
) -> Answer:
    """Takes the number of a letter or packet in the world post apart: service, sending country, digits."""
    serial, country = number[2:10], number[11:]
    rest = 11 - sum(int(d) * weight for d, weight in zip(serial, S10_WEIGHTS, strict=True)) % 11
    expected = {10: 0, 11: 5}.get(rest, rest)
    return {
        "valid": int(number[10]) == expected,
        "service": S10_SERVICES.get(number[0], "other"),
        "serial": serial,
        "origin": country,
        "expected_check_digit": expected,
    }


@tool.get("/vessels/{digits}", "Vessel Number")
def vessel_number(
    digits: Annotated[
        str,
        Text(
            "First six digits of a ship's IMO number.",
            examples=("907472", "931946", "881446"),
            pattern="[0-9]{6}",
            pattern_words="six digits",
        ),
    ],
) -> Answer:
    """Completes the lifelong number of a merchant ship by its check digit."""
    from stdnum import imo

    digit = imo.calc_check_digit(digits)
    if not imo.is_valid(digits + digit):
        raise BadArgument("digits", "is outside the numbers given to ships")
    return {"check_digit": int(digit), "imo": f"IMO {digits}{digit}"}
