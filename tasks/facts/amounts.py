"""Where an answer tells a number: its unit, its sign, how it is rounded (pure)."""

import math
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from tasks.facts.clocks import Clock
from tasks.facts.digits import Value
from tasks.facts.numbers import Quantity
from tasks.facts.reading import Reading, Span
from tasks.facts.units import UNITS, Unit, converted
from tasks.facts.wanted import Wanted

ROUNDED_FROM = 10_000
"""Whole numbers from here on may be rounded, where a word or a magnitude says that they are."""

TWO_DIGITS = 0.02
"""How far two significant digits may be off, relatively."""

_DOWN_BEFORE = re.compile(
    r"\b(?:loss(?:es)?|los[et]s?|losing|fell|falls?|fallen|falling|drop(?:s|ped)?|dropping|declin\w+"
    r"|decreas\w+|down|shr[aiu]nk\w*"
    r"|depreciat\w+|reduc\w+|sank|sunk|deficit|negative|behind|minus|slump\w*|plunge\w*|dip(?:s|ped)?"
    r"|weaken\w*|slid|less|lower)\b"
    r"[^.;\n]{0,45}$",
    re.I,
)

_DOWN_AFTER = re.compile(
    r"^[^.;\n0-9]{0,25}?\b(?:below|behind|loss|lower|less|earlier|decrease|decline|drop|fall|down|under"
    r"|negative|short|depreciation|west|south"
    r"|ago|lost|cheaper|weaker|aground|deficit)\b",
    re.I,
)

_BELOW = re.compile(r"^\s*(?:degrees?\s*)?(?:celsius\s*|c\s*)?below\s+(?:zero|freezing)", re.I)


def number_spans(want: Wanted, value: float, answer: Reading, question: Reading) -> list[Span]:
    """Where the answer tells a number, also as a length of time by the clock."""
    whole = isinstance(want.value, int) or (float(value).is_integer() and want.fact.tolerance == 0)
    spans = [
        (each.start, each.end)
        for each in answer.quantities
        if meets(each, want, value, whole, answer.text, question)
    ]
    if any(unit.dimension == "time" for unit in want.units):
        spans += [(each.start, each.end) for each in answer.clocks if _lasts(each, want, value)]
    return spans


def meets(quantity: Quantity, want: Wanted, value: float, whole: bool, text: str, question: Reading) -> bool:
    """Whether a quantity is the value: unit, sign, rounding."""
    tolerance = want.fact.tolerance
    for shown, changed in _in_unit(quantity, want, value, question):
        if not shown.grouped and not (whole and shown.value == value):
            continue
        if changed and _asked(quantity, question):
            continue  # the question's own value is no answer, however it is converted
        if close(shown.value, shown.step, value, tolerance, whole, quantity.rough, changed):
            return not _wrong_side(quantity, value, want, text)
        turned = value < 0 < shown.value and close(
            -shown.value, shown.step, value, tolerance, whole, quantity.rough, changed
        )
        if turned and _points_down(quantity, text):
            return True
    return False


def _asked(quantity: Quantity, question: Reading) -> bool:
    """Whether the question holds the same number with the same unit."""
    return any(
        abs(each.value) == abs(quantity.value) and set(each.units) & set(quantity.units)
        for each in question.quantities
    )


def _in_unit(
    quantity: Quantity, want: Wanted, value: float, question: Reading
) -> Iterator[tuple[Value, bool]]:
    """The quantity's readings in the fact's unit, and whether they were converted."""
    for shown in quantity.values:
        if not want.units:
            yield shown, False
            for factor in _counted_in(want.key):
                yield _scaled(shown, 1 / factor), False
            for unit in quantity.units:
                if unit.dimension == "ratio" and abs(value) <= 1.5:
                    yield _scaled(shown, unit.factor), False
                for asked in _asked_units(question):
                    if asked != unit and (there := converted(shown.value, unit, asked)) is not None:
                        yield replace(shown, value=there, step=shown.step * unit.factor / asked.factor), True
            continue
        if not quantity.units:
            yield shown, False
            if (
                any(unit.dimension == "ratio" for unit in want.units)
                and abs(shown.value) <= 1
                and shown.step <= 0.01
            ):
                for unit in want.units:
                    yield _scaled(shown, 1 / unit.factor), True
            continue
        for unit in quantity.units:
            for own in want.units:
                there = converted(shown.value, unit, own)
                if there is not None:
                    yield replace(shown, value=there, step=shown.step * unit.factor / own.factor), unit != own
                elif own.dimension in ("temperature", "angle") and (
                    (unit.dimension == "angle" and unit.factor == 1) or quantity.compass
                ):
                    yield shown, False


def _counted_in(key: str) -> list[float]:
    """What a key counts in: 4,190 `thousands` of jobs are 4.19 million."""
    words = {"thousand": 1e3, "thousands": 1e3, "million": 1e6, "millions": 1e6}
    return [words[word] for word in key.split("_") if word in words]


def _scaled(shown: Value, factor: float) -> Value:
    return replace(shown, value=shown.value * factor, step=shown.step * factor)


@lru_cache(maxsize=4096)
def _units_named(text: str) -> tuple[Unit, ...]:
    found: dict[Unit, None] = {}
    for part in re.finditer(r"[^\W\d_]+(?:\^?[23]|/[^\W\d_]+)?", text):
        for unit in UNITS.get(part.group(), ()) or UNITS.get(part.group().lower(), ()):
            if len(part.group()) > 1:
                found[unit] = None
    return tuple(found)


def _asked_units(question: Reading) -> tuple[Unit, ...]:
    """Units that the question speaks of: one of them is the answer's where the fact names none."""
    return _units_named(question.text)


def close(
    shown: float, step: float, value: float, tolerance: float, whole: bool, rough: bool, changed: bool
) -> bool:
    """Whether a number that is shown to a place value is the value, within its tolerance or rounded.

    Args:
        shown: what stands in the answer, in the fact's unit.
        step: place value of its last digit; 0 where it is exact.
        value: the fact's.
        tolerance: relative.
        whole: the fact counts something: near is not enough.
        rough: the answer says that it is rounded.
        changed: it was converted from another unit, so that its last digit is not the fact's.
    """
    error = abs(shown - value)
    size = abs(value)
    if error <= (tolerance + 1e-9) * size:
        return True
    if size == 0:
        return error <= 1e-12
    if whole and not changed and (size < ROUNDED_FROM or not (rough or step > 1)):
        return False
    for place in _place_values(shown, step, rough):
        digits = math.floor(math.log10(size) + 1e-12) - math.floor(math.log10(place) + 1e-9) + 1
        if error <= place / 2 * (1 + 1e-6) and (
            digits >= 3 or (digits == 2 and tolerance >= 0.002 and not whole and error <= TWO_DIGITS * size)
        ):
            return True
    return False


def _place_values(shown: float, step: float, rough: bool) -> Iterator[float]:
    if step > 0:
        yield step
    place = 10.0
    while rough and step == 1 and abs(shown) >= place and shown % place == 0:
        yield place
        place *= 10


def _points_down(quantity: Quantity, text: str) -> bool:
    if quantity.compass in ("S", "W"):
        return True
    before, after = text[max(0, quantity.start - 60) : quantity.start], text[quantity.end : quantity.end + 40]
    return _DOWN_BEFORE.search(before) is not None or _DOWN_AFTER.match(after) is not None


def _wrong_side(quantity: Quantity, value: float, want: Wanted, text: str) -> bool:
    """A positive value that is told as a negative one in words."""
    if value <= 0 or quantity.value < 0:
        return False
    if want.key in ("latitude", "longitude", "lat", "lon", "lng") and quantity.compass in ("S", "W"):
        return True
    return _BELOW.match(text[quantity.end : quantity.end + 30]) is not None


def _lasts(clock: Clock, want: Wanted, value: float) -> bool:
    """Whether 6:52 is the fact's length of time."""
    if clock.clock_only:
        return False
    units = [unit for unit in want.units if unit.dimension == "time"]
    return any(
        close(seconds / unit.factor, 60 / unit.factor, value, want.fact.tolerance, False, False, True)
        for seconds in clock.duration_s
        for unit in units
    )
