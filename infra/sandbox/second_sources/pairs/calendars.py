"""Other calendars: convertdate against hijridate (Umm al-Qura), jdatetime (Persian) and pyluach (Hebrew)."""

import datetime
from collections.abc import Iterator

from infra.sandbox.second_sources.comparison import Pair
from infra.sandbox.second_sources.hub import Hub

TOOL = "calendar-converter"
SECOND = "hijridate, jdatetime, pyluach"
LICENCE = "MIT, PSF, MIT"

FIRST = datetime.date(2020, 1, 1)
DAYS = [FIRST + datetime.timedelta(days=73 * n) for n in range(36)]


def pairs(hub: Hub) -> Iterator[Pair]:
    """Thirty-six days of seven years. The Islamic ones differ by rule: arithmetic here, announced there."""
    from hijridate import Gregorian
    from jdatetime import date as persian  # type: ignore[import-untyped]
    from pyluach.dates import GregorianDate  # type: ignore[import-untyped]

    for day in DAYS:
        jalali = persian.fromgregorian(date=day)
        theirs = {
            "islamic": Gregorian.fromdate(day).to_hijri().datetuple(),
            "persian": (jalali.year, jalali.month, jalali.day),
            "hebrew": GregorianDate.from_pydate(day).to_heb().tuple(),
        }
        for calendar, date in theirs.items():
            ours = hub.get(TOOL, "calendar", calendar, date=day)
            yield Pair(f"{day} {calendar}", (ours["year"], ours["month"], ours["day"]), tuple(date))
