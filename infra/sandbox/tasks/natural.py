"""Values as people write them: 14 July 2026, 2:30 pm, 250,000."""

import datetime
import re
from dataclasses import dataclass
from random import Random

from infra.sandbox.tasks.documents import Json, ParameterDocument
from infra.sandbox.tasks.limits import is_number

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_SNAKE = re.compile(r"[a-z0-9]+(_[a-z0-9]+)+")
LONG_TEXT = 40
"""Characters from which on a text is put in quotes."""


@dataclass(frozen=True)
class Manner:
    """How one person writes dates, times and large numbers."""

    dates: str
    """``iso``, ``day first`` or ``month first``."""
    half_day: bool
    """2:30 pm instead of 14:30."""
    separators: bool
    """250,000 instead of 250000."""


def draw_manner(rng: Random) -> Manner:
    """Draw a person's habits."""
    dates = rng.choices(("iso", "day first", "month first"), (2, 3, 2))[0]
    return Manner(dates, rng.random() < 0.3, rng.random() < 0.5)


def written(parameter: ParameterDocument, value: Json, manner: Manner) -> str:
    """Return an argument in a person's writing."""
    if parameter.kind == "DATE" and isinstance(value, str):
        return written_date(value, manner)
    if parameter.kind == "TIME" and isinstance(value, str):
        return _written_time(value, manner)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if is_number(value):
        large = parameter.kind == "NUMBER" and abs(value) >= 10_000 and manner.separators
        return written_number(value, large)
    if isinstance(value, list):
        return ", ".join(written_number(v) if is_number(v) else str(v) for v in value)
    text = str(value)
    return text.replace("_", " ") if parameter.kind == "ENUM" and _SNAKE.fullmatch(text) else text


def wants_quotes(parameter: ParameterDocument, text: str) -> bool:
    """Tell whether a text would run into the sentence around it."""
    loose = len(text) > LONG_TEXT or text.count(" ") > 3 or text[-1:] in ".?!,;:" or "\n" in text
    return parameter.kind == "STRING" and loose


def written_number(value: float, separators: bool = False) -> str:
    """Return a number without an exponent and without a needless fraction: 1500.0 is 1500."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    if separators:
        return f"{value:,}"
    return f"{value:.12f}".rstrip("0").rstrip(".") if "e" in repr(value) else repr(value)


def written_date(value: str, manner: Manner) -> str:
    """Return a date; also one that no calendar has, such as 30 February."""
    parts = _DAY.fullmatch(value)
    if manner.dates == "iso" or parts is None or not 1 <= int(parts[2]) <= 12:
        return value
    year, month, day = parts[1], MONTHS[int(parts[2]) - 1], int(parts[3])
    return f"{day} {month} {year}" if manner.dates == "day first" else f"{month} {day}, {year}"


def _written_time(value: str, manner: Manner) -> str:
    hour, minute = (int(part) for part in value.split(":"))
    if not manner.half_day or hour > 23:
        return value
    return datetime.time(hour, minute).strftime("%I:%M").lstrip("0") + (" am" if hour < 12 else " pm")
