"""Inventing values for an instruction, from the documentation of a parameter and from nothing else."""

import datetime
import random
import re
from typing import Any

from infra.sandbox.teacher.documents import Function, Parameter, listed_examples
from infra.sandbox.teacher.lexicon import word_set
from infra.sandbox.teacher.words import name_words

MOST_DAYS = 200
"""Dates are moved this many days beyond the documented example at most."""
_IDENTIFIERS = word_set("id ids code number key symbol isbn ean iban table seed")


def documented(parameter: Parameter) -> list[Any]:
    """All values that the documentation shows: the example, those listed in the description, the default."""
    listed = listed_examples(parameter.description) if parameter.kind not in ("array", "object") else []
    pool: list[Any] = []
    for value in (parameter.example, *listed, parameter.default):
        read = _typed(parameter, value)
        if read not in (None, "") and read not in pool:
            pool.append(read)
    return pool


def _typed(parameter: Parameter, value: Any) -> Any:
    """Bring a documented value, which may be written as text, to the parameter's type; None if it cannot."""
    if value is None or parameter.kind not in ("integer", "number"):
        return value if parameter.kind != "array" or isinstance(value, list) else None
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return (
        int(number)
        if number == int(number) and (parameter.kind == "integer" or "." not in str(value))
        else number
    )


def _moved_date(value: str, days: int) -> str | None:
    """Move a date, a date and time, or a month by so many days (months: days / 30)."""
    try:
        if re.fullmatch(r"\d{4}-\d\d", value):
            months = int(value[:4]) * 12 + int(value[5:]) - 1 + days // 30
            return f"{months // 12:04d}-{months % 12 + 1:02d}"
        return (datetime.date.fromisoformat(value[:10]) + datetime.timedelta(days=days)).isoformat() + value[
            10:
        ]
    except ValueError:
        return None


def _near_number(parameter: Parameter, value: int | float, rng: random.Random) -> int | float:
    """A number near a documented one: within 3 of an integer, a tenth of a real number, and in its range."""
    low = parameter.minimum if parameter.minimum is not None else (0 if value >= 0 else float("-inf"))
    high = parameter.maximum if parameter.maximum is not None else float("inf")
    if parameter.kind == "integer" or isinstance(value, int):
        near = value + rng.randint(-3, 3) if abs(value) < 1_000 else value + rng.randint(-3, 3) * _step(value)
        if parameter.minimum is None and value > 0:
            low = max(low, 1)
    else:
        decimals = len(repr(value).partition(".")[2])
        near = round(value * rng.uniform(0.9, 1.1), decimals)
    return near if low <= near <= high else value


def _step(value: int | float) -> int:
    """The round step of a large number: 250000 moves in ten thousands, a year moves in ones."""
    zeros = len(str(int(value))) - len(str(int(value)).rstrip("0"))
    return int(10**zeros) if zeros >= 3 else 1


def invent(parameter: Parameter, days: int, place: int, rng: random.Random) -> Any:
    """Make a value for a parameter.

    Args:
        parameter: what is documented.
        days: how far the dates of this call are moved; one number for all, so that their order stays.
        place: which of several listed examples is taken; one number for all, as lists of examples often go
            together (cities and their countries).
        rng: source of chance.

    Returns:
        the value, or None where the documentation shows nothing to go by.
    """
    if parameter.kind == "enum":
        return rng.choice(parameter.enum)
    if parameter.kind == "boolean":
        return rng.random() < 0.5
    pool = documented(parameter)
    if not pool:
        if parameter.kind == "integer" and parameter.minimum is not None and parameter.maximum is not None:
            return rng.randint(int(parameter.minimum), int(parameter.maximum))
        return None
    if parameter.kind in ("date", "datetime", "month"):
        return _moved_date(str(pool[0]), days)
    value = pool[place % len(pool)]
    if parameter.kind in ("integer", "number") and not set(name_words(parameter.name)) & _IDENTIFIERS:
        return _near_number(parameter, value, rng)
    return value


def is_usable(function: Function) -> bool:
    """Say whether the documentation gives a value to go by for every required parameter."""
    rng = random.Random(0)
    return all(invent(parameter, 0, 0, rng) is not None for parameter in function.required)


def invent_arguments(function: Function, rng: random.Random, optional_share: float) -> dict[str, Any]:
    """Make values for all required parameters, and for some of the optional ones."""
    days, place = rng.randint(0, MOST_DAYS), rng.randrange(60)
    arguments: dict[str, Any] = {}
    for parameter in function.parameters:
        # An optional free text without a default seldom goes with any other values (a region, a country).
        share = (
            optional_share / 3 if parameter.kind == "string" and parameter.default is None else optional_share
        )
        if not parameter.required and (parameter.kind == "object" or rng.random() >= share):
            continue
        value = invent(parameter, days, place, rng)
        if value is not None:
            arguments[parameter.name] = value
    return arguments
