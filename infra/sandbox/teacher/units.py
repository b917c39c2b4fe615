"""Units: the unit that stands beside a number, and the one that a parameter is documented in."""

import re
from functools import lru_cache

from infra.sandbox.teacher.words import name_words

_UNITS = """
km kilometre kilometres kilometer kilometers
m metre metres meter meters
cm centimetre centimetres centimeter centimeters
mm millimetre millimetres millimeter millimeters
mile miles mi
foot feet ft
inch inches in
kg kilogram kilograms kilo kilos
g gram grams gramme grammes
mg milligram milligrams
lb lbs pound pounds
tonne tonnes
litre litres liter liters l
ml millilitre millilitres milliliter milliliters
kmh kph
mph
knot knots kn
celsius c °c
fahrenheit f °f
kelvin
percent % pct
degree degrees °
second seconds sec secs s
minute minutes min mins
hour hours h hrs
day days
week weeks
month months
year years
watt watts w
kw kilowatt kilowatts
kwh
wh
volt volts v
ampere amperes amp amps a
ma milliampere milliamperes
ohm ohms Ω ω
m2
hz hertz
bpm
kcal kilocalorie kilocalories calories
pixel pixels px
page pages
person people persons guest guests friend friends traveller travellers
piece pieces
sheet sheets
gev
dpi
""".strip().splitlines()
_CANONICAL = {word: line.split()[0] for line in _UNITS for word in line.split()}
_TIED = re.compile(r"\[([^\]]{1,12})\]")
_SPOKEN = re.compile(r"\b(?:in|number of|how many)\s+([a-z]+)", re.IGNORECASE)
_COMPOUND: dict[tuple[str, ...], str] = {
    ("km", "h"): "kmh",
    **{
        (km, per, "hour"): "kmh"
        for km in ("km", "kilometres", "kilometers", "kilometre", "kilometer")
        for per in ("per", "an", "each")
    },
    **{("degrees", scale): scale for scale in ("celsius", "fahrenheit")},
    ("degrees", "c"): "celsius",
    ("degrees", "f"): "fahrenheit",
    ("watt", "hours"): "wh",
    ("kilowatt", "hours"): "kwh",
    ("kilowatt", "hour"): "kwh",
    ("square", "metres"): "m2",
    ("square", "meters"): "m2",
    ("miles", "per", "hour"): "mph",
}
_ALIKE = {"degree": frozenset({"celsius", "fahrenheit"}), "m": frozenset({"m2"})}
"""Units that are often said for another one, for short."""
_BARE = frozenset({"in", "a", "s", "m", "c", "f", "w", "v", "g", "h", "l"})
"""Units that are words or letters of their own as well: believed right after a number only."""


@lru_cache(maxsize=8_192)
def unit_beside(text: str) -> str | None:
    """The unit that a text begins with, as its canonical word: that of what follows a number."""
    lower = text.lower().lstrip(" -")
    if lower.startswith("%"):
        return "percent"
    words = re.findall(r"[a-zω°]+", lower[:28])
    if not words or not re.match(r"[a-zω°]", lower):
        return None
    for length in (3, 2):
        if tuple(words[:length]) in _COMPOUND:
            return _COMPOUND[tuple(words[:length])]
    word = words[0]
    if word in {"in", "a"}:
        return None
    return _CANONICAL.get(word)


@lru_cache(maxsize=8_192)
def units_of(name: str, description: str) -> frozenset[str]:
    """The units that a parameter's name or description says it is in; empty where it says nothing."""
    words = list(name_words(name))
    if tuple(words[-3:]) in _COMPOUND:
        return frozenset({_COMPOUND[tuple(words[-3:])]})
    if "per" in words:
        words = words[: words.index("per")]
    found = {_CANONICAL[word] for word in words[-1:] if word in _CANONICAL and word != "in"}
    for match in _TIED.finditer(description):
        if (word := match[1].lower()) in _CANONICAL:
            found.add(_CANONICAL[word])
    if not found:
        found = {
            _CANONICAL[word]
            for match in _SPOKEN.finditer(description)
            if (word := match[1].lower()) in _CANONICAL and word not in _BARE
        }
        if re.search(r"\bper ?cent\b|%", description, re.IGNORECASE):
            found.add("percent")
    return frozenset(found)


def unit_fits(unit: str, units: frozenset[str]) -> bool:
    """Say whether a unit beside a number is one of those, or said for one of them."""
    return unit in units or bool(_ALIKE.get(unit, frozenset()) & units)
