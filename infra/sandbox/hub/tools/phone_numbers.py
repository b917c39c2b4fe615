"""Phone Numbers: numbering plans of all countries."""

from typing import Annotated

from infra.sandbox.hub.errors import NotFound
from infra.sandbox.hub.parameters import Choice, Integer
from infra.sandbox.hub.sources.phones import check_country, read_phone, valid_phone
from infra.sandbox.hub.tool import Answer, Tool
from infra.sandbox.hub.vocabulary import country_code, phone_number

tool = Tool(
    name="Phone Numbers",
    category="Communication",
    description="Reads landline and mobile digits of some 240 countries: whether they can exist, where they"
    " ring, whose range they are from, and how to write them.",
    packages=("phonenumbers",),
    data_vintage="Numbering plans of late 2026. A carrier is who got the range, not who serves it today.",
    licence="Apache-2.0",
    collections=("calls-and-meetings-abroad", "account-safety", "travel-planning"),
)

Phone = Annotated[str, phone_number("+351 21 342 1234", "+12125551234", "+44 20 7946 0958")]
DialledIn = Annotated[
    str | None, country_code("PT", "US", "GB", of="where it is dialled, for digits without +")
]


@tool.get("/checks", "Validate Phone")
def validate_phone(phone: Phone, country: DialledIn = None) -> Answer:
    """Whether digits can be somebody's line, in which country, and whether that is a mobile or fixed one."""
    import phonenumbers

    number = read_phone(phone, country)
    return {
        "valid": phonenumbers.is_valid_number(number),
        "country": phonenumbers.region_code_for_number(number),
        "calling_code": number.country_code,
        "type": phonenumbers.PhoneNumberType.to_string(phonenumbers.number_type(number)).lower(),
        "e164": phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164),
    }


@tool.get("/places", "Phone Location")
def phone_location(phone: Phone, country: DialledIn = None) -> Answer:
    """The town or region an area code belongs to, in English; the country for mobile lines."""
    from phonenumbers import geocoder, region_code_for_number

    number = valid_phone(phone, country)
    place = geocoder.description_for_number(number, "en")
    if not place:
        raise NotFound("the plan assigns this number to no place")
    return {"place": place, "country": region_code_for_number(number)}


@tool.get("/carriers", "Phone Carrier")
def phone_carrier(
    phone: Annotated[str, phone_number("+351 912 345 678", "+81 90 1234 5678")], country: DialledIn = None
) -> Answer:
    """The network operator to whom a mobile range was given out first."""
    from phonenumbers import carrier

    name = carrier.name_for_number(valid_phone(phone, country), "en")
    if not name:
        raise NotFound("no operator is recorded for this range")
    return {"carrier": name}


@tool.get("/zones", "Phone Time Zone")
def phone_time_zone(phone: Phone, country: DialledIn = None) -> Answer:
    """IANA zones in which a line may ring, so that nobody is woken up; the only one also by itself."""
    from phonenumbers import timezone

    zones = sorted(timezone.time_zones_for_number(valid_phone(phone, country)))
    return {"timezones": zones, "timezone": zones[0] if len(zones) == 1 else None}


@tool.get("/written", "Format Phone")
def format_phone(
    phone: Phone,
    style: Annotated[
        str,
        Choice(
            "How to write it; RFC3966 is the form of tel: links.",
            members=("E164", "INTERNATIONAL", "NATIONAL", "RFC3966"),
            example="NATIONAL",
        ),
    ],
    country: DialledIn = None,
) -> Answer:
    """The same digits grouped as its country prints them, or as machines store them."""
    import phonenumbers

    form = getattr(phonenumbers.PhoneNumberFormat, style)
    return {"formatted": phonenumbers.format_number(valid_phone(phone, country), form)}


@tool.get("/dialling", "Dial From Abroad")
def dial_from_abroad(
    phone: Phone,
    caller: Annotated[str, country_code("US", "JP", "FR", of="the call is made from")],
) -> Answer:
    """The exact digits to press on a landline of one country to reach a line of another, with exit code."""
    import phonenumbers

    check_country(caller)
    dialled = phonenumbers.format_out_of_country_calling_number(valid_phone(phone, None), caller)
    return {"caller": caller, "dialled": dialled}


@tool.get("/codes/{country}", "Calling Code")
def calling_code(country: Annotated[str, country_code("PT", "KE", "CA")]) -> Answer:
    """The digits after the plus sign for a country, and the trunk prefix dialled inside it."""
    import phonenumbers

    check_country(country)
    return {
        "country": country,
        "calling_code": phonenumbers.country_code_for_region(country),
        "trunk_prefix": phonenumbers.ndd_prefix_for_region(country, True),
    }


@tool.get("/countries/{calling_code}", "Countries Of Calling Code")
def countries_of_calling_code(
    calling_code: Annotated[int, Integer("Digits after the plus sign.", minimum=1, maximum=999, example=44)],
) -> Answer:
    """Which countries and territories share the digits after the plus sign; the main one by itself too."""
    import phonenumbers

    countries = [c for c in phonenumbers.region_codes_for_country_code(calling_code) if c.isalpha()]
    if not countries or countries == ["ZZ"]:
        raise NotFound(f"no country has the calling code {calling_code}")
    return {"main": countries[0], "countries": sorted(countries)}


@tool.get("/samples/{country}", "Example Number")
def example_number(
    country: Annotated[str, country_code("PT", "KE", "JP")],
    type: Annotated[
        str, Choice("Kind of line.", members=("fixed_line", "mobile", "toll_free"), example="fixed_line")
    ] = "mobile",
) -> Answer:
    """A made-up but well-formed line of a country, to fill a form field with a sample."""
    import phonenumbers

    check_country(country)
    kind = getattr(phonenumbers.PhoneNumberType, type.upper())
    sample = phonenumbers.example_number_for_type(country, kind)
    if sample is None:
        raise NotFound(f"the plan of {country} has no such line")
    written = phonenumbers.format_number(sample, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    return {"country": country, "type": type, "phone": written}
