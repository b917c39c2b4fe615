"""Markdown for artifacts, in which what others wrote is text and nothing else (pure).

An error message, a reason of loss or a tool's name may hold Markdown or HTML: shown as it is, it could forge
a link in the operators' UI. Before every character that means something stands a backslash, because the first
version of Prefect's UI shows HTML entities as they are written. The second shows the cells of table artifacts
as they are written, and on pages makes addresses links that lead where they say.
"""

import re
from collections.abc import Iterable, Sequence
from urllib.parse import quote

LONGEST = 300
"""Characters of one text that are shown."""
_MEANS_SOMETHING = re.compile(
    r"[\\`*\[\]()<>&|~@#!$\"'{}]|:(?=/)|(?<=www)\.|(?<![a-z0-9])_|_(?![a-z0-9])", re.IGNORECASE
)
"""Within a word `_` is itself."""


def escaped(text: str, longest: int = LONGEST) -> str:
    """A text as one line that renders as it stands, cut where it is too long."""
    line = " ".join(text.split())
    line = line if len(line) <= longest else line[: longest - 1] + "…"
    shown = "".join(each if each.isprintable() else " " for each in line)
    return _MEANS_SOMETHING.sub(lambda found: f"\\{found[0]}", shown)


def link(text: str, url: str) -> str:
    """A link of ours; the text alone where there is no page."""
    if not url:
        return escaped(text)
    return f"[{escaped(text)}]({quote(url, safe=':/?&=#%+,;@~.-_')})"


def grid(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Lines of a table; cells are Markdown."""
    return [
        f"| {' | '.join(headings)} |",
        f"|{'---|' * len(headings)}",
        *(f"| {' | '.join(row)} |" for row in rows),
    ]
