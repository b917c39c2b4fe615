"""Times of day in a text: 06:12, 6.12 am, half past six, noon, 2026-06-21T06:12:14+02:00 (pure)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tasks.facts.spans import Taken
from tasks.facts.words import SMALL

DAY_S = 86_400
_ZONE_LINES = """
utc 0 gmt 0 z 0 zulu 0 wet 0 west 60 bst 60 cet 60 cest 120 eet 120 eest 180 msk 180 ist 330 sgt 480 hkt 480
jst 540 kst 540 aest 600 aedt 660 nzst 720 nzdt 780 brt -180 est -300 edt -240 cst -360 cdt -300 mst -420
mdt -360 pst -480 pdt -420 akst -540 akdt -480 hst -600
"""
_ZONES = dict(zip(_ZONE_LINES.split()[::2], map(int, _ZONE_LINES.split()[1::2]), strict=True))
"""Minutes ahead of UTC; abbreviations with two meanings take the one that English texts mean most often."""
_UTC_WORDS = r"(?:universal time|co-?ordinated universal time|greenwich mean time|greenwich time)"
_ZONE = (
    rf"(?:\s*\(?(?:(?P<name>{'|'.join(sorted(_ZONES, key=len, reverse=True))})\b|(?P<words>{_UTC_WORDS}))?"
    r"(?P<offset>\s?[+-](?:0[0-9]|1[0-4]|[0-9])(?::?[034][05])?(?![0-9:.]))?)"
)
_HALF = r"(?P<half>a\.?\s?m\b\.?|p\.?\s?m\b\.?|o'?\s?clock|h(?:rs?|ours?)?\b|uhr\b)"
_CLOCK = re.compile(
    r"(?<![\w.:,/])(?P<hour>[01]?[0-9]|2[0-4])(?P<mark>[:h.]|\s?:\s?)(?P<minute>[0-5][0-9])(?![0-9])"
    r"(?:(?::|m\s?|'\s?|\.)(?P<second>[0-5][0-9])(?:\.[0-9]+)?(?:s\b)?)?(?![0-9:])"
    rf"(?:m(?:in)?\b)?(?:\s?{_HALF})?{_ZONE}",
    re.I,
)
_HOUR = re.compile(
    rf"(?<![\w.:,/-])(?P<hour>[01]?[0-9]|2[0-4])\s?(?P<half>a\.?\s?m\b\.?|p\.?\s?m\b\.?"
    rf"|o'?\s?clock)(?![\w]){_ZONE}",
    re.I,
)
_MILITARY = re.compile(
    r"(?<![\w.:,/-])(?P<hour>[01][0-9]|2[0-3])(?P<minute>[0-5][0-9])\s?(?:(?:hours|hrs|h)\b|(?P<zulu>z\b"
    r"|utc\b))",
    re.I,
)
_LENGTH = re.compile(
    r"(?<![\w.:,/])(?P<minute>2[5-9]|[3-9][0-9]"
    r"|[1-9][0-9]{2}):(?P<second>[0-5][0-9])(?![0-9:])(?:\s?(?:min(?:utes)?|h(?:ours?|rs?)?)\b)?"
)
_ISO = re.compile(
    r"(?<=[0-9])T(?P<hour>[01][0-9]|2[0-4]):?(?P<minute>[0-5][0-9])(?::?(?P<second>[0-5][0-9])(?:[.,][0-9]"
    r"+)?)?"
    r"(?P<zone>Z|[+-][0-9]{2}:?[0-9]{2}|[+-][0-9]{2})?(?![0-9])"
)
_COUNT = (
    r"one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|sixteen|seventeen"
    r"|eighteen|nineteen"
    r"|thirty|forty|fifty|twenty(?:[\s-](?:one|two|three|four|five|six|seven|eight|nine))?"
)
_SPOKEN_HOUR = (
    r"(?P<hour>one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|[01]?[0-9]|2[0-3]|noon"
    r"|midnight)"
)
_PAST = re.compile(
    rf"\b(?:(?P<part>half|(?:a\s+)?quarter)|(?P<minutes>{_COUNT}|[0-9]{{1,2}})(?:\s+min(?:ute)?s?)?)\s+"
    rf"(?P<way>past|after|to|before|till)\s+{_SPOKEN_HOUR}\b(?!:)(?:\s?{_HALF})?",
    re.I,
)
_OCLOCK = re.compile(
    r"\b(?P<hour>one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
    rf"(?:[\s-](?P<minute>fifteen|thirty|forty[\s-]five|{_COUNT}))?\s?(?P<half>o'?\s?clock|a\.?\s?m\b\.?"
    rf"|p\.?\s?m\b\.?)",
    re.I,
)
_NAMED = re.compile(r"\b(?:(?P<noon>noon|midday|12 noon)|(?P<midnight>midnight))\b", re.I)
_DIGIT = re.compile("[0-9]")
_SPOKEN = re.compile(r"noon|mid|clock|past |after |to |before |till |[ap]\.?\s?m\b", re.I)
_LATE = re.compile(
    r"\s*,?\s*(?:in the |at |this |that |on [a-z]+ )?(afternoon|evening|night)\b|\s*tonight\b", re.I
)
_EARLY = re.compile(r"\s*,?\s*(?:in the |this |that |on [a-z]+ )?(?:early )?(morning)\b|\s*at dawn\b", re.I)
_LATE_BEFORE = re.compile(r"\b(?:afternoon|evening|tonight|night)\b[^.;\n]{0,20}$", re.I)
_OFFSET = re.compile(r"([+-])([0-9]{1,2}):?([0-9]{2})?")


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day in plain text."""

    start: int
    end: int
    seconds: int
    """Since midnight, as written: 12-hour times without am and pm lie before noon; -1: no time of day."""
    shows_seconds: bool
    half_known: bool
    """Morning or afternoon is said, or it is written by 24 hours."""
    zone_minutes: int | None = None
    """Ahead of UTC; None where no zone is said."""
    duration_s: tuple[int, ...] = ()
    """What it may mean as a length of time: 6:52 is hours and minutes, or minutes and seconds."""
    clock_only: bool = True
    """False where it may be a length of time, a score or a price as well."""

    def readings(self) -> tuple[int, ...]:
        """Seconds since midnight, twice where morning or afternoon is open; none of a mere length of time."""
        if self.seconds < 0:
            return ()
        if self.half_known or self.seconds >= DAY_S // 2 + 3600:
            return (self.seconds % DAY_S,)
        return (self.seconds, (self.seconds + DAY_S // 2) % DAY_S)


def clocks(text: str, days: Sequence[tuple[int, int]]) -> list[Clock]:
    """Every time of day, in order.

    Args:
        text: plain text.
        days: where days stand; digits of theirs are no time.
    """
    found: list[Clock] = []
    taken = Taken(days)
    for each in _found(text):
        if not taken.meets(each.start, each.end):
            found.append(each)
            taken.add(each.start, each.end)
    return sorted(found, key=lambda each: each.start)


def seconds_of(text: str) -> int | None:
    """Seconds since midnight of `06:12` or `06:12:14`; None for anything else.

    >>> seconds_of("06:12:14"), seconds_of("6.12")
    (22334, None)
    """
    part = re.fullmatch(r"([01]?[0-9]|2[0-4]):([0-5][0-9])(?::([0-5][0-9])(?:\.[0-9]+)?)?", text.strip())
    return int(part[1]) * 3600 + int(part[2]) * 60 + int(part[3] or 0) if part else None


def offset_minutes(text: str) -> int | None:
    """Minutes ahead of UTC of `Z`, `+02:00` or `-0530`; None where nothing is said."""
    if not text:
        return None
    if text in "Zz":
        return 0
    part = _OFFSET.fullmatch(text)
    if part is None:
        return None
    return (-1 if part[1] == "-" else 1) * (int(part[2]) * 60 + int(part[3] or 0))


def _found(text: str) -> Iterator[Clock]:
    if _DIGIT.search(text):
        yield from _in_digits(text)
    if _SPOKEN.search(text):
        yield from _spoken(text)


def _in_digits(text: str) -> Iterator[Clock]:
    for part in _ISO.finditer(text):
        zone = offset_minutes(part["zone"] or "")
        yield _clock(part, int(part["hour"]), int(part["minute"]), part["second"], True, zone)
    for part in _PAST.finditer(text):
        yield from _past(text, part)
    for part in _CLOCK.finditer(text):
        yield from _digital(text, part)
    for part in _MILITARY.finditer(text):
        yield _clock(part, int(part["hour"]), int(part["minute"]), None, True, 0 if part["zulu"] else None)
    for part in _HOUR.finditer(text):
        hour, known = _hour(text, part, int(part["hour"]), part["half"])
        if hour is not None:
            yield _clock(part, hour, 0, None, known, _zone(part))
    for part in _LENGTH.finditer(text):
        first, second = int(part["minute"]), int(part["second"])
        shown = (first * 3600 + second * 60, first * 60 + second)
        yield Clock(part.start(), part.end(), -1, True, True, None, shown, clock_only=False)


def _spoken(text: str) -> Iterator[Clock]:
    for part in _PAST.finditer(text):
        yield from _past(text, part)
    for part in _OCLOCK.finditer(text):
        hour, known = _hour(text, part, SMALL[part["hour"].lower()], part["half"])
        if hour is not None:
            yield _clock(part, hour, _minutes(part["minute"]), None, known, None)
    for part in _NAMED.finditer(text):
        yield _clock(part, 12 if part["noon"] else 0, 0, None, True, None)


def _digital(text: str, part: re.Match[str]) -> Iterator[Clock]:
    mark, half = part["mark"].strip(), part["half"]
    minute = int(part["minute"])
    written = int(part["hour"])
    if mark == "." and not (half and half[0].lower() in "apo"):
        return  # a decimal number
    length = bool(half) and half[0].lower() == "h" and mark == ":"
    hour, _ = _hour(text, part, written, None if length else half)
    if hour is None:
        return
    second = int(part["second"] or 0)
    durations: tuple[int, ...] = (written * 3600 + minute * 60 + second,)
    if part["second"] is None:
        durations = (*durations, written * 60 + minute)
    # Digits without am and pm are read by 24 hours; only spoken hours stay open.
    yield Clock(
        part.start(), part.end(), hour * 3600 + minute * 60 + second, part["second"] is not None, True,
        _zone(part), durations, clock_only=bool(half) and not length,
    )  # fmt: skip


def _past(text: str, part: re.Match[str]) -> Iterator[Clock]:
    said = part["hour"].lower()
    minutes = {"half": 30}.get(
        (part["part"] or "").lower(), 15 if part["part"] else _minutes(part["minutes"])
    )
    fixed = {"noon": 12, "midnight": 24}.get(said)
    if fixed is None:
        hour, known = _hour(text, part, SMALL.get(said, 0) or int(said), part["half"])
        if hour is None:
            return
    else:
        hour, known = fixed, True
    back = part["way"].lower() in ("to", "before", "till")
    seconds = hour * 3600 + (-60 if back else 60) * minutes
    yield Clock(part.start(), part.end(), seconds % DAY_S, False, known or fixed is not None)


def _minutes(said: str | None) -> int:
    if said is None:
        return 0
    if said.isdigit():
        return int(said)
    tens = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50}
    return sum(tens.get(word, SMALL.get(word, 0)) for word in re.split(r"[\s-]", said.lower()))


def _hour(text: str, part: re.Match[str], hour: int, half: str | None) -> tuple[int | None, bool]:
    """The hour by 24, and whether that is certain; None where it cannot be (14 am)."""
    kind = (half or "").lower()[:1]
    if kind == "p":
        return (hour % 12 + 12, True) if hour <= 12 else (hour, True)
    if kind == "a":
        return (hour % 12, True) if hour <= 12 else (None, True)
    if hour > 12:
        return hour, True
    behind = part.end()
    if _LATE.match(text, behind) or _LATE_BEFORE.search(text, max(0, part.start() - 40), part.start()):
        return (hour % 12 + 12 if hour < 12 or "night" not in text[behind : behind + 16] else 0), True
    if _EARLY.match(text, behind):
        return hour % 12, True
    return hour, False


def _zone(part: re.Match[str]) -> int | None:
    if part["offset"]:
        return offset_minutes(part["offset"].strip())
    if part["words"]:
        return 0
    return _ZONES[part["name"].lower()] if part["name"] else None


def _clock(
    part: re.Match[str], hour: int, minute: int, second: str | None, known: bool, zone: int | None
) -> Clock:
    seconds = hour * 3600 + minute * 60 + int(second or 0)
    return Clock(part.start(), part.end(), seconds % DAY_S, second is not None, known, zone)
