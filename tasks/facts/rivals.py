"""Whether an answer picks a value or only lists many, among them the right one (pure).

Values are rivals when they stand side by side with nothing between that tells them apart: "12, 14 or 16", "it
is 12. It is 14." A value with words of its own ("sunset 22:08") is further information and no rival.
"""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from tasks.facts.clocks import Clock
from tasks.facts.dates import Day
from tasks.facts.name_lists import LISTED, LONGEST_LIST, among_names, meets, repeated
from tasks.facts.numbers import Quantity
from tasks.facts.reading import Reading, Span
from tasks.facts.units import converted
from tasks.facts.wanted import Wanted

FREE = 15
"""So many things may be told of beside what was asked; a few more for each fact."""
FREE_PER_FACT = 6

_NOISE_WORDS = """
it that this is be are was or maybe perhaps possibly probably could would might may can also then so
either even else well just about around approximately roughly nearly guess answer value result candidate
option choice possibility alternative alternatively number figure one another next possible some in at on
to from by for with again still if other say not i think believe you your we our there here its as utc gmt
am pm local time clock o'clock
"""
_NOISE = frozenset(_NOISE_WORDS.split())
_LIST_BORDER = re.compile(r"\n+|;|\bor\b|\.\s")
_NAMED = re.compile(r":\s|=|\b(?:is|are|was|were|has|have|the|of)\b", re.I)
_OR = re.compile(
    r"\bor\b|\beither\b|\bmaybe\b|\bperhaps\b|\bpossibly\b|\balternatively\b|\bcould also\b|\bone of\b"
    r"|\belse\b|\s/\s|\bguess(?:es)?\b|\bor else\b",
    re.I,
)
_RANGE = re.compile(r"^\s*(?:to|-|–|—|until|till)\s*$", re.I)
_UNSURE = re.compile(r"\b(?:either|maybe|perhaps|possibly|one of|guess(?:es)?)\b", re.I)


@dataclass(frozen=True, slots=True)
class _Mention:
    start: int
    end: int
    key: str
    """Equal for equal values."""
    mine: bool
    """Tells the fact."""
    known: bool
    """Of the question, or tells another fact."""


def hedged(
    want: Wanted,
    spans: Sequence[Span],
    answer: Reading,
    question: Reading,
    explained: Sequence[Span],
    facts: int,
) -> bool:
    """Whether what tells a fact is one of many.

    Args:
        want: the fact.
        spans: where it is told.
        answer: what is judged.
        question: its values are nobody's guesses.
        explained: where any fact of the task is told.
        facts: how many the task has.
    """
    if want.kind == "list" and (
        repeated(want, spans, answer, explained) or _other_lists(answer, explained) >= LISTED
    ):
        return True
    mentions = _mentions(want, spans, answer, question, explained)
    if mentions is None:
        return among_names(want, spans, answer, question, explained) or (
            want.kind != "list" and repeated(want, spans, answer, explained)
        )
    runs = _runs(want, mentions, answer)
    if _kinds_of_things(runs, answer) > FREE + FREE_PER_FACT * facts:
        return True
    allowed = _allowed(want)
    mine = [run for run in runs if any(each.mine for each in run)]
    return bool(mine) and all(_is_list_of_guesses(want, run, answer, allowed) for run in mine)


def _other_lists(answer: Reading, explained: Sequence[Span]) -> int:
    """How many bare lists stand beside those that tell facts: lines or alternatives without a name."""
    count, start = 0, 0
    for border in [*_LIST_BORDER.finditer(answer.text), None]:
        end = border.start() if border else len(answer.text)
        piece = answer.text[start:end]
        if "," in piece and not _NAMED.search(piece) and not meets(start, end, explained):
            count += all(len(each.split()) <= 3 for each in piece.split(","))
        start = border.end() if border else end
    return count


def _is_list_of_guesses(want: Wanted, run: Sequence[_Mention], answer: Reading, allowed: int) -> bool:
    others = {each.key for each in run if not each.mine and not each.known}
    if want.kind == "list" and not _as_often(want, run, answer):
        return True
    if len(others) <= allowed:
        return False
    if len(others) >= LISTED:
        return not (_in_place(want, run) or _headed(run, answer))
    return _or_between(run, answer, want)


def _as_often(want: Wanted, run: Sequence[_Mention], answer: Reading) -> bool:
    """Whether numbers of a list that occur several times do so in the run, `2^3` counting three times."""
    members = Counter(float(each) for each in want.value if isinstance(each, int | float))
    if members.total() == len(members):
        return True
    powers = {each.start: each.power for each in answer.quantities if each.power}
    said: Counter[float] = Counter()
    for each in run:
        base, exponent = powers.get(each.start) or (float(each.key), 1)
        if each.mine:
            said[float(base)] += exponent
    if members.keys() - said.keys():
        return True  # the list is told elsewhere, or in a table
    return (
        all(said[value] >= count for value, count in members.items()) and said.total() <= members.total() + 2
    )


def _allowed(want: Wanted) -> int:
    """Further members that a right list may have beside its own."""
    return max(1, len(want.value) // 3) if want.kind == "list" and isinstance(want.value, list) else 0


def _mentions(
    want: Wanted, spans: Sequence[Span], answer: Reading, question: Reading, explained: Sequence[Span]
) -> list[_Mention] | None:
    """All values of the fact's kind in their order; None for names."""
    kind = want.kind
    if kind == "list":
        first = want.value[0] if isinstance(want.value, list) and want.value else want.value
        kind = "number" if isinstance(first, int | float) else "text"
    if kind == "number":
        asked = {round(abs(value.value), 9) for each in question.quantities for value in each.values}
        return [
            _Mention(
                each.start, each.end, f"{each.value:.9g}", meets(each.start, each.end, spans),
                meets(each.start, each.end, explained) or round(abs(each.value), 9) in asked,
            )
            for each in answer.quantities
            if not each.weak and (_comparable(want, each.units) or meets(each.start, each.end, spans))
        ]  # fmt: skip
    if kind == "date":
        told = {reading[1:] for each in question.days for reading in each.readings}
        return [
            _Mention(
                each.start, each.end, str(each.readings[0][1:]), meets(each.start, each.end, spans),
                meets(each.start, each.end, explained) or bool(told & {day[1:] for day in each.readings}),
            )
            for each in answer.days
            if not each.weak or meets(each.start, each.end, spans)
        ]  # fmt: skip
    if kind in ("time", "datetime"):
        hours = {reading for each in question.clocks for reading in each.readings()}
        return [
            _Mention(
                each.start, each.end, str(each.seconds // 60), meets(each.start, each.end, spans),
                meets(each.start, each.end, explained) or bool(hours & set(each.readings())),
            )
            for each in answer.clocks
        ]  # fmt: skip
    return None


def _comparable(want: Wanted, units: Sequence[object]) -> bool:
    """Whether a number with these units can be taken for the fact."""
    if not want.units or not units:
        return True
    return any(converted(1.0, one, other) is not None for one in units for other in want.units)  # type: ignore[arg-type]


def _runs(want: Wanted, mentions: list[_Mention], answer: Reading) -> list[list[_Mention]]:
    """Values that nothing tells apart: no words between them, or the same words around each."""
    places = [answer.sentence_of(each.start) for each in mentions]
    runs: list[list[_Mention]] = []
    before: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    for number, each in enumerate(mentions):
        start, end = places[number]
        if number and places[number - 1] == places[number]:
            start = mentions[number - 1].end
        if number + 1 < len(mentions) and places[number + 1] == places[number]:
            end = mentions[number + 1].start
        around = (_content(answer, start, each.start), _content(answer, each.end, end))
        if runs and _side_by_side(want, runs[-1][-1], each, before, around, answer):
            runs[-1].append(each)
        else:
            runs.append([each])
        before = around
    return runs


def _side_by_side(
    want: Wanted,
    first: _Mention,
    second: _Mention,
    before: tuple[tuple[str, ...], tuple[str, ...]],
    around: tuple[tuple[str, ...], tuple[str, ...]],
    answer: Reading,
) -> bool:
    """Whether nothing tells two neighbours apart, given the words before and behind each."""
    if "|" in answer.text[first.end : second.start]:
        return False
    between = _content(answer, first.end, second.start)
    if not between:
        return True
    if _other_values(want, answer, first.end, second.start):
        return False
    if answer.sentence_of(first.start) == answer.sentence_of(second.start):
        return between == before[0]
    return around == before and between == (*before[1], *around[0])


def _kinds_of_things(runs: Sequence[Sequence[_Mention]], answer: Reading) -> int:
    """How many things with names of their own an answer tells values of, beside those that are known."""
    names = set()
    reached = 0
    for run in runs:
        if not any(each.mine or each.known for each in run):
            names.add(_content(answer, reached, run[0].start)[-2:])
        reached = run[-1].end
    return len(names)


def _content(answer: Reading, start: int, end: int) -> tuple[str, ...]:
    """Words that say something, between two places."""
    return tuple(
        each.word
        for each in answer.tokens_between(start, end)
        if each.word not in _NOISE and not each.word.isdecimal() and len(each.word) > 1
    )


def _other_values(want: Wanted, answer: Reading, start: int, end: int) -> bool:
    """Whether a value of another kind stands between, as the label of the next one."""
    kinds: tuple[Sequence[Clock | Quantity | Day], ...] = (answer.clocks, answer.quantities)
    if want.kind != "datetime":
        kinds = (*kinds, answer.days)
    for values in kinds:
        first = bisect_left(values, start, key=lambda each: each.start)
        for each in values[first : bisect_right(values, end, key=lambda each: each.start)]:
            if each.end <= end and not getattr(each, "weak", False):
                return True
    return False


def _in_place(want: Wanted, run: Sequence[_Mention]) -> bool:
    """Whether the fact is the n-th of a list, and is told as the n-th."""
    if want.index is None or len(run) > LONGEST_LIST:
        return False
    return want.index < len(run) and run[want.index].mine


def _headed(run: Sequence[_Mention], answer: Reading) -> bool:
    """`Dawn, noon and dusk: 5:01, 12:10 and 19:20`: as many names before as values."""
    start, _ = answer.sentence_of(run[0].start)
    head = answer.text[start : run[0].start]
    names = [part for part in re.split(r",|\band\b|/", head) if re.search(r"[^\W\d]{3,}", part)]
    return 2 < len(run) == len(names) <= 6


def _or_between(run: Sequence[_Mention], answer: Reading, want: Wanted) -> bool:
    """Whether the right value and another are offered as alternatives, or as ends of a range."""
    start, _ = answer.sentence_of(run[0].start)
    for first, second in pairwise(run):
        if first.mine == second.mine or first.known != first.mine or second.known != second.mine:
            continue
        gap = answer.text[first.end : second.start]
        if _OR.search(gap) or (want.kind == "number" and _RANGE.match(gap)):
            return True
    return _UNSURE.search(answer.text[start : run[-1].start]) is not None
