"""Routine weather reports of airports (METAR), read by the package metar.

Only the body of a report is read: remarks and trend forecasts are cut off, because the package's expressions
for them take exponential time on repeated letters.
"""

import re
from typing import Any

from infra.sandbox.hub.errors import BadArgument
from infra.sandbox.hub.parameters import Text

REPORT = Text(
    "The report in one line, as broadcast.",
    examples=(
        "LPPT 211200Z 34012KT 9999 FEW025 24/14 Q1018",
        "KJFK 121651Z 31018G28KT 10SM BKN030 02/M08 A3002",
        "EDDF 050620Z 24005KT 0800 FG BKN002 08/08 Q1022",
    ),
    pattern="[A-Z0-9/+-]{1,14}( [A-Z0-9/+-]{1,14}){2,29}=?",
    pattern_words="groups of capitals and digits, separated by single spaces",
    max_length=300,
)

_REST = re.compile(r" (RMKS?|TEMPO|BECMG|NOSIG|NOSPECI|FCST)\b.*")


def read_report(report: str, year: int, month: int) -> Any:
    """Return the parsed report of a month; raises `BadArgument` where a group has no meaning."""
    from metar.Metar import Metar, ParserError

    body = _REST.sub("", report.rstrip("="))
    try:
        return Metar(body, month=month, year=year)
    except ParserError as error:
        raise BadArgument("report", "is no weather report that can be read to its end") from error


def clouds(parsed: Any) -> list[tuple[str, int | None]]:
    """Return cover code and height [ft] of each layer, lowest first as reported."""
    layers = [(str(cover), height) for cover, height, _ in parsed.sky]
    return [(cover, None if height is None else round(height.value("FT"))) for cover, height in layers]


def ceiling_ft(parsed: Any) -> int | None:
    """Return the height of the lowest layer that hides more than half of the sky."""
    heights = [h for cover, h in clouds(parsed) if cover in ("BKN", "OVC", "VV") and h is not None]
    return min(heights, default=None)
