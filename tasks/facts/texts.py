"""Names and codes in a text, as people spell them (pure)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from tasks.facts.characters import folded, plain
from tasks.facts.dates import MONTHS, month_number
from tasks.facts.places import other_names
from tasks.facts.units import named
from tasks.facts.words import MAGNITUDES, SMALL, word_numbers

Span = tuple[int, int]
_TOKEN = re.compile(r"[^\W_]+(?:'s\b)?")
_FILLERS = frozenset({"and", "the", "of", "a", "an", "s", "de", "la"})
_ABBREVIATED = {
    "st": "saint",
    "mt": "mount",
    "sept": "september",
    "dr": "drive",
    "intl": "international",
    "ave": "avenue",
}
_GENERIC_WORD_LIST = """
international airport limited ltd plc inc incorporated corp corporation company co ag gmbh sa se nv bv ab
asa as oyj spa llc public county p l c city republic federation kingdom district region province state
"""
_GENERIC = frozenset(_GENERIC_WORD_LIST.split())
"""What people leave out of a name that is told by its other words."""
_SHORT_WORD_LIST = """
a am an as at be by do go he i if in is it me my no of on or ok so to up us we all and any are but can for
get had has her him his how its may new not now off old one our out own say see she the too top two use
was way who why you yes set sun sat mon fri wed thu per via ten six day end ad al et la le de el en es mad
man pen par los sea
"""
_SHORT_WORDS = frozenset(_SHORT_WORD_LIST.split())
"""Codes that are words as well: they count in capitals only."""
_NUMBER_WORDS = frozenset([*MAGNITUDES, *SMALL, "thirty", "forty", "fifty"])
_DIGITS = {word: str(value) for word, value in SMALL.items() if value <= 12}
_WEEKDAYS = {
    "monday": "mon",
    "tuesday": "tue tues",
    "wednesday": "wed",
    "thursday": "thu thur thurs",
    "friday": "fri",
    "saturday": "sat",
    "sunday": "sun",
}
_UNIT_LETTERS = "CFKVWAmsh"
"""Letters that are units behind a number."""
_GRIDS = frozenset({"band", "zone_band", "grid"})
"""Keys whose letters stand right behind a number: 31V."""
_DAYS_OFF = frozenset({"christma", "thanksgiving", "independence", "boxing"})
"""First words, without their ends, of days whose name people cut: Christmas."""
_BRACKETS = re.compile(r"\s*[\[(]([^\])]*)[\])]")
_FRACTION = re.compile(r"(\d+)\s*/\s*(\d+)")


@dataclass(frozen=True, slots=True)
class Token:
    """A word of plain text."""

    start: int
    end: int
    word: str
    """Without case, accents, plural and genitive."""
    written: str


def tokens(text: str) -> tuple[Token, ...]:
    """The words of a plain text, fillers left out."""
    found = []
    for part in _TOKEN.finditer(folded(text) if text.isascii() else text):
        word = part.group() if text.isascii() else folded(part.group())
        word = word[:-2] if word.endswith("'s") else word
        if word not in _FILLERS or (len(word) > 1 and len(text) < 4):
            found.append(Token(part.start(), part.end(), _stem(word), text[part.start() : part.end()]))
    return tuple(found)


def _stem(word: str) -> str:
    word = _ABBREVIATED.get(word, word)
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def spans_of(value: str, key: str, text: str, words: Sequence[Token]) -> list[Span]:
    """Where a text value is told.

    Args:
        value: as an API gives it.
        key: last key of its path: `country`, `unit`, `weekday`.
        text: plain text of the answer.
        words: its tokens.
    """
    wanted = plain(value).strip()
    if not any(sign.isalnum() for sign in wanted):
        return [part.span() for part in re.finditer(re.escape(wanted), text)] if wanted else []
    forms = _forms(value, key)
    found = [span for form in forms for span in _spans(form, key, text, words)]
    if fraction := _FRACTION.fullmatch(wanted):
        found += [part.span() for part in _odds(fraction[1], fraction[2]).finditer(text)]
    if len(wanted) <= 2 and wanted.isdecimal():
        found += [(each.start, each.end) for each in word_numbers(text) if each.value == int(wanted)]
    if key in ("unit", "units"):
        found += _unit_spans(wanted, text)
    return sorted(set(found))


@lru_cache(maxsize=20_000)
def _forms(value: str, key: str) -> tuple[str, ...]:
    """The spellings of a value that count: as given, without brackets, its other names."""
    forms = [value]
    if (bare := _BRACKETS.sub("", value).strip()) != value and bare:
        forms.append(bare)
        forms += [inside.strip() for inside in _BRACKETS.findall(value) if len(inside.strip()) > 3]
    low = value.strip().lower()
    forms += other_names(value, key)
    if low in _WEEKDAYS:
        forms += [short.capitalize() for short in _WEEKDAYS[low].split()]
    if re.fullmatch("[a-z]{3}", low) and any(month.startswith(low) for month in MONTHS):
        forms.append(MONTHS[month_number(low) - 1])
    elif low in MONTHS and len(low) > 4:
        forms.append(low[:3].capitalize())
    if re.fullmatch(r"[A-Z][A-Za-z]+(?:/[A-Z][A-Za-z_]+)+", value):
        forms += [f"{value.rpartition('/')[2].replace('_', ' ')} time"]
    return tuple(dict.fromkeys(forms))


def _spans(form: str, key: str, text: str, words: Sequence[Token]) -> Iterator[Span]:
    shape = _code_form(form, key)
    if shape is not None:
        yield from (part.span() for part in shape.finditer(text))
        return
    wanted = [each.word for each in tokens(plain(form))]
    if not wanted:
        return
    has_digits = any(word.isdecimal() for word in wanted)
    said = (
        [_DIGITS.get(each.word, each.word) for each in words] if has_digits else [each.word for each in words]
    )
    yield from _exact(wanted, said, words)
    if len(wanted) > 1 and not _needs_order(wanted):
        yield from _loose(wanted, said, words)


def _exact(wanted: list[str], said: list[str], words: Sequence[Token]) -> Iterator[Span]:
    length = len(wanted)
    for place, word in enumerate(said):
        if word == wanted[0] and _equal(said[place : place + length], wanted):
            yield words[place].start, words[place + length - 1].end
    if length == 2 and wanted[1] == "day" and wanted[0] in _DAYS_OFF:
        for place, word in enumerate(said):
            if word == wanted[0] and said[place + 1 : place + 2] not in (["eve"], ["monday"], ["week"]):
                yield words[place].start, words[place].end


def _equal(said: list[str], wanted: list[str]) -> bool:
    """Whether words are those wanted; what is generic may be cut to another generic word: King Co."""
    return len(said) == len(wanted) and all(
        one == other or (place and one in _GENERIC and other in _GENERIC and one[0] == other[0])
        for place, (one, other) in enumerate(zip(said, wanted, strict=True))
    )


def _needs_order(wanted: list[str]) -> bool:
    """Whether other orders mean something else: numbers in words, letters, repeated words."""
    numeric = any(word in _NUMBER_WORDS or word.isdecimal() for word in wanted)
    return (
        numeric or len(set(wanted)) < len(wanted) or sum(len(word) < 3 for word in wanted) * 2 > len(wanted)
    )


def _loose(wanted: list[str], said: list[str], words: Sequence[Token]) -> Iterator[Span]:
    """The words in another order, close together, without what is generic; of long names most is enough."""
    core = [word for word in wanted if word not in _GENERIC]
    if len(core) < len(wanted) and sum(map(len, core)) < 6:
        core = wanted
    if len(core) < 2 and len(core) < len(wanted):
        yield from _exact(core, said, words)
        return
    weight = sum(map(len, core))
    enough = weight if len(core) < 4 else 0.7 * weight
    reach = len(core) + (2 if len(core) < 4 else len(core))
    places = [place for place, word in enumerate(said) if word in core]
    for first in places:
        inside = [place for place in places if first <= place < first + reach]
        if sum(len(word) for word in {said[place] for place in inside}) >= enough:
            yield words[first].start, words[inside[-1]].end
            return


@lru_cache(maxsize=20_000)
def _code_form(value: str, key: str = "") -> re.Pattern[str] | None:
    """A pattern for a code, which may come in lower case or in groups; None for names and sentences."""
    value = plain(value).strip()
    letters = [sign for sign in value if sign.isalpha()]
    digits = any(sign.isdigit() for sign in value)
    if len(value) == 1 and value.isalpha():
        return re.compile(_letter(value, key))
    if folded(value) in _FILLERS:
        return re.compile(rf"(?<!\w){re.escape(value)}(?!\w)", re.I)
    if letters and re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+){2,}", value):
        return re.compile(rf"(?<![\w-]){re.escape(value)}(?![\w-])", re.I)
    if re.fullmatch(r"[a-z]{2,3}", value) and value in _SHORT_WORDS:
        return re.compile(_listed(value))
    words = value.split()
    odd = (
        any(sign in value for sign in "@+/*#=%&<>|~^")
        or ("_" in value and digits)
        or "://" in value
        or re.search(r"\.\w", value) is not None
    )
    capital = bool(letters) and all(sign.isupper() for sign in letters) and value.isascii()
    if len(words) > 1 and not (
        digits and all(any(s.isdigit() for s in w) or (w.isupper() and len(w) < 6) for w in words)
    ):
        return None
    if not (digits or odd or (capital and len(words) == 1)):
        return None
    if not value.isascii():
        return re.compile(rf"(?<!\w){re.escape(value)}(?!\w)", re.I)
    if not digits and not odd and len(value) <= 3:
        if value.lower() in _SHORT_WORDS:
            return re.compile(rf"(?<![\w'])(?<!\w-){value}(?![\w'])(?!-\w)")
        return re.compile(rf"(?<![\w'])(?<!\w-){value}(?![\w'])", re.I)
    return re.compile(_grouped(value), re.I)


def _letter(letter: str, key: str) -> str:
    """A single letter as it is written; A and I only where they cannot be words."""
    if letter in "AI":
        led = (
            "[\"':=(] ",
            "[\"':=(]",
            "is ",
            "letter ",
            "band ",
            "^",
            "[A-G#b], ",
            "notes ",
            "chords ",
            "note ",
        )
        before = "|".join(f"(?<={each})" for each in led)
        return rf"(?:{before})(?<![\w°'.]){letter}(?![\w'])(?!\.\w)"
    if letter not in _UNIT_LETTERS or key in _GRIDS:
        return rf"(?<![^\W\d]|[°']){letter}(?![\w'])"
    return rf"(?<![\w°'])(?<![°\d] ){letter}(?![\w'])"


def _listed(word: str) -> str:
    """A code that is a word as well: in capitals anywhere, in small letters only where it is listed."""
    led = ("^", "[,;:(\"'/\\[]", "[,;:(/] ", "and ", "is ", "\n", "[=|]", "language ", "code ")
    before = "|".join(f"(?<={each})" for each in led)
    after = r"(?=\s*(?:[,;.)\"'/\]\n|]|$|and\b))"
    return rf"(?<![\w'])(?<!\w-){word.upper()}(?![\w'])|(?:{before}){word}{after}"


def _grouped(value: str) -> str:
    """The signs of a code with room for blanks and hyphens where people put them."""
    long = sum(sign.isalnum() for sign in value) >= 5 and not re.search(r"[@_=%&<>]|://|\.[A-Za-z]", value)
    parts: list[str] = []
    for place, sign in enumerate(value):
        if sign in " -" and long:
            continue
        if parts and long and sign.isalnum() and value[place - 1].isalnum():
            parts.append(r"[ -]?")
        elif parts and long and place and value[place - 1] in " -":
            parts.append(r"[ ./-]{0,2}")
        parts.append(re.escape(sign))
    before = r"(?<!\w)(?<!\d[.,])" if value[0].isalnum() else r"(?<!\w)" if value[0] not in "+" else ""
    after = r"(?!\w)(?![.,]\d)" if value[-1].isalnum() else ""
    if value.isalnum() and not long:  # no group of a longer number, but its last one, or one of two
        before += r"(?:(?<!\d-)|(?<=\d-\d{5}-)|(?<=\d-\d{6}-)|(?<=(?<![\d-])\d{3}-)|(?<=(?<![\d-])\d{2}-))"
        after += r"(?!-\d{4})(?!-\d+-)"
    return before + "".join(parts) + after


def _odds(top: str, bottom: str) -> re.Pattern[str]:
    return re.compile(
        rf"(?<![\d.,/]){top}\s*(?:/|in|out of|over|to)\s*(?:every\s+)?{bottom}(?![\d/]|[.,]\d)", re.I
    )


def _unit_spans(wanted: str, text: str) -> Iterator[Span]:
    """A unit under another of its names."""
    pieces = [named(piece) for piece in re.split(r"\s*/\s*|\s+per\s+", wanted)]
    if not all(pieces):
        return
    for part in re.finditer(r"[^\W\d_]+(?:\^?[23])?(?:\s*(?:/|per)\s*[^\W\d_]+(?:\^?[23])?)?", text):
        said = [named(piece) for piece in re.split(r"\s*/\s*|\s+per\s+", part.group())]
        if len(said) == len(pieces) and all(
            set(one) & set(other) for one, other in zip(said, pieces, strict=True)
        ):
            yield part.span()
