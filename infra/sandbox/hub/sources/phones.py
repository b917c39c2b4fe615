"""Numbering plans of the world, from phonenumbers."""

from typing import TYPE_CHECKING

from infra.sandbox.hub.errors import BadArgument

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber


def read_phone(text: str, country: str | None) -> "PhoneNumber":
    """Return a number as written with a plus, or as dialled inside a country; raises `BadArgument`."""
    import phonenumbers

    if country is not None:
        check_country(country)
    elif not text.startswith("+"):
        raise BadArgument("phone", "needs + and a calling code, or give the 'country' it is dialled in")
    try:
        return phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException as error:
        raise BadArgument("phone", f"is no number of any plan: {str(error).split(') ')[-1]}") from error


def valid_phone(text: str, country: str | None) -> "PhoneNumber":
    """Return a number that can be assigned under its country's plan; raises `BadArgument`."""
    import phonenumbers

    number = read_phone(text, country)
    if not phonenumbers.is_valid_number(number):
        raise BadArgument("phone", "does not fit the numbering plan of its country")
    return number


def check_country(country: str) -> None:
    """Refuse a country code without a numbering plan."""
    import phonenumbers

    if country not in phonenumbers.SUPPORTED_REGIONS:
        raise BadArgument("country", f"has no numbering plan: '{country}'")
