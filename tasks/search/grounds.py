"""Grounds: whether a value or an answer is borne out by what a path was told (pure).

Read are the instruction, the arguments and the observations of the search's own messages, nothing else.
Short codes, small numbers and documented members cannot be told from made-up ones and count as borne out:
`NO` for Norway is knowledge. So a doubt from here is a hint and no verdict (`foundry` asks once more).
"""

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from tasks.search.arguments import ArgumentError, arguments_of
from tasks.search.codes import NORMAL
from tasks.search.messages import NodeLike

VERSION = "1"
READ_CHARS = 65_536
"""Read of one text: a megabyte must not keep a search busy."""
SMALL = 12
"""Whole numbers up to this are spelled out, counted and implied too often to tell anything."""
CODE_CHARS = 3
"""Strings up to this length pass for codes."""

_EXACT_DIGITS = 15
"""Digits that a float holds exactly."""
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_PLAIN = re.compile(r"\d{1,15}(?:\.\d{1,15})?")
_GROUPING = re.compile(r",(?=\d{3}(?!\d))")
_WORD = re.compile(r"[^\W\d_]{3,}")
_ENVELOPE = frozenset({"error", "response", "message", "true", "false", "null"})
_EXCUSE = re.compile(
    r"\b(?:sorry|apologi[sz]e|unfortunately|unable to|cannot|can't"
    r"|(?:could|did|does|was|were|is|are)(?: not|n't) (?:be )?"
    r"(?:find|found|get|retrieved?|determined?|provide|access|available|able|known))",
    re.IGNORECASE,
)


class Told:
    """What somebody was told: words, numbers, and the text itself."""

    def __init__(self, *texts: str):
        self.words: set[str] = set()
        self.numbers: set[float] = set()
        self._texts: list[str] = []
        for text in texts:
            folded = text[:READ_CHARS].casefold()
            self._texts.append(folded)
            self.words.update(_WORD.findall(folded))
            self.numbers.update(_numbers(folded))

    def bears(self, value: Any, members: Collection[Any] = ()) -> bool:
        """Whether a value can have come from here.

        Args:
            value: of an argument, JSON.
            members: documented ones, and the default: they always can.
        """
        match value:
            case None | bool():
                return True
            case list():
                return all(self.bears(each, members) for each in value)
            case dict():
                return all(map(self.bears, value.values()))
            case int():  # a long one is read as far as in a text
                return value in members or self._has(float(str(abs(value))[:_EXACT_DIGITS]))
            case float():
                return value in members or self._has(abs(value))
        text = str(value)[:READ_CHARS].casefold().strip()
        if (
            len(text) <= CODE_CHARS
            or str(value) in map(str, members)
            or any(text in told for told in self._texts)
        ):
            return True
        numbers = list(_numbers(text))
        return all(map(self._has, numbers)) if numbers else not self.words.isdisjoint(_WORD.findall(text))

    def _has(self, number: float) -> bool:
        return number in self.numbers or (number <= SMALL and number.is_integer())


def results(path: Iterable[NodeLike]) -> list[str]:
    """The observations of a path's calls."""
    return [node.observation for node in path if node.kind == "action_input"]


def tells_results(answer: str, text: str, path: Iterable[NodeLike]) -> bool:
    """Whether an answer tells a word or number that a result holds and the instruction does not."""
    asked, brought, said = Told(text), Told(*results(path)), Told(answer)
    news = (brought.words - asked.words - _ENVELOPE) & said.words
    return bool(news or (brought.numbers - asked.numbers) & said.numbers)


def excuses_itself(answer: str) -> bool:
    """Whether an answer says that something could not be found or done."""
    return _EXCUSE.search(answer[:READ_CHARS]) is not None


def leftovers(text: str, path: Iterable[NodeLike]) -> set[float]:
    """Numbers of an instruction that no successful call on a path was given and none has brought."""
    told = Told(text)
    done = [node for node in path if node.kind == "action_input" and node.observation_code == NORMAL]
    used = Told(*results(done), *(_values(node.description) for node in done))
    return {each for each in told.numbers - used.numbers if each > SMALL or not each.is_integer()}


def _numbers(text: str) -> Iterator[float]:
    """Numbers in a text; `2026-07-01` and `12:30` are several, `89,000.50` is one."""
    for match in _NUMBER.findall(text):
        plain = _GROUPING.sub("", match)
        parts = [plain] if _PLAIN.fullmatch(plain) else re.split(r"[.,]", plain)
        yield from (float(part[:_EXACT_DIGITS]) for part in parts)


def _values(arguments: str) -> str:
    """The values of an argument text, without the names of its parameters."""
    try:
        return " ".join(map(str, _leaves(arguments_of(arguments))))
    except ArgumentError:
        return ""


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _leaves(each)
    else:
        yield value
