"""Equinoxes and solstices: ephem against PyMeeus, which computes them after Meeus's own tables."""

import datetime
from collections.abc import Iterator

from infra.sandbox.second_sources.comparison import Pair
from infra.sandbox.second_sources.hub import Hub

TOOL = "sky-almanac"
SECOND = "PyMeeus"
LICENCE = "LGPL-3.0"

SEASONS = {
    "march_equinox": "spring", "june_solstice": "summer",
    "september_equinox": "autumn", "december_solstice": "winter",
}  # fmt: skip
MINUTES = 2.5
"""One counts in terrestrial, the other in universal time (69 s apart now), and the hub rounds to minutes."""


def pairs(hub: Hub) -> Iterator[Pair]:
    """Five years, four seasons, in minutes apart."""
    from pymeeus.Sun import Sun  # type: ignore[import-untyped]

    for year in (1990, 2010, 2026, 2030, 2040):
        ours = hub.get(TOOL, "seasons", year)
        for name, target in SEASONS.items():
            y, month, day, hour, minute, second = Sun.get_equinox_solstice(
                year, target=target
            ).get_full_date()
            theirs = datetime.datetime(y, month, int(day), hour, minute, int(second))
            apart = (datetime.datetime.fromisoformat(ours[name]) - theirs).total_seconds() / 60
            yield Pair(f"{name} {year} [min apart]", apart, 0, MINUTES)
