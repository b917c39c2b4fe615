"""Public holidays: the holidays package against workalendar."""

from collections.abc import Iterator

from infra.sandbox.second_sources.comparison import Pair
from infra.sandbox.second_sources.hub import Hub

TOOL = "public-holidays-atlas"
SECOND = "workalendar"
LICENCE = "MIT"

COUNTRIES = ("PT", "DE", "FR", "NO", "JP", "BR", "CA", "IT", "SE", "PL", "NZ", "CH")
YEARS = (2024, 2026)


def pairs(hub: Hub) -> Iterator[Pair]:
    """Each date that either of them calls a holiday, in twelve countries and two years."""
    from workalendar.registry import registry  # type: ignore[import-untyped]

    for country in COUNTRIES:
        calendar = registry.get(country)()
        for year in YEARS:
            ours = {row["date"] for row in hub.get(TOOL, "holidays", country, year)["holidays"]}
            theirs = {str(day) for day, _ in calendar.holidays(year)}
            for day in sorted(ours | theirs):
                yield Pair(f"{country} {day}", day in ours, day in theirs)
