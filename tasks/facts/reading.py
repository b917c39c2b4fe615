"""Everything that can be read in one text, each kind once (pure)."""

import json
import re
from bisect import bisect_left, bisect_right
from functools import cached_property, lru_cache

from tasks.facts.characters import plain
from tasks.facts.clocks import Clock, clocks
from tasks.facts.dates import Day, Month, days, months
from tasks.facts.numbers import Quantity, quantities
from tasks.facts.texts import Token, tokens

Span = tuple[int, int]

_FENCE = re.compile(r"```[a-zA-Z]*\n?|```")
_CODE = re.compile(
    r"https?://\S+|\S+@[\w.-]+|(?<![\w.])\+[0-9][0-9 ()-]{6,}[0-9]|(?<![\w-])[0-9]+(?:-[0-9]+){2,}(?![\w-])"
    r"|(?<![\w-])[A-Z]{2,}(?:-[A-Z0-9]+)*-[0-9][A-Z0-9]*(?:-[A-Z0-9]+)*(?![\w-])|\bU\+[0-9A-F]{4,6}\b"
)
_UTC = re.compile(r"\b(?:UTC|GMT|universal time|Greenwich|Zulu)\b", re.I)
_SENTENCE_END = re.compile(
    r"(?:(?<!\bSt)(?<!\bNo)(?<!\bDr)(?<!\bMr)(?<!\bMt)(?<!\bca)(?<!\bvs)(?<!\bapprox)(?<!\b[A-Za-z]\.[A-Za"
    r"-z])(?<!\b[A-Z])"
    r"\.|[!?]+[)\"']?)(?=\s|$|[\"')])|\n+"
)


class Reading:
    """A text and what stands in it; positions are those of `text`."""

    def __init__(self, text: str):
        """Take a text as somebody sent it."""
        self.text = plain(_as_prose(text))

    @cached_property
    def days(self) -> list[Day]:
        """Days, also those that only may be some."""
        return days(self.text)

    @cached_property
    def months(self) -> list[Month]:
        """Months with their year."""
        return months(self.text)

    @cached_property
    def clocks(self) -> list[Clock]:
        """Times of day."""
        return clocks(self.text, [(each.start, each.end) for each in self.days if not each.weak])

    @cached_property
    def quantities(self) -> list[Quantity]:
        """Numbers that are no part of a day, a time or a code."""
        taken = [(each.start, each.end) for each in self.days if not each.weak]
        taken += [(each.start, each.end) for each in self.clocks]
        taken += [(each.start, each.end) for each in self.months if self.text[each.start].isdigit()]
        taken += [part.span() for part in _CODE.finditer(self.text)]
        return quantities(self.text, taken)

    @cached_property
    def tokens(self) -> tuple[Token, ...]:
        """Words without fillers."""
        return tokens(self.text)

    @cached_property
    def speaks_of_utc(self) -> bool:
        """Whether UTC is named anywhere in it."""
        return _UTC.search(self.text) is not None

    @cached_property
    def _starts(self) -> list[int]:
        return [each.start for each in self.tokens]

    def tokens_between(self, start: int, end: int) -> tuple[Token, ...]:
        """The words that lie between two places."""
        first, last = bisect_left(self._starts, start), bisect_left(self._starts, end)
        found = self.tokens[first:last]
        return found[:-1] if found and found[-1].end > end else found

    @cached_property
    def words(self) -> frozenset[str]:
        """The set of its words."""
        return frozenset(each.word for each in self.tokens)

    @cached_property
    def sentences(self) -> list[Span]:
        """Where sentences and lines begin and end, the sign at the end included."""
        spans: list[Span] = []
        start = 0
        for part in _SENTENCE_END.finditer(self.text):
            if self.text[start : part.end()].strip():
                spans.append((start, part.end()))
            start = part.end()
        if self.text[start:].strip():
            spans.append((start, len(self.text)))
        return spans

    def sentence_of(self, place: int) -> Span:
        """The sentence around a place."""
        number = bisect_right(self._sentence_starts, place) - 1
        if number >= 0 and place < self.sentences[number][1]:
            return self.sentences[number]
        return (0, len(self.text))

    @cached_property
    def _sentence_starts(self) -> list[int]:
        return [start for start, _ in self.sentences]


@lru_cache(maxsize=4096)
def read(text: str) -> Reading:
    """The reading of a text, kept for the next fact and the next answer."""
    return Reading(text)


def _as_prose(text: str) -> str:
    """JSON with its escapes undone, without the fence around it; any other text as it is."""
    bare = _FENCE.sub("", text).strip() if "```" in text else text.strip()
    if bare[:1] not in ("{", "["):
        return bare
    try:
        return json.dumps(json.loads(bare), ensure_ascii=False)
    except (ValueError, RecursionError):  # a thousand brackets deep
        return "\n".join(map(_line_as_prose, bare.split("\n")))


def _line_as_prose(line: str) -> str:
    try:
        return json.dumps(json.loads(line), ensure_ascii=False)
    except (ValueError, RecursionError):
        return line
