"""Days in a text, in every usual spelling (pure)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from tasks.facts.spans import Taken
from tasks.facts.words import word_numbers

_MONTH_WORDS = "january february march april may june july august september october november december"
MONTHS = tuple(_MONTH_WORDS.split())
"""English names in lower case."""
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)"
)
_DAY = r"(?:0?[1-9]|[12][0-9]|3[01])"
_DAY_WORD = (
    r"(?:(?:twenty|thirty)[\s-])?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)|tenth"
    r"|eleventh|twelfth"
    r"|(?:thir|four|fif|six|seven|eigh|nine)teenth|twentieth|thirtieth"
)
_YEAR = r"(?:(?:1[0-9]|2[0-9])[0-9]{2}|'[0-9]{2})"
_ISO = re.compile(
    r"(?<![\w.])((?:1[0-9]|2[0-9])[0-9]{2})([-/.])(0?[1-9]|1[0-2])\2(0?[1-9]|[12][0-9]"
    r"|3[01])(?![0-9])(?!\.[0-9])"
)
_COMPACT = re.compile(r"(?<![\w.,])((?:19|20)[0-9]{2})(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])(?![\w])")
_EAST = re.compile(r"((?:1[0-9]|2[0-9])[0-9]{2})\s?年\s?([0-9]{1,2})\s?月\s?([0-9]{1,2})\s?日")
_NUMERIC = re.compile(
    r"(?<![\w/.-])([0-9]{1,2})\s?([/.-])\s?([0-9]{1,2})\s?\2\s?((?:1[0-9]|2[0-9])[0-9]{2}"
    r"|[0-9]{2})(?![\w/])(?!-[0-9])"
)
_DAY_FIRST = re.compile(
    rf"(?<![\w.,:])(?:the\s+)?({_DAY})(?:st|nd|rd|th)?(?:\s+day)?(?:\s*-\s*"
    rf"|\.?\s*(?:of\s+)?)({_MONTH})\b\.?(?:[\s,-]+(?:of\s+)?({_YEAR})(?![\w:]))?",
    re.I,
)
_MONTH_FIRST = re.compile(
    rf"\b({_MONTH})\b\.?[\s-]*(?:the\s+)?({_DAY})(?:st|nd|rd|th)?(?![\w:]"
    rf"|[.,][0-9])(?:[\s,-]+(?:of\s+)?({_YEAR})(?![\w:]))?",
    re.I,
)
_WORDS_FIRST = re.compile(
    rf"\b(?:the\s+)?({_DAY_WORD})\s+(?:day\s+)?(?:of\s+)?({_MONTH})\b\.?(?:[\s,]+({_YEAR})\b)?", re.I
)
_WORDS_LAST = re.compile(rf"\b({_MONTH})\s+(?:the\s+)?({_DAY_WORD})\b(?:[\s,]+({_YEAR})\b)?", re.I)
_MONTH_YEAR = re.compile(
    rf"\b({_MONTH})\b\.?[\s,-]*(?:of\s+)?({_YEAR})(?![\w:])|(?<![\w-])({_YEAR})-(0[1-9]|1[0-2])(?![\w-])",
    re.I,
)
_SHORT = re.compile(r"(?<![\w/.,-])([0-9]{1,2})/([0-9]{1,2})(?![\w/.,-])")
_DOTTED = re.compile(r"(?<![\w/.,-])([0-9]{1,2})\.\s?([0-9]{1,2})\.(?![0-9])")
_DAY_ALONE = re.compile(r"\bthe\s+([0-9]{1,2})(?:st|nd|rd|th)\b", re.I)
_LISTED_BEFORE = re.compile(
    r"(?<![\w.,:/-])(?:[0-9]{1,2}(?:st|nd|rd|th)?(?:,\s*(?:and\s+)?|\s+and\s+|\s*&\s*))+$", re.I
)
_LISTED_BEHIND = re.compile(
    r"(?:(?:,\s*(?:and\s+)?|\s+and\s+|\s*&\s*)[0-9]{1,2}(?:st|nd|rd|th)?(?![\w:.]))+", re.I
)
_DIGIT = re.compile("[0-9]")
_MONTH_SOMEWHERE = re.compile("jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec", re.I)
_YEAR_WORDS = re.compile(r"[\s,]+(?:(?:of\s+)?the\s+year\s+)?(?=[a-z])", re.I)


@dataclass(frozen=True, slots=True)
class Day:
    """A day in plain text; what is not said is None."""

    start: int
    end: int
    readings: tuple[tuple[int | None, int | None, int], ...]
    """(year, month, day), likeliest first; 03/04 has two."""
    weak: bool = False
    """Only perhaps a day: no rival of another, and no bar to reading numbers there."""

    def may_be(self, day: date) -> bool:
        """Whether one reading is this day; what is not said contradicts nothing."""
        return any(
            (year is None or year == day.year) and (month is None or month == day.month) and number == day.day
            for year, month, number in self.readings
        )


@dataclass(frozen=True, slots=True)
class Month:
    """A month of a year in plain text."""

    start: int
    end: int
    year: int
    month: int


def month_number(name: str) -> int:
    """1 to 12 of an English name or its abbreviation.

    >>> month_number("Sept"), month_number("december")
    (9, 12)
    """
    return next(number for number, month in enumerate(MONTHS, 1) if month.startswith(name.lower()[:3]))


def days(text: str) -> list[Day]:
    """Every day of a plain text, in order, without those that lie in another."""
    found = sorted(_days(text), key=lambda each: (each.weak, each.start, -each.end))
    kept: list[Day] = []
    taken = Taken()
    for each in found:
        if not taken.meets(each.start, each.end):
            kept.append(each)
            taken.add(each.start, each.end)
    return sorted(kept, key=lambda each: each.start)


def months(text: str) -> list[Month]:
    """Every month that is told with its year."""
    found = []
    for part in _MONTH_YEAR.finditer(text):
        year = _year(part[2] or part[3])
        found.append(Month(*part.span(), year, month_number(part[1]) if part[1] else int(part[4])))
    return found


def day_of(text: str) -> date | None:
    """The day of `2026-07-14`; None for anything else."""
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError:
        return None


def _days(text: str) -> Iterator[Day]:
    if _DIGIT.search(text):
        yield from _in_digits(text)
    if _MONTH_SOMEWHERE.search(text):
        yield from _by_name(text)
    for part in _DAY_ALONE.finditer(text):
        if 1 <= int(part[1]) <= 31:
            yield Day(*part.span(), ((None, None, int(part[1])),), weak=True)


def _in_digits(text: str) -> Iterator[Day]:
    for part in _ISO.finditer(text):
        yield from _day(part, int(part[1]), int(part[3]), int(part[4]))
    if "年" in text:
        for part in _EAST.finditer(text):
            yield from _day(part, int(part[1]), int(part[2]), int(part[3]))
    for part in _COMPACT.finditer(text):
        yield from _day(part, int(part[1]), int(part[2]), int(part[3]), weak=True)
    for part in _NUMERIC.finditer(text):
        year = _year(part[4] if len(part[4]) == 4 else f"'{part[4]}")
        readings = _orders(year, int(part[1]), int(part[3]), dotted=part[2] == ".")
        if readings:
            yield Day(*part.span(), readings)
    for part in _SHORT.finditer(text):
        readings = _orders(None, int(part[1]), int(part[2]), dotted=False)
        if readings:
            yield Day(*part.span(), readings, weak=True)
    for part in _DOTTED.finditer(text):
        if 1 <= int(part[2]) <= 12 and 1 <= int(part[1]) <= 31:
            yield Day(*part.span(), ((None, int(part[2]), int(part[1])),), weak=True)


def _by_name(text: str) -> Iterator[Day]:
    """Days whose month is told by its name."""
    for part in _DAY_FIRST.finditer(text):
        yield from _day(part, _year(part[3]) if part[3] else None, month_number(part[2]), int(part[1]))
        yield from _days_before(text, part)
    for part in _MONTH_FIRST.finditer(text):
        yield from _days_behind(text, part)
        verb = part[1] in ("may", "march")  # "you may 5 times", not a month, until somebody wants one
        yield from _day(
            part, _year(part[3]) if part[3] else None, month_number(part[1]), int(part[2]), weak=verb
        )
    for part in _WORDS_FIRST.finditer(text):
        yield from _in_words(text, part, part[2], part[1], part[3])
    for part in _WORDS_LAST.finditer(text):
        yield from _in_words(text, part, part[1], part[2], part[3])


def _days_before(text: str, last: re.Match[str]) -> Iterator[Day]:
    """24, 25 and 31 December: the days whose month comes with the last of them."""
    run = _LISTED_BEFORE.search(text, max(0, last.start() - 60), last.start())
    for part in re.finditer(r"[0-9]{1,2}", run.group()) if run else ():
        if run and 1 <= int(part.group()) <= 31:
            yield Day(
                run.start() + part.start(),
                run.start() + part.end(),
                ((None, month_number(last[2]), int(part.group())),),
                weak=True,
            )


def _days_behind(text: str, first: re.Match[str]) -> Iterator[Day]:
    """December 24, 25 and 31."""
    run = _LISTED_BEHIND.match(text, first.end())
    for part in re.finditer(r"[0-9]{1,2}", run.group()) if run else ():
        if run and 1 <= int(part.group()) <= 31:
            yield Day(
                run.start() + part.start(),
                run.start() + part.end(),
                ((None, month_number(first[1]), int(part.group())),),
                weak=True,
            )


def _in_words(text: str, part: re.Match[str], month: str, day: str, year: str | None) -> Iterator[Day]:
    numbers = list(word_numbers(re.sub(r"\s+", " ", day)))
    value = {"first": 1, "second": 2, "third": 3}.get(day.lower()) or (
        int(numbers[0].value) if numbers else 0
    )
    end, told = part.end(), _year(year) if year else None
    if told is None and (gap := _YEAR_WORDS.match(text, end)):
        spoken = next(iter(word_numbers(text[gap.end() : gap.end() + 40])), None)
        if spoken is not None and spoken.start == 0 and 1000 <= spoken.value < 3000:
            told, end = int(spoken.value), gap.end() + spoken.end
    if 1 <= value <= 31:
        yield Day(part.start(), end, ((told, month_number(month), value),))


def _day(part: re.Match[str], year: int | None, month: int, day: int, weak: bool = False) -> Iterator[Day]:
    if 1 <= month <= 12 and 1 <= day <= 31:
        yield Day(*part.span(), ((year, month, day),), weak)


def _orders(
    year: int | None, first: int, second: int, dotted: bool
) -> tuple[tuple[int | None, int, int], ...]:
    """Day first, and month first where no dots rule it out."""
    readings: list[tuple[int | None, int, int]] = []
    if 1 <= second <= 12 and 1 <= first <= 31:
        readings.append((year, second, first))
    if not dotted and 1 <= first <= 12 and 1 <= second <= 31:
        readings.append((year, first, second))
    return tuple(dict.fromkeys(readings))


def _year(said: str) -> int:
    """1984 of `1984` and of `'84`; two digits lie between 1950 and 2049."""
    if not said.startswith("'"):
        return int(said)
    short = int(said[1:])
    return short + (2000 if short < 50 else 1900)
