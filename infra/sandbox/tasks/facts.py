"""Facts that a right reply must tell: read from answers, and only where no constant would do."""

import datetime
import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from infra.sandbox.tasks.asks import FactAsked
from infra.sandbox.tasks.documents import Arguments, Json
from infra.sandbox.tasks.limits import is_number
from infra.sandbox.tasks.natural import Manner, written_date
from infra.sandbox.tasks.paths import NoSuchPlace, leaves, value_at

DECIMAL_TOLERANCE = 0.005
"""Relative."""
TIME_TOLERANCE_S = 60.0
MAX_LIST = 12
MAX_TEXT = 240
SHARE = 5
"""One value may be the fact of one task, and of one more for each `SHARE` tasks of the same place."""

UNITS: Mapping[str, str] = {
    "km": "km", "m": "m", "cm": "cm", "mm": "mm", "ft": "ft", "miles": "mi", "nm": "nautical miles",
    "km2": "km2", "m2": "m2", "m3": "m3", "litres": "l", "liters": "l", "ml": "ml",
    "kg": "kg", "g": "g", "grams": "g", "mg": "mg", "tonnes": "t",
    "celsius": "celsius", "c": "celsius", "fahrenheit": "fahrenheit", "kelvin": "kelvin", "k": "kelvin",
    "percent": "percent", "pct": "percent", "deg": "degrees", "degrees": "degrees",
    "bearing": "degrees", "elevation": "degrees", "azimuth": "degrees",
    "hours": "hours", "minutes": "minutes", "min": "minutes", "seconds": "seconds", "s": "seconds",
    "milliseconds": "milliseconds", "days": "days", "years": "years",
    "kmh": "km/h", "knots": "knots", "hz": "Hz", "pa": "Pa", "hpa": "hPa", "nt": "nT", "mol": "mol",
    "moles": "mol", "kcal": "kcal", "kwh": "kWh", "kw": "kW", "watts": "W", "w": "W", "eur": "EUR",
    "usd": "USD", "gbp": "GBP",
}  # fmt: skip
"""Unit of a number by the last word of its key."""

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?")
_DATETIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:?[0-9]{2})?"
)
_NUMBER = re.compile(r"-?[0-9]+(?:[.,][0-9]+)*")
_FORMS = tuple(Manner(dates, False, False) for dates in ("iso", "day first", "month first"))


@dataclass(frozen=True)
class Fact:
    """One thing that a right reply tells."""

    path: str
    """Index of the call, then keys and indices of its answer; ``state.<tool>`` for an end state."""
    value: Json
    kind: str
    tolerance: float
    """Relative for numbers, in seconds for times, else 0."""
    unit: str

    def document(self) -> dict[str, Json]:
        """Return the fact as the tasks file has it."""
        return {
            "path": self.path,
            "value": self.value,
            "kind": self.kind,
            "tolerance": self.tolerance,
            "unit": self.unit,
        }


def read_fact(call: int, answer: Json, asked: FactAsked) -> Fact | None:
    """Return the fact at a place of an answer; None where there is nothing that a reply could be held to."""
    try:
        value = value_at(answer, asked.path)
    except NoSuchPlace:
        return None
    kind = asked.kind or kind_of(value)
    if kind is None or not is_kind(value, kind) or not _is_tellable(value):
        return None
    key = next((step for step in reversed(asked.path.split(".")) if not step.isdecimal()), "")
    unit = (unit_of(key) if kind == "number" else "") if asked.unit is None else asked.unit
    tolerance = _tolerance(kind, value) if asked.tolerance is None else asked.tolerance
    return Fact(f"{call}.{asked.path}", value, kind, float(tolerance), unit)


def kind_of(value: Json) -> str | None:
    """Return the kind of fact a JSON value makes; None for null and objects."""
    if isinstance(value, bool):
        return "boolean"
    if is_number(value):
        return "number"
    if isinstance(value, list):
        return "list"
    if not isinstance(value, str):
        return None
    if _DATETIME.fullmatch(value):
        return "datetime"
    if _TIME.fullmatch(value):
        return "time"
    return "date" if _DATE.fullmatch(value) and _is_date(value) else "text"


def is_kind(value: Json, kind: str) -> bool:
    """Tell whether a value can be a fact of a kind that an author names: a text may be read as a date."""
    found = kind_of(value)
    return found == kind or (isinstance(value, str) and kind in ("text", "date", "time", "datetime"))


def unit_of(key: str) -> str:
    """Return the unit that a key ends in, "" where it names none."""
    return UNITS.get(key.lower().rpartition("_")[2], "")


def is_guessable(value: Json) -> bool:
    """Tell what half the constants in the world would satisfy: true, false, 0, 1."""
    return isinstance(value, bool) or (is_number(value) and value in (0, 1, -1))


class Ledger:
    """Counts which values have been facts, so that no value serves too many tasks of one API."""

    def __init__(self) -> None:
        self._seen: dict[str, Counter[str]] = {}

    def is_free(self, place: str, value: Json) -> bool:
        """Tell whether one more task may have this value at a place (API and path)."""
        seen = self._seen.get(place, Counter())
        return seen[_key(value)] <= seen.total() // SHARE and (not seen[_key(value)] or seen.total() >= SHARE)

    def note(self, place: str, value: Json) -> None:
        """Count a value."""
        self._seen.setdefault(place, Counter())[_key(value)] += 1


def is_said(value: Json, instruction: str, arguments: Iterable[Arguments]) -> bool:
    """Tell whether the instruction, or an argument taken from it, already holds a fact's value.

    A text counts as said inside a word too: whoever repeats ``NL004495445B01`` has said ``NL``. A single
    character must stand alone.
    """
    if isinstance(value, list):
        return all(is_said(part, instruction, arguments) for part in value)
    given = [leaf for call in arguments for _, leaf in leaves(call)]
    if is_number(value):
        numbers = [v for v in given if is_number(v)] + _numbers(instruction)
        return any(math.isclose(number, value, rel_tol=1e-9) for number in numbers)
    text = str(value).casefold()
    if any(isinstance(v, str) and (text in v.casefold() if len(text) > 1 else text == v) for v in given):
        return True
    if len(text) > 2 and text in instruction.casefold():
        return True
    forms = {text, *(written_date(text, manner).casefold() for manner in _FORMS)}
    return any(re.search(rf"(?<!\w){re.escape(form)}(?!\w)", instruction.casefold()) for form in forms)


def is_in_answers(value: Json, answers: Iterable[Json]) -> bool:
    """Tell whether an answer holds a value, as a leaf or as a list."""
    return any(
        _key(value) == _key(leaf) for answer in answers for _, leaf in [*leaves(answer), *_lists(answer)]
    )


def _lists(answer: Json) -> Iterable[tuple[str, Json]]:
    if isinstance(answer, list):
        yield "", answer
    for child in answer.values() if isinstance(answer, dict) else answer if isinstance(answer, list) else ():
        yield from _lists(child)


def _key(value: Json) -> str:
    return json.dumps(value, sort_keys=True)


def _numbers(text: str) -> list[float]:
    found = []
    for written in _NUMBER.findall(text):
        with_point = written.replace(",", "")
        found += [float(with_point)] if with_point.count(".") < 2 else []
    return found


def _is_date(value: str) -> bool:
    try:
        datetime.date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_tellable(value: Json) -> bool:
    if isinstance(value, str):
        return 0 < len(value.strip()) <= MAX_TEXT
    if isinstance(value, list):
        plain = all(isinstance(part, str | int | float) and _is_tellable(part) for part in value)
        return plain and 0 < len(value) <= MAX_LIST
    return not isinstance(value, float) or math.isfinite(value)


def _tolerance(kind: str, value: Json) -> float:
    if kind in ("time", "datetime"):
        return TIME_TOLERANCE_S
    decimal = any(isinstance(part, float) for part in (value if isinstance(value, list) else [value]))
    return DECIMAL_TOLERANCE if kind in ("number", "list") and decimal else 0.0
