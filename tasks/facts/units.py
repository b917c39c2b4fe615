"""Units of measurement: what they are called, and what one is of another (pure).

A unit has a dimension and a factor to the dimension's base unit; temperatures have an offset too. What is no
unit of this table ("litres per 100 km") is compared by nothing: its number counts as it stands.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from tasks.facts.currencies import CURRENCY_WORDS, same_money
from tasks.facts.unit_table import LINES


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit; two of a dimension can be converted."""

    dimension: str
    factor: float = 1.0
    """Of the dimension's base unit."""
    offset: float = 0.0
    """Of the base unit: kelvin for temperatures."""


_UNSAID = frozenset({"B", "y", "in.", "mb", "gr", "real", "won", "Fr."})
"""Spellings that only documentation uses, or that mean too many things in prose."""


def _table() -> dict[str, tuple[Unit, ...]]:
    known: dict[str, tuple[Unit, ...]] = {}
    for line in LINES.strip().splitlines():
        dimension, factor, *names = line.split()
        unit = Unit(dimension, float(factor))
        for name in names:
            known[name.replace("_", " ")] = (unit,)
    for name in (
        "celsius",
        "°C",
        "deg C",
        "degC",
        "degrees celsius",
        "degree celsius",
        "centigrade",
        "degrees C",
        "C",
    ):
        known[name] = (Unit("temperature", 1.0, 273.15),)
    for name in (
        "fahrenheit",
        "°F",
        "deg F",
        "degF",
        "degrees fahrenheit",
        "degree fahrenheit",
        "degrees F",
        "F",
    ):
        known[name] = (Unit("temperature", 5 / 9, 459.67 * 5 / 9),)
    for name in ("kelvin", "kelvins", "K", "°K", "degrees kelvin"):
        known[name] = (Unit("temperature"),)
    known["nm"] = (Unit("length", 1852), Unit("length", 1e-9))
    known["m"] = (Unit("length"), Unit("time", 60))
    known["F"] = (*known["F"], Unit("capacity"))
    known["C"] = (*known["C"], Unit("charge"))
    for word, code in CURRENCY_WORDS.items():
        known[word] = (*known.get(word, ()), Unit(f"money {code}"))
    return known


UNITS = _table()
"""Spelling to what it may mean; long ones in lower case, short ones as they are written."""
_SHORT = 3
_FOLDED = {name.lower(): units for name, units in UNITS.items() if len(name) > _SHORT or " " in name}
_SPELLINGS = sorted((name for name in UNITS if name not in _UNSAID), key=len, reverse=True)


def _spelling(name: str) -> str:
    text = re.escape(name).replace(r"\ ", "[ -]+")
    return text if len(name) <= _SHORT and " " not in name else f"(?i:{text})"


UNIT_FORM = re.compile(
    "(?:"
    + "|".join(_spelling(name) for name in _SPELLINGS)
    + r")(?![\w^])|[%‰°º]|\"(?=[\s,.;)]|$)|'(?=[\s,.;)]|$)"
)
"""A unit right behind a number and perhaps a blank."""
_PER = re.compile(r"\s*(?:/|\bper\b|\ba\b|\ban\b)\s*(?:100\s*)?[A-Za-z]+\b(?:\^?[23])?")
_SUFFIX_LINES = """
c celsius, f fahrenheit, k kelvin, kmh km/h, kph km/h, min minutes, s seconds, sec seconds, h hours,
pct percent, mev MeV, gev GeV, hz Hz, khz kHz, nt nT, pa Pa, hpa hPa, kpa kPa, kwh kWh, wh Wh, kw kW,
w W, mw MW, v V, ma mA, ns ns, ms ms, l l, deg degrees, km2 km2, m2 m2, m3 m3, mi miles, bearing degrees,
azimuth degrees, elevation degrees, latitude degrees, longitude degrees, declination degrees,
inclination degrees, kt knots, kn knots, ohm ohms, ly ly
"""
_SUFFIXES = dict(each.split() for each in _SUFFIX_LINES.split(","))
"""Last words of keys to units."""
_NO_SUFFIXES = "a au b bar bit cal d day hour in minute month second stone t us week y year yen"
_NO_SUFFIX = frozenset(_NO_SUFFIXES.split())
"""Last words of keys that are units elsewhere and hardly ever here."""


def unit_at(text: str, place: int) -> tuple[int, tuple[Unit, ...], bool] | None:
    """The unit that stands at `place` of plain text, after one blank or hyphen at most.

    Returns:
        where it ends, what it may mean, and whether it goes on with `per ...` that no known unit has;
        None where there is none.
    """
    start = place
    if text[place : place + 1] in (" ", "-") and text[place + 1 : place + 2].strip():
        start += 1
    found = UNIT_FORM.match(text, start)
    if found is None:
        return None
    said = found.group()
    if said in ('"', "'"):
        return (
            (found.end(), (Unit("length", 0.0254 if said == '"' else 0.3048),), False)
            if start == place
            else None
        )
    units = named(said)
    if not units:
        return None
    more = _PER.match(text, found.end())
    return (more.end(), units, True) if more else (found.end(), units, False)


@lru_cache(maxsize=4096)
def named(name: str) -> tuple[Unit, ...]:
    """What a unit's name may mean; empty where it is not known.

    >>> named("Kilometres"), named("furlong")
    ((Unit(dimension='length', factor=1000.0, offset=0.0),), ())
    """
    name = re.sub(r"[\s-]+", " ", name.strip())
    return UNITS.get(name) or _FOLDED.get(name.lower()) or UNITS.get(name.lower(), ())


@lru_cache(maxsize=4096)
def units_of(declared: str, path: str) -> tuple[Unit, ...]:
    """The units a fact's number may be in: what is declared, and what its key ends in.

    A key that speaks of a ratio (`minutes_per_km`) says more than a declared unit without one; what it is a
    ratio of counts as well ("one mole weighs 74 grams").

    >>> [unit.factor for unit in units_of("", "1.distance_km")], units_of("km", "2.minutes_per_km")
    ([1000.0], ())
    """
    key = next((step for step in reversed(path.split(".")) if step and not step.isdecimal()), "").lower()
    units: list[Unit] = []
    if "_per_" in key:
        whole = named(key.replace("_", " ")) or named(key.replace("_per_", "/")) or _ratio(declared)
        top = named(key.partition("_per_")[0].rpartition("_")[2])
        return tuple(dict.fromkeys((*whole, *top, *named(declared)))) if whole else ()
    units += named(declared) if declared else ()
    parts = key.split("_")
    for length in (3, 2, 1):
        tail = parts[-length:]
        if len(tail) < length:
            continue
        name = " ".join(tail)
        found = named(_SUFFIXES.get(name, name)) if name not in _NO_SUFFIX else ()
        if found:
            if length > 1:
                return found  # nautical_miles are no miles
            units += found
            break
    return tuple(dict.fromkeys(units))


def _ratio(declared: str) -> tuple[Unit, ...]:
    return named(declared) if "/" in declared or " per " in declared else ()


def converted(value: float, unit: Unit, to: Unit) -> float | None:
    """A value in another unit of its dimension; None where the dimensions differ."""
    if unit.dimension != to.dimension:
        both_money = unit.dimension.startswith("money") and to.dimension.startswith("money")
        return value if both_money and same_money(unit.dimension, to.dimension) else None
    return (value * unit.factor + unit.offset - to.offset) / to.factor
