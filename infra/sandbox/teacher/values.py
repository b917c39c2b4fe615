"""Values: what in a text is a value (a quoted string, a date, a number, a code, a proper name), and which."""

import json
import re
from dataclasses import dataclass, replace
from typing import Any

from infra.sandbox.teacher.knowledge import CODES, MONTHS, MULTIPLIERS, NUMBER_WORDS, number_in_words
from infra.sandbox.teacher.lexicon import word_set
from infra.sandbox.teacher.words import is_small

_MONTH = "(?:" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\b\.?"
_NUMBER_WORD = "(?:" + "|".join([*NUMBER_WORDS, *MULTIPLIERS]) + ")"
_CLOCK = r"(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?(?:\s?[ap]m\b)?"

_PATTERNS = (
    ("quoted", r'"(?:[^"\\]|\\.)*"'),
    ("quoted", r"“[^”]*”"),
    ("quoted", r"`[^`\n]+`"),
    ("quoted", r"(?<!\w)'(?:[^'\n]|(?<=\w)'(?=\w))+'(?!\w)"),
    ("array", r"\[(?:[^\[\]]|\[[^\[\]]*\])*\]"),
    ("url", r"\bhttps?://[^\s\"'<>]*[^\s\"'<>.,;:!?)\]]"),
    ("email", r"\b[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,8}\b"),
    ("datetime", r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z\b|[+-]\d\d:?\d\d\b)?"),
    ("date", r"\b\d{4}-\d\d-\d\d\b(?![-\w])"),
    ("date", r"\b\d{4}/\d\d/\d\d\b"),
    ("date", rf"\b(?i:(?:\d{{1,2}})(?:st|nd|rd|th)?(?: of)? {_MONTH},? \d{{4}})\b"),
    ("date", rf"\b(?i:{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}})\b"),
    ("month", rf"\b(?i:{_MONTH},? (?:of )?\d{{4}})\b"),
    ("month", r"\b\d{4}-(?:0[1-9]|1[0-2])\b(?![-\w])"),
    ("clock", rf"(?<![\w:.]){_CLOCK}(?![\w:])"),
    (
        "timezone",
        r"\b[A-Z][A-Za-z]+(?:_[A-Z][a-z]+)*/[A-Z][A-Za-z_-]+(?:/[A-Z][A-Za-z_]+)?\b|\b(?:UTC|GMT)\b",
    ),
    ("ip", r"\b\d{1,3}(?:\.\d{1,3}){3}(?:/\d{1,2})?\b"),
    ("phone", r"(?<!\w)\+\d[\d ()-]{6,}\d\b"),
    ("hex", r"(?<!\w)#[0-9A-Fa-f]{3,8}\b"),
    (
        "measure",
        r"(?<![\w.+-])[-−]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?=(?:km|cm|mm|m|kg|g|lb|lbs|kmh|mph|ft|C|F|k|h|min)\b)",
    ),
    ("number", r"(?<![\w.])[-−]?\d+(?:\.\d+)?[eE][-+]?\d+(?!\w)"),
    ("code", r"\b10\.\d{4,9}/[\w.()/:;-]*\w"),
    ("code", r"\b[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,12})*-\d{1,3}(?:\.\d{1,3})+(?:-[a-z]+)*\b"),
    ("code", r"\b(?=[\d-]{8,})\d+(?:-\d+)+\b"),
    ("run", r"(?<!\S)[\d*/,-]+(?: [\d*/,A-Z-]+){4}(?![\w*/-])"),
    ("run", r"\b[2-9TJQKA][cdhs](?: [2-9TJQKA][cdhs])+\b"),
    ("run", r"\b[A-Z]{3,5}(?: (?=[A-Z0-9/+-]*\d)[A-Z0-9/+-]{4,12}| [-+]?[A-Z]{2,6}\d{0,3}){3,14}\b"),
    ("code", r"(?<![\w.])\d+\.\d+\.\d+(?:-[\w.]+)?(?![\w.]*\w)"),
    (
        "script",
        r"[\u0370-\u04FF\u0590-\u06FF\u3040-\u30FF\u4E00-\u9FFF\uAC00-\uD7AF]"
        r"(?:[^\x00-\x7F]|[ ,](?=[ ,]*[^\x00-\x7F])){0,200}",
    ),
    ("code", r"(?<![\w./])\d{1,3}/\d{1,3}(?![\w/])"),
    ("aperture", r"\bf/\d+(?:\.\d+)?\b"),
    (
        "code",
        r"\b(?!\d+(?:\.\d+)?-[a-z]{2,})(?=[\w+./:-]{0,80}?[A-Za-z])(?=[\w+./:-]{0,80}?\d)"
        r"\w(?:[\w+/:-]{0,200}\w)?(?:\.\w{1,40}){0,8}\b",
    ),
    (
        "code",
        r"\b[a-z]{2,3}_[A-Z]{2}\b|\b(?:[a-z0-9-]{1,64}\.){1,6}(?:com|org|net|io|de|uk|fr|eu|info|dev)\b",
    ),
    ("number", r"(?<![\w.])[-−]?(?:\d{1,3}(?:,\d{3})+(?![\d])|\d+)(?:\.\d+)?(?:[eE][-+]?\d+)?(?!\w)"),
    ("word", r"\b(?i:" + "|".join(sorted(CODES["currency"], key=len, reverse=True)) + r")\b"),
    ("caps", r"\b[A-Z]{2,}(?:[-/][A-Z0-9]+)*\b|(?<=\()[A-Z](?=\))"),
    ("words", rf"\b(?i:{_NUMBER_WORD}(?:(?:[- ]| and ){_NUMBER_WORD})*)\b"),
    (
        "name",
        r"\b[A-Z][\w’'-]{0,40}[a-zà-ÿ]"
        r"(?:(?: | (?:of|de|da|do|la|del|von|van|der|the) )[A-Z][\w’'-]{0,40}[\wà-ÿ])*",
    ),
)
# No value begins inside a word, so that most places of a text are passed over at once.
_ANY = re.compile(
    r"(?:(?<!\w)|(?=[\"“`\[]))(?:"
    + "|".join(f"(?P<p{i}>{pattern})" for i, (_, pattern) in enumerate(_PATTERNS))
    + ")"
)
_KINDS = {f"p{i}": kind for i, (kind, _) in enumerate(_PATTERNS)}
MOST_VALUES = 200
"""Values read of one text; an instruction has a handful, and a reply must not take seconds."""
_ROUND = frozenset({"1", "10", "100", "1000", "1,000"})
_RATE = re.compile(r"(?:\bper |/ ?)$")
_ACRONYMS = word_set(
    """
    API APIs ID IDs QR URL GPS ISO IATA ICAO IBAN BIC VAT ISBN EAN HTTP HTTPS JSON XML PDF CSV DNA
    RNA IP BMI VIN IMO UTM METAR IANA ECB EU OK FAQ TV PIN SMS ETA FX SWIFT PS FYI ASAP CEO HR IT
    NOT AND OR
    """
)
_OPENERS = word_set(
    """
    i i'm i'd i've my we we're our can could would please what when where which who how is are does
    do tell give show find get check convert calculate compute list look additionally also then
    after before finally next first second lastly for in on at to from with the a an and but if it
    this that there they let help hello hi hey dear thanks thank as your you she he her his their
    complete break write decode encode put book enter note pin move shift reserve cancel explain spell read
    turn mark strike express rank make set sort join split cut remove hand delete change going looking
    whether takes hands reads says pins ticks packing landing settle count
    work starting next translate identify determine name send provide fetch retrieve return verify
    validate estimate count rank search compare add begin
    """
)
_WEEKDAYS = frozenset(["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"])
_MARKS = {
    kind: f"@{kind}"
    for kind in ("date", "datetime", "month", "timezone", "email", "url", "ip", "phone", "hex")
}
_CODE_MARKS = {code: f"@{meaning}" for meaning in ("country", "currency") for code in CODES[meaning].values()}


@dataclass(frozen=True, slots=True)
class Value:
    """A value in a text."""

    start: int
    end: int
    kind: str
    """What it looks like: quoted, array, date, datetime, month, clock, number, code, caps, name, word (of a
    currency) and so on."""
    value: Any
    """As read: str, int, float or list; dates in ISO form."""
    raw: str
    """The characters as written, without quotation marks."""

    @property
    def mark(self) -> str:
        """What its looks tell of its meaning, as a mark for matching; empty where they tell nothing."""
        text = str(self.value)
        if self.kind in _MARKS:
            return _MARKS[self.kind]
        if self.kind == "word":
            return "@currency"
        if self.kind in ("name", "quoted") and text.lower() in CODES["country"]:
            return "@country"
        return _CODE_MARKS.get(text, "@iata" if self.kind == "caps" and len(text) == 3 else "")


def _iso_date(raw: str) -> str | None:
    """Write `14 July 2026`, `July 14, 2026` or `2026/07/14` as 2026-07-14."""
    numbers = [int(number) for number in re.findall(r"\d+", raw)]
    names = [word for word in re.findall(r"[a-z]+", raw.lower()) if word in MONTHS]
    if names:
        day, year = numbers
        month = MONTHS[names[0]]
    else:
        year, month, day = numbers
    return f"{year:04d}-{month:02d}-{day:02d}" if 1 <= month <= 12 and 1 <= day <= 31 else None


def _iso_clock(raw: str) -> str:
    """Write `3:05 pm` as 15:05:00."""
    hours, minutes, *rest = (int(number) for number in re.findall(r"\d+", raw))
    if raw.lower().rstrip().endswith("pm") and hours < 12:
        hours += 12
    elif raw.lower().rstrip().endswith("am") and hours == 12:
        hours = 0
    return f"{hours:02d}:{minutes:02d}:{rest[0] if rest else 0:02d}"


def read_number(raw: str) -> int | float:
    """Read `1,234.5` or `-9.13`; whole numbers come back as int."""
    plain = raw.replace(",", "").replace("−", "-")
    return float(plain) if any(sign in plain for sign in ".eE") else int(plain)


def unquoted(raw: str) -> str:
    """Take the quotation marks off, and the backslashes inside double ones."""
    inside = raw[1:-1]
    if raw[0] != '"' or "\\" not in inside:
        return inside
    try:
        return str(json.loads(raw, strict=False))
    except ValueError:
        return re.sub(r"\\(.)", r"\1", inside)


def _read(kind: str, raw: str, at_start: bool, beside_name: bool = False) -> tuple[str, Any, str] | None:
    """Give kind, value and inner characters of what a pattern found; None where it is no value after all.

    Args:
        kind: name of the pattern.
        raw: the characters it found.
        at_start: whether they begin a sentence.
        beside_name: whether they stand in brackets or after `Name, `, as codes of countries do.
    """
    if kind == "quoted":
        return kind, unquoted(raw), unquoted(raw)
    if kind == "array":
        try:
            return kind, json.loads(raw), raw
        except ValueError:
            return kind, [part.strip() for part in raw[1:-1].split(",") if part.strip()], raw
    if kind == "date" and (iso := _iso_date(raw)) is not None:
        return kind, iso, raw
    if kind == "month" and not raw[0].isdigit():
        month = MONTHS[re.findall(r"[a-z]+", raw.lower())[0]]
        return kind, f"{int(re.findall(r'[0-9]+', raw)[-1]):04d}-{month:02d}", raw
    if kind == "clock":
        return kind, _iso_clock(raw), raw
    if kind in ("number", "measure"):
        return "number", read_number(raw), raw
    if kind == "aperture":
        return "number", read_number(raw[2:]), raw[2:]
    if kind in ("run", "script"):
        return "quoted", raw, raw
    if kind == "words":
        number = number_in_words(re.split(r"[- ]+", raw.lower()))
        return None if number is None or raw.lower() == "one" else ("number", number, raw)
    if kind == "caps":
        return None if raw in _ACRONYMS and not beside_name else (kind, raw, raw)
    if kind == "name":
        first, _, rest = raw.partition(" ")
        lower = first.lower().replace("’", "'")
        if lower in _OPENERS or lower.split("'")[0] in _OPENERS:
            return _read(kind, rest, False) if rest[:1].isupper() else None
        if lower in _WEEKDAYS or (at_start and (is_small(lower) or not rest)):
            return None
        raw = re.sub(r"['’]s$", "", raw)
        return kind, raw, raw
    return (kind, raw, raw) if kind != "date" else None


def _moment(date: Value, clock: Value) -> Value:
    """A date and a time of day that stand together."""
    start, end = min(date.start, clock.start), max(date.end, clock.end)
    return Value(start, end, "datetime", f"{date.value}T{clock.value}", "")


def find_values(text: str) -> list[Value]:
    """The values of a text, in order, none inside another; the first `MOST_VALUES` of them."""
    found: list[Value] = []
    for match in _ANY.finditer(text):
        if len(found) == MOST_VALUES:
            break
        start, end = match.span()
        lead = text[max(start - 4, 0) : start]
        if match.group() in _ROUND and _RATE.search(lead):
            continue  # `6.4 litres per 100 km` gives one value
        at_start = not lead.strip() or lead.rstrip()[-1] in ".!?:" or "\n" in lead
        beside_name = lead[-1:] == "(" or (lead[-2:] == ", " and bool(found) and found[-1].end == start - 2)
        read = _read(_KINDS[match.lastgroup or ""], match.group(), at_start, beside_name)
        if read is None:
            continue
        kind, value, inner = read
        if kind == "name" and not match.group().startswith(inner):
            start = text.index(inner, start)
        this = Value(start, end, kind, value, inner)
        if found and {found[-1].kind, kind} == {"date", "clock"}:
            last = found[-1]
            if text[last.end : start].strip(" ,") in {"", "at", "on", "T"}:
                moment = _moment(last, this) if kind == "clock" else _moment(this, last)
                this = replace(moment, raw=text[moment.start : moment.end])
                found.pop()
        found.append(this)
    return found
