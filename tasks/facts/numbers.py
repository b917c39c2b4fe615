"""Quantities in a text: how a number may be read, how exactly it is shown, and its unit (pure)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tasks.facts.currencies import SIGNS
from tasks.facts.digits import Value, readings, style
from tasks.facts.spans import Span, Taken
from tasks.facts.units import Unit, named, unit_at
from tasks.facts.words import FRACTIONS, MAGNITUDES, word_numbers


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in plain text."""

    start: int
    end: int
    """With its unit."""
    values: tuple[Value, ...]
    """Readings, the likeliest first."""
    units: tuple[Unit, ...] = ()
    """What its unit may mean; empty where none stands there."""
    ratio: bool = False
    """Its unit goes on with `per ...` and is no unit of the table."""
    ordinal: bool = False
    compass: str = ""
    """N, E, S or W behind it."""
    rough: bool = False
    """`about` or the like stands before it, or a magnitude behind it."""
    power: tuple[int, int] | None = None
    """Base and exponent of `2^3`."""
    weak: bool = False
    """Only perhaps a number of its own: it may be what was meant, and is no rival of another."""
    digits_end: int = 0
    """Where the number ends and its unit begins."""

    @property
    def value(self) -> float:
        """The likeliest reading."""
        return self.values[0].value


_CODES = (
    "AUD|BRL|CAD|CHF|CNY|CZK|DKK|EUR|GBP|HKD|HUF|INR|JPY|KES|KRW|MXN|NOK|NZD|PLN|RON|SEK|SGD|TND|TRY|USD|ZAR"
)
_CLUSTER = re.compile(
    r"(?<![\w^])(?<![0-9][.,'])"
    r"(?:[0-9]{1,3}(?: [0-9]{3})+(?![0-9])(?:[.,][0-9]+)?|[0-9]+(?:[.,'_][0-9]+)*|\.[0-9]+)"
)
_EXPONENT = re.compile(
    r"[eE]([+-]?[0-9]{1,3})(?!\w|\.[0-9])|\s*[x×*·]\s*10\s*\^?\s*\(?([+-]?[0-9]{1,3})\)?(?![0-9]|\.[0-9])"
)
_MAGNITUDE = re.compile(r"[ -]?(hundred|thousand|million|billion|trillion)s?\b|(k)\b|\s(mn|mio|bn)\b", re.I)
_ORDINAL = re.compile(r"(?:st|nd|rd|th)\b")
_POWER = re.compile(r"\^([0-9]{1,2})(?![0-9]|\.[0-9])")
_FRACTION = re.compile(r"(?<![\w/.,])(?:([0-9]{1,4})[ -])?([0-9]{1,6})\s?/\s?([0-9]{1,6})(?![\w/]|[.,][0-9])")
_GLUED = re.compile(r"(?=[A-Za-z_])")
_COMPASS = re.compile(r"\s?°?\s?(?:([NSEW])\b|(?:degrees?\s+)?(north|south|east|west)\b)", re.I)
_DEGREES = re.compile(
    r"([0-9]{1,3})\s?(?:°|º|deg(?:rees)?)\s?([0-9]{1,2}(?:\.[0-9]+)?)\s?(?:'|arcmin(?:utes)?|min(?:utes)?)"
    r"(?:\s?([0-9]{1,2}(?:\.[0-9]+)?)\s?(?:\"|''|arcsec(?:onds)?|sec(?:onds)?))?"
)
_FEET = re.compile(
    r"(?<![\w.,'])([0-9]{1,2})\s?(?:'|ft|feet|foot)\s?([0-9]{1,2}(?:\.[0-9]+)?)\s?(?:\"|''"
    r"|in(?:ch(?:es)?)?\b)"
)
_ROUGH = re.compile(
    r"(?:\babout|\baround|\broughly|\bapprox(?:imately)?\.?|\bcirca|\bca\.?|\bnearly|\balmost|\bsome"
    r"|\bjust (?:under|over)"
    r"|\bjust about|\bclose to|\brounded(?: to)?|\ba (?:little|bit|touch|shade) (?:over|under|more than"
    r"|less than)"
    r"|\bslightly (?:over|under)|[~≈])[\s$€£¥*(]*(?:a\s)?$",
    re.I,
)
_AND_PART = re.compile(
    r"\s+and\s+(?:a\s+|an\s+|one\s+)?(half|third|quarter|three[\s-]quarters|two[\s-]thirds)\b", re.I
)
_WORD_FRACTION = re.compile(
    r"(?<!and )\b(?:(half)(?=\s+an?\b|\s+the\b|\s+of\b)|(one|a|two|three|five|seven)[\s-](half|thirds?"
    r"|quarters?|fifths?|sixths?|eighths?|tenths?))\b",
    re.I,
)
_PARTS = {"half": 2, "third": 3, "quarter": 4, "fifth": 5, "sixth": 6, "eighth": 8, "tenth": 10}
_COUNTS = {"one": 1, "a": 1, "two": 2, "three": 3, "five": 5, "seven": 7}
_MINUS_WORD = re.compile(r"\b(?:minus|negative)\s+$", re.I)
_SIGN = re.compile(r"(?:^|(?<=[\s(\[{:=|\"'<>≈~,;/]))([+-])\s?$")
_MARKER = re.compile(r"(?m)(?:^\s*|(?<=\s))\(?([0-9]{1,2})\)(?=\s)|^\s*([0-9]{1,2})\.(?=\s)")
_SIGN_BEFORE = re.compile(r"(?:" + "|".join(re.escape(sign) for sign in SIGNS) + r")\s?$")


def quantities(text: str, taken: Sequence[Span]) -> list[Quantity]:
    """Every number of a plain text, in order.

    Args:
        text: see `characters.plain`.
        taken: what is a date, a time of day or a code, and holds no number of its own; in order.
    """
    blocked = Taken([*taken, *list_markers(text)])
    continental = style(text)
    found: list[Quantity] = []
    for degrees in _DEGREES.finditer(text):
        if not blocked.meets(degrees.start(), degrees.end()):
            found.append(_degrees(text, degrees))
            blocked.add(degrees.start(), degrees.end())
    for tall in _FEET.finditer(text):
        if blocked.meets(*tall.span()):
            continue
        value = int(tall[1]) + float(tall[2]) / 12
        found.append(Quantity(*tall.span(), (Value(value, 1 / 12),), named("ft"), digits_end=tall.end()))
        blocked.add(*tall.span())
    for part in _FRACTION.finditer(text):
        if int(part[3]) and not blocked.meets(part.start(), part.end()):
            value = int(part[1] or 0) + int(part[2]) / int(part[3])
            whole = _whole(text, part.start(), part.end(), (Value(value, 0.0),))
            found += [whole] if whole else []
            blocked.add(part.start(), part.end())
    reached = 0
    for cluster in _CLUSTER.finditer(text):
        if cluster.start() < reached or blocked.meets(cluster.start(), cluster.end()):
            continue
        parts = list(_of_cluster(text, cluster.start(), cluster.group(), continental))
        reached = max([cluster.end(), *(each.end for each in parts)])
        found += parts
    for each in found:
        blocked.add(each.start, each.end)
    found += _in_words(text, blocked)
    return _joined(text, sorted(found, key=lambda each: (each.start, -each.end)))


def list_markers(text: str) -> list[Span]:
    """Where `1.` and `2)` count points instead of saying something: they begin at one and go on by one."""
    spans: list[Span] = []
    expected = 1
    for marker in _MARKER.finditer(text):
        number = int(marker[1] or marker[2])
        if number == expected:
            spans.append(marker.span())
            expected += 1
        elif number == 1:
            spans, expected = [*spans, marker.span()], 2
    return spans if len(spans) > 1 else []


def _of_cluster(text: str, start: int, cluster: str, continental: bool | None) -> Iterator[Quantity]:
    for offset, part, values, weak in readings(cluster, continental):
        found = _whole(text, start + offset, start + offset + len(part), values)
        if found is not None:
            yield replace(found, weak=True) if weak else found


def _whole(text: str, start: int, end: int, values: tuple[Value, ...]) -> Quantity | None:
    """The quantity of digits at a place: sign, exponent, magnitude and unit; None for a part of a code."""
    rough = False
    power: tuple[int, int] | None = None
    ordinal = False
    if exponent := _EXPONENT.match(text, end):
        factor = 10.0 ** int(exponent[1] or exponent[2])
        values, end = _scaled(values, factor), exponent.end()
    elif raised := _POWER.match(text, end):
        base = values[0].value
        if base == int(base) and abs(base) < 1e6:
            power = (int(base), int(raised[1]))
            values = (Value(base ** power[1], 1.0),)
        end = raised.end()
    elif magnitude := _MAGNITUDE.match(text, end):
        word = (magnitude[1] or magnitude[2] or magnitude[3]).lower()
        factor = MAGNITUDES.get(word) or {"k": 1e3, "mn": 1e6, "mio": 1e6}.get(word, 1e9)
        values, end, rough = _scaled(values, factor), magnitude.end(), True
        if magnitude[2] == "K":
            values = (*values, *_scaled(values, 1 / factor))
    elif _ORDINAL.match(text, end):
        ordinal, end = True, end + 2
    digits_end = end
    units, ratio = _unit(text, start, end)
    unit = unit_at(text, end)
    if unit is not None:
        end = unit[0]
    elif digits_end < len(text) and text[digits_end].isalpha() and text[digits_end] not in "xX" and not rough:
        return None
    compass = ""
    if pointed := _COMPASS.match(text, digits_end):
        compass = (pointed[1] or pointed[2])[0].upper()
        if not (pointed[1] or "").islower():
            end = max(end, pointed.end())
        else:
            compass = ""
    before = text[max(0, start - 40) : start]
    sign_start, negative = _sign(before)
    if negative:
        values = tuple(replace(each, value=-each.value) for each in values)
    return Quantity(
        start - sign_start, end, values, units, ratio, ordinal, compass,
        rough or _ROUGH.search(before[: len(before) - sign_start]) is not None, power, digits_end=digits_end,
    )  # fmt: skip


def _unit(text: str, start: int, end: int) -> tuple[tuple[Unit, ...], bool]:
    if behind := unit_at(text, end):
        return behind[1], behind[2]
    before = _SIGN_BEFORE.search(text, max(0, start - 6), start)
    return (named(before.group().strip()), False) if before else ((), False)


def _sign(before: str) -> tuple[int, bool]:
    """Length of the sign at the end of `before`, and whether it is a minus."""
    bare = _SIGN_BEFORE.sub("", before)
    if word := _MINUS_WORD.search(bare):
        return len(before) - word.start(), True
    if sign := _SIGN.search(bare):
        spaced = sign.group().endswith(" ")
        if sign[1] == "-" and (not spaced or bare[: sign.start()].rstrip()[-1:] in (":", "=", "|", "")):
            return len(before) - sign.start(), True
    return 0, False


def _scaled(values: tuple[Value, ...], factor: float) -> tuple[Value, ...]:
    return tuple(Value(each.value * factor, each.step * factor, each.grouped) for each in values)


def _degrees(text: str, found: re.Match[str]) -> Quantity:
    value = int(found[1]) + float(found[2]) / 60 + float(found[3] or 0) / 3600
    pointed = _COMPASS.match(text, found.end())
    end = pointed.end() if pointed else found.end()
    length, negative = _sign(text[max(0, found.start() - 40) : found.start()])
    step = 1 / 3600 if found[3] else 1 / 60
    shown = Value(-value if negative else value, step)
    compass = (pointed[1] or pointed[2])[0].upper() if pointed else ""
    return Quantity(
        found.start() - length, end, (shown,), (Unit("angle"),), compass=compass, digits_end=found.end()
    )


def _in_words(text: str, blocked: Taken) -> Iterator[Quantity]:
    claimed = Taken()
    for part in _WORD_FRACTION.finditer(text):
        name = (part[3] or "half").lower().rstrip("s")
        value = _COUNTS[(part[2] or "one").lower()] / _PARTS.get(name, 2)
        unit = unit_at(text, part.end()) or _of_unit(text, part.end())
        claimed.add(*part.span())
        end = unit[0] if unit else part.end()
        yield Quantity(
            part.start(), end, (Value(value, 0.0),), unit[1] if unit else (), digits_end=part.end()
        )
    last = None
    for word in word_numbers(text):
        if (
            last
            and text[last.end : word.start] in (" ", "-")
            and last.value < 1000
            and 10 <= word.value < 100
        ):
            price = last.value + word.value / 100  # twenty-two fifty
            yield Quantity(last.start, word.end, (Value(price, 0.01),), weak=True, digits_end=word.end)
        last = word
        if blocked.meets(word.start, word.end) or claimed.meets(word.start, word.end):
            continue
        said = text[word.start : word.end].lower()
        if said in ("second", "third", "first"):
            continue
        value, step, end = word.value, 10.0**-word.decimals, word.end
        if part_of := _AND_PART.match(text, end):
            name = part_of[1].lower().replace("-", " ")
            value += {"three quarters": 0.75, "two thirds": 2 / 3}.get(name) or FRACTIONS[name]
            step, end = 0.0, part_of.end()
            if _ROUGH.search(text, max(0, word.start - 40), word.start):
                step = 0.5 if name == "half" else 0.25
        sign_start, negative = _sign(text[max(0, word.start - 40) : word.start])
        found = unit_at(text, end)
        values = (Value(-value if negative else value, step),)
        rough = _ROUGH.search(text, max(0, word.start - 40), word.start) is not None
        yield Quantity(
            word.start - sign_start, found[0] if found else end, values, found[1] if found else (),
            bool(found and found[2]), word.ordinal, rough=rough, weak=said in ("one", "zero"), digits_end=end,
        )  # fmt: skip


_OF = re.compile(r"\s+(?:of\s+)?(?:an?|the)\s+([a-z]+)\b", re.I)


def _of_unit(text: str, place: int) -> tuple[int, tuple[Unit, ...], bool] | None:
    """`half an hour`, `a quarter of a mile`."""
    found = _OF.match(text, place)
    units = named(found[1]) if found else ()
    return (found.end(), units, False) if found and units else None


_COMPOSED = {"time", "length", "mass"}
_GAP = re.compile(r"(?:\s*,?\s*and\s+|\s*,\s*|\s*)")
_ARTICLE_UNIT = re.compile(r"\b(?:an?)\s+(hour|day|week|minute|year)\b", re.I)


def _joined(text: str, found: list[Quantity]) -> list[Quantity]:
    """`6 h 52 min` and `5 ft 11` as one quantity beside its parts, which stay as weak ones."""
    taken = Taken((each.start, each.end) for each in found)
    for article in _ARTICLE_UNIT.finditer(text):
        units = named(article[1])
        if not taken.meets(article.start(), article.start() + 1):
            shown = (Value(1.0, 1.0),)
            found.append(
                Quantity(
                    article.start(), article.end(), shown, units, weak=True, digits_end=article.start() + 1
                )
            )
    found.sort(key=lambda each: (each.start, -each.end))
    joined: list[Quantity] = []
    place = 0
    while place < len(found):
        run = [found[place]]
        while place + len(run) < len(found) and _goes_on(text, run[-1], found[place + len(run)]):
            run.append(found[place + len(run)])
        if len(run) > 1:
            joined.append(_sum(run))
            joined += [replace(each, weak=True) for each in run]
        else:
            joined.append(run[0])
        place += len(run)
    return joined


def _goes_on(text: str, first: Quantity, second: Quantity) -> bool:
    larger, smaller = _common(first, second)
    if larger is None or smaller is None or second.start < first.end:
        return False
    gap = text[first.end : second.start]
    if not _GAP.fullmatch(gap) or ("," in gap and larger.dimension != "time"):
        return False
    return (
        first.value == int(first.value)
        and smaller.factor < larger.factor
        and abs(second.value) * smaller.factor < larger.factor * 1.0001
    )


def _common(first: Quantity, second: Quantity) -> tuple[Unit | None, Unit | None]:
    """Units of two neighbours that measure the same thing."""
    for one in first.units:
        for other in second.units:
            if one.dimension == other.dimension and one.dimension in _COMPOSED and other.factor < one.factor:
                return one, other
    return None, None


def _sum(run: list[Quantity]) -> Quantity:
    unit, smallest = _common(run[0], run[1])
    assert unit is not None and smallest is not None
    total, step, above = abs(run[0].value), run[0].values[0].step, unit
    for each in run[1:]:
        below = next(
            other for other in each.units if other.dimension == unit.dimension and other.factor < above.factor
        )
        total += each.value * below.factor / unit.factor
        step, above = each.values[0].step * below.factor / unit.factor, below
    sign = -1 if run[0].value < 0 else 1
    return replace(run[0], end=run[-1].end, values=(Value(sign * total, step),), units=(unit,), weak=False)
