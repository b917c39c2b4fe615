"""Draws arguments that fit the documentation: listed values, and variations of the examples."""

import datetime
import re
from collections.abc import Iterable
from random import Random

from infra.sandbox.tasks.asks import ApiAsks
from infra.sandbox.tasks.documents import ApiDocument, Arguments, Json, ParameterDocument
from infra.sandbox.tasks.limits import is_number, unfit

DAYS_BACK, DAYS_ON = 200, 300
"""How far a drawn date lies from the documented one."""

_RANGE = re.compile(r"From ([0-9]{4}-[0-9]{2}-[0-9]{2}) to ([0-9]{4}-[0-9]{2}-[0-9]{2})")


def draw_arguments(
    api: ApiDocument, asks: ApiAsks, names: Iterable[str], rng: Random, vary: bool
) -> Arguments:
    """Draw a value for each parameter in `names`.

    Args:
        api: the API to be called.
        asks: its sets and further values.
        names: parameters that need a value.
        rng: source of chance.
        vary: also use numbers and dates near the listed ones; otherwise listed ones only.
    """
    wanted = set(names)
    together = rng.choice(asks.sets) if asks.sets else {}
    arguments: Arguments = {name: value for name, value in together.items() if name in wanted}
    shift = rng.randint(-DAYS_BACK, DAYS_ON)
    dates = 0
    for parameter in api.parameters:
        if parameter.name not in wanted or parameter.name in arguments:
            continue
        listed = [*parameter.examples(), *asks.values.get(parameter.name, ())]
        if parameter.kind == "STRING":  # from one currency to another, not to the same
            listed = [value for value in listed if value not in arguments.values()] or listed
        chosen = asks.values.get(parameter.name) is not None
        if vary and rng.random() < (0.3 if chosen else 0.8):
            dates += parameter.kind == "DATE"
            jitter = rng.randint(0, 40) if dates > 1 else 0
            value = _varied(parameter, rng.choice(listed) if listed else None, rng, shift + jitter)
        else:
            value = rng.choice(listed) if listed else _varied(parameter, None, rng, shift)
        if value is not None:
            arguments[parameter.name] = value
    return {p.name: arguments[p.name] for p in api.parameters if p.name in arguments}


def _varied(parameter: ParameterDocument, listed: Json, rng: Random, shift: int) -> Json:
    """Return another value near a listed one; the listed one where there is no telling what else would do."""
    if parameter.kind == "ENUM" and parameter.enum:
        return rng.choice(parameter.enum)
    if parameter.kind == "BOOLEAN":
        return rng.random() < 0.5
    if parameter.kind == "TIME":
        return f"{rng.randint(6, 21):02d}:{5 * rng.randint(0, 11):02d}"
    if listed is None:
        return None
    value = listed
    if parameter.kind == "DATE":
        value = _varied_date(parameter, listed, shift)
    elif parameter.kind == "INTEGER" and is_number(listed):
        value = _varied_integer(parameter, listed, rng)
    elif parameter.kind == "NUMBER" and is_number(listed):
        value = _varied_number(parameter, listed, rng)
    elif parameter.kind == "ARRAY" and isinstance(listed, list):
        value = [_near(number, rng) if is_number(number) else number for number in listed]
    return listed if unfit(parameter, value) else value


def _varied_date(parameter: ParameterDocument, listed: str, shift: int) -> str:
    try:
        day = datetime.date.fromisoformat(listed) + datetime.timedelta(days=shift)
    except (ValueError, OverflowError):
        return listed
    span = _RANGE.search(parameter.description)
    inside = span is None or span[1] <= day.isoformat() <= span[2]
    return day.isoformat() if inside else listed


def _varied_integer(parameter: ParameterDocument, listed: int, rng: Random) -> int:
    if "year" in parameter.name and listed > 1000:
        return listed + rng.randint(-8, 8)
    if abs(listed) < 10:
        return listed + rng.randint(-3, 6)
    return int(_near(listed, rng))


def _varied_number(parameter: ParameterDocument, listed: float, rng: Random) -> float:
    if listed == 0:
        return rng.randint(1, 20)
    if parameter.minimum is not None and parameter.minimum <= -90 and parameter.maximum == -parameter.minimum:
        # Degrees: anywhere on the globe would mostly be sea.
        return round(listed + rng.uniform(-4, 4), 2)
    return _near(listed, rng)


def _near(listed: float, rng: Random) -> float:
    """Return a number of about the same size and as many digits: 250 gives 310, 38.72 gives 51.07."""
    value = listed * rng.uniform(0.6, 1.6)
    digits = f"{abs(listed):.6f}".rstrip("0")
    decimals = len(digits.partition(".")[2])
    if decimals:
        return round(value, decimals)
    zeros = len(digits.rstrip(".")) - len(digits.rstrip(".").rstrip("0")) if listed else 0
    step = 10**zeros // (2 if zeros else 1)
    return int(round(value / step) * step)
