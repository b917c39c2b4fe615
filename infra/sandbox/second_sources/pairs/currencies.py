"""Money of countries: GeoNames, corrected by hand, against CLDR's table (babel)."""

import datetime
from collections.abc import Iterator

from infra.sandbox.second_sources.comparison import Pair
from infra.sandbox.second_sources.hub import Hub

TOOL = "currency-directory"
SECOND = "babel (CLDR)"
LICENCE = "BSD"

DAY = datetime.date(2026, 7, 1)


def pairs(hub: Hub) -> Iterator[Pair]:
    """Legal tender of every country; where CLDR names several, the hub's must be among them."""
    import pycountry
    from babel.numbers import get_territory_currencies

    for country in sorted(pycountry.countries, key=lambda each: str(each.alpha_2)):
        ours = hub.ask(TOOL, "country", country.alpha_2).get("currency")
        theirs = get_territory_currencies(country.alpha_2, DAY)
        yield Pair(str(country.name), ours, ours if ours in theirs else "/".join(theirs) or None)
