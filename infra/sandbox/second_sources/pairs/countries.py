"""Country codes: GeoNames of 2021 against pycountry's copy of ISO 3166-1."""

from collections.abc import Iterator

from infra.sandbox.second_sources.comparison import Pair
from infra.sandbox.second_sources.hub import Hub

TOOL = "world-countries"
SECOND = "pycountry"
LICENCE = "LGPL-2.1"


def pairs(hub: Hub) -> Iterator[Pair]:
    """Three-letter and numeric code of every country that either of them may know."""
    import pycountry

    for country in sorted(pycountry.countries, key=lambda each: str(each.alpha_2)):
        ours = hub.ask(TOOL, "countries", country.alpha_2, "codes")
        told = (ours.get("alpha_3"), ours.get("numeric"))
        yield Pair(str(country.name), told, (country.alpha_3, country.numeric))
