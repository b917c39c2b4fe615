"""Spans: the values of a text together with the words around each, which tell whose value it is."""

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import lru_cache

from infra.sandbox.teacher.lexicon import MEASURED, word_set
from infra.sandbox.teacher.units import unit_beside
from infra.sandbox.teacher.values import Value, find_values
from infra.sandbox.teacher.words import WORD, placed_stems, stem

_BORDER_BEFORE = re.compile(r"[;\n)]|[.!?] ")
_BORDER_AFTER = re.compile(r"[,;\n()]|[.!?](?:\s|$)|\band\b")
_JOINTS = frozenset({",", "and", "to", ", and"})
_ONWARD = word_set("to into from in on at for between with until till by than")
"""Words that lead on to the next value or thing, so that a label of this one ends before them."""
MOST_WORDS = 6
"""Words looked at on each side of a value."""


@dataclass(frozen=True, slots=True)
class Span(Value):
    """A value and the words around it."""

    before: tuple[str, ...]
    """Lower-case words before it, nearest first, back to the previous value or border."""
    after: tuple[str, ...]
    """Lower-case words after it, nearest first, up to the next value or border."""
    before_stems: tuple[str, ...]
    after_stems: tuple[str, ...]
    joint: str
    """`,`, `and` or `to` where nothing else stands between the previous value and this one; else empty."""
    lead: tuple[str, ...]
    """As `before`; after a mere comma (`from 38.7, -9.1`) that of the value before it."""
    unit: str | None
    """The unit that follows a number."""
    paired: bool
    """Whether it is one of two decimals apart by a comma, as coordinates are."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text with its values marked."""

    raw: str
    masked: str
    """The text of the same length with the insides of quotations and lists blotted out."""
    worded: str
    """The text of the same length with all values blotted out but proper names."""
    spans: tuple[Span, ...]
    stems: tuple[tuple[int, str], ...]
    """Stems of its words outside values, with their places; proper names count."""

    def between(self, start: int, end: int) -> tuple[str, ...]:
        """Stems of the words that begin in [start, end)."""
        first, last = bisect_left(self.stems, (start, "")), bisect_left(self.stems, (end, ""))
        return tuple(stemmed for _, stemmed in self.stems[first:last])


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of a text by place."""

    starts: list[int]
    words: list[str]

    def between(self, start: int, end: int) -> list[str]:
        """Words that begin in [start, end)."""
        return self.words[bisect_right(self.starts, start - 1) : bisect_right(self.starts, end - 1)]


def _left_border(masked: str, left: int, start: int) -> int:
    """Where the words that may label a value begin: after the last full stop, bracket or comma before it.

    A comma right before the value is no border: `on that date, 2026-07-14`.
    """
    gap = masked[left:start]
    border = max((match.end() for match in _BORDER_BEFORE.finditer(gap)), default=0)
    comma = gap.rfind(",") + 1
    return left + (comma if comma > border and gap[comma:].strip() else border)


def _around(masked: str, found: list[Value], index: int, words: _Words) -> tuple[list[str], list[str], str]:
    """The words before a value (nearest first), those after it, and what joins it to the value before."""
    this = found[index]
    left = found[index - 1].end if index else 0
    gap = masked[left : this.start].strip().lower()
    if index and found[index - 1].kind in ("caps", "name") and gap in {"", ":", "=", "is", "of"}:
        # `VIN 1M8GDM9AXKP042788`, `Latitude: 38.7`: the capitals may be the label, so read past them.
        left = found[index - 2].end if index > 1 else 0
    right = found[index + 1].start if index + 1 < len(found) else len(masked)
    border = _BORDER_AFTER.search(masked, this.end, right)
    before = words.between(_left_border(masked, left, this.start), this.start)
    if (
        index
        and found[index - 1].kind == "number"
        and re.fullmatch(r"\s?[-a-z%]+(?: [a-z]+)?\s?(?:,|and)", gap)
    ):
        before = []  # `195 pages, 80 g paper`: the words belong to the value before
    if before[:1] == ["as"]:  # `2026-08-01 as the end and 2026-07-01`: those words are the value's before
        before = before[before.index("and") :] if "and" in before else []
    before.reverse()
    after = words.between(this.end, border.start() if border else right)
    onward = next((place for place, word in enumerate(after) if word in _ONWARD), len(after))
    after = after[:onward]
    return before[:MOST_WORDS], after[:MOST_WORDS], gap if index and gap in _JOINTS else ""


def _paired(masked: str, found: list[Value], index: int) -> bool:
    """Say whether a value and the next one are two decimals apart by a comma."""
    if index + 1 >= len(found):
        return False
    one, other = found[index], found[index + 1]
    return (
        one.kind == other.kind == "number"
        and isinstance(one.value, float)
        and isinstance(other.value, float)
        and masked[one.end : other.start].strip() == ","
    )


@lru_cache(maxsize=4_096)
def read_text(raw: str) -> Text:
    """Mark the values of a text and the words around each."""
    found = find_values(raw)
    blotted = list(raw)
    for value in found:
        if value.kind in ("quoted", "array"):
            blotted[value.start + 1 : value.end - 1] = "·" * (value.end - value.start - 2)
    masked = "".join(blotted)
    for value in found:
        if value.kind != "name":
            blotted[value.start : value.end] = "·" * (value.end - value.start)
    matches = list(WORD.finditer(masked))
    words = _Words([match.start() for match in matches], [match.group().lower() for match in matches])
    spans: list[Span] = []
    for index, value in enumerate(found):
        before, after, joint = _around(masked, found, index, words)
        spans.append(
            Span(
                value.start,
                value.end,
                value.kind,
                value.value,
                value.raw,
                before=tuple(before),
                after=tuple(after),
                before_stems=tuple(map(stem, before)),
                after_stems=tuple(stem(MEASURED.get(word, word)) for word in after),
                joint=joint,
                lead=spans[-1].lead if joint == "," else tuple(before),
                unit=unit_beside(masked[value.end : value.end + 24]) if value.kind == "number" else None,
                paired=_paired(masked, found, index) or (index > 0 and _paired(masked, found, index - 1)),
            )
        )
    worded = "".join(blotted)
    return Text(raw, masked, worded, tuple(spans), tuple(placed_stems(worded)))
