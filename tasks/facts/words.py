"""Numbers in words: two hundred and fifty-three, nineteen eighty-four, three and a half million (pure)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_SMALL_WORDS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen twenty"
)
SMALL = {word: value for value, word in enumerate(_SMALL_WORDS.split())}
"""Zero to twenty."""
_UNITS = {word: value for word, value in SMALL.items() if value < 20}
_TENS = {
    word: 10 * value
    for value, word in enumerate(
        ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"), 2
    )
}
_ORDINALS = {
    **{"first": 1, "second": 2, "third": 3, "fifth": 5, "eighth": 8, "ninth": 9, "twelfth": 12},
    **{f"{word}th": value for word, value in _UNITS.items() if value not in (0, 1, 2, 3, 5, 8, 9, 12)},
    **{f"{word[:-1]}ieth": value for word, value in _TENS.items()},
}
MAGNITUDES = {"hundred": 100, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "dozen": 12}
_ORDINAL_MAGNITUDES = {"hundredth": 100, "thousandth": 1000, "millionth": 1e6}
FRACTIONS = {"half": 0.5, "quarter": 0.25, "quarters": 0.25, "third": 1 / 3, "thirds": 1 / 3, "eighth": 0.125}
_KNOWN = {*_UNITS, *_TENS, *_ORDINALS, *MAGNITUDES, *_ORDINAL_MAGNITUDES}
_WORD = "|".join(sorted(_KNOWN | {"fourty", "nought", "oh"}, key=len, reverse=True))
_LINK = r"(?:\s*-\s*|(?:(?<=thousand)|(?<=million)|(?<=billion)),\s+(?:and\s+)?|\s+and\s+|\s+)"
_RUN = re.compile(
    rf"\b(?:(?:a|an)\s+(?=hundred|thousand|million|billion|dozen))?(?:{_WORD})(?:{_LINK}(?:{_WORD}))*\b"
                  r"(?:\s+point((?:[\s-]+(?:zero|oh|nought|one|two|three|four|five|six|seven|eight"
                  r"|nine))+))?",
                  re.IGNORECASE)  # fmt: skip
_PART = re.compile(r"[a-z]+", re.IGNORECASE)
_LONGEST = 40
"""More words than one number has: magnitudes only fall, and at most five words stand before each."""
_SPELLINGS = {"fourty": "forty", "nought": "zero", "oh": "zero"}


@dataclass(frozen=True, slots=True)
class WordNumber:
    """A number in words."""

    start: int
    end: int
    value: float
    ordinal: bool
    """`sixteenth`; `second` and `third` may be something else."""
    decimals: int
    """Digits after `point`."""


def word_numbers(text: str) -> Iterator[WordNumber]:
    """Numbers in words, in order; a run that is no single number ("five, six") comes as several.

    >>> [each.value for each in word_numbers("two hundred and fifty-three; nineteen eighty-four; five six")]
    [253.0, 1984.0, 5.0, 6.0]
    """
    for run in _RUN.finditer(text):
        decimals = run.group(1) or ""
        end = run.start(1) - len("point") if decimals else run.end()
        parts = [
            (part.start(), part.end(), _SPELLINGS.get(part.group().lower(), part.group().lower()))
            for part in _PART.finditer(text, run.start(), end)
        ]
        numbers = list(_split([each for each in parts if each[2] not in ("and", "a", "an", "point")]))
        for place, found in enumerate(numbers):
            if decimals and place == len(numbers) - 1:
                digits = [_SPELLINGS.get(each.lower(), each.lower()) for each in _PART.findall(decimals)]
                value = float(f"{int(found.value)}." + "".join(str(_UNITS[each]) for each in digits))
                yield WordNumber(found.start, run.end(1), value, False, len(digits))
            else:
                yield found


def _split(parts: list[tuple[int, int, str]]) -> Iterator[WordNumber]:
    """Numbers of consecutive number words, the longest that make sense."""
    place = 0
    while place < len(parts):
        length = next(
            size
            for size in range(min(_LONGEST, len(parts) - place), 0, -1)
            if _value(parts, place, place + size) is not None
        )
        value, ordinal = _value(parts, place, place + length) or (0.0, False)
        yield WordNumber(parts[place][0], parts[place + length - 1][1], value, ordinal, 0)
        place += length


def _value(parts: list[tuple[int, int, str]], first: int, last: int) -> tuple[float, bool] | None:
    """Value of the words `first` to `last`, and whether it is an ordinal; None where they are no number."""
    words = [word for _, _, word in parts[first:last]]
    final = words[-1]
    ordinal = final in _ORDINALS or final in _ORDINAL_MAGNITUDES
    total = 0.0
    group: float | None = None
    smallest = float("inf")
    lowest = float("inf")
    """Below what the next word of a group must lie: twenty is followed by one digit, five by nothing."""
    for place, word in enumerate(words):
        digit = _UNITS.get(word, _TENS.get(word))
        if digit is None and place == len(words) - 1:
            digit = _ORDINALS.get(word)
        if digit is not None:
            if group is None:
                group = digit
            elif digit < lowest and digit != 0:
                group += digit
            else:
                return _as_year(words)
            lowest = 10 if digit >= 20 and digit % 10 == 0 else 0
            continue
        scale = MAGNITUDES.get(word) or (_ORDINAL_MAGNITUDES.get(word) if place == len(words) - 1 else None)
        if scale is None:
            return None
        if scale == 100:
            if group is not None and group >= 100:
                return None
            group, lowest = (1.0 if group is None else group) * 100, 100
        else:
            if scale >= smallest or (group is None and place):
                return None
            total += (1.0 if group is None else group) * scale
            smallest, group, lowest = scale, None, float("inf")
    return total + (group or 0.0), ordinal


def _as_year(words: list[str]) -> tuple[float, bool] | None:
    """`nineteen eighty-four`, `twenty twenty-six`, `nineteen oh five`."""
    if not 2 <= len(words) <= 3:
        return None
    head = _UNITS.get(words[0], _TENS.get(words[0], 0))
    rest = [_UNITS.get(word, _TENS.get(word, -1)) for word in words[1:]]
    if not 10 <= head <= 99 or -1 in rest:
        return None
    if len(rest) == 2:
        if not ((rest[0] == 0 and 0 < rest[1] < 10) or (rest[0] >= 20 and 0 < rest[1] < 10)):
            return None
        return head * 100.0 + sum(rest), False
    return (head * 100.0 + rest[0], False) if rest[0] >= 10 else None
