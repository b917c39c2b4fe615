"""Beliefs: what a model may wrongly think of an API, for one instruction, when it plans a call.

A belief is about a step of the plan: another function is taken for it, a value of the text is read wrongly,
two values change places, one is left out, or a wrong field of an earlier answer is passed on. Whether one is
held, and which, is drawn from the mind (`draws.py`), so that it may be held again by siblings and restarts.
"""

import datetime
import itertools
import random
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from infra.sandbox.teacher.claims import Claim
from infra.sandbox.teacher.documents import Parameter
from infra.sandbox.teacher.draws import Mind, weighted
from infra.sandbox.teacher.knowledge import CODES
from infra.sandbox.teacher.plan import Plan, Step
from infra.sandbox.teacher.reader import Reading, read_values
from infra.sandbox.teacher.skills import BELIEFS

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
Believed = Step | None
"""The step as it is wrongly believed; None where the mistake cannot be made of this step."""


def other_date(value: str, rng: random.Random) -> str:
    """A date read wrongly: a day off, month and day exchanged, or the year before; what follows it stays."""
    try:
        day = datetime.date.fromisoformat(value[:10])
    except ValueError:
        return value
    kind = rng.choice(("day", "day", "exchanged", "year"))
    if kind == "exchanged" and day.day <= 12 and day.day != day.month:
        day = day.replace(month=day.day, day=day.month)
    elif kind == "year" and (day.month, day.day) != (2, 29) and day.year > datetime.MINYEAR:
        day = day.replace(year=day.year - 1)
    else:
        moved = day.toordinal() + rng.choice((-1, 1))
        day = datetime.date.fromordinal(min(max(moved, 1), datetime.date.max.toordinal()))
    return day.isoformat() + value[10:]


def other_number(value: int | float, rng: random.Random) -> int | float:
    """A number read wrongly: its sign lost, two digits exchanged, a digit dropped or doubled."""
    if value < 0 and rng.random() < 0.5:
        return -value
    digits = repr(abs(value))
    places = [
        i for i, (a, b) in enumerate(itertools.pairwise(digits)) if a.isdigit() and b.isdigit() and a != b
    ]
    if places and rng.random() < 0.5:
        at = rng.choice(places)
        digits = digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :]
    elif len(digits) > 1 and digits[-2:] != ".0" and rng.random() < 0.5:
        digits = digits[:-1].removesuffix(".")
    else:
        return value * 10 if rng.random() < 0.5 else value + rng.choice((-1, 1))
    read = float(digits) if "." in digits or "e" in digits else int(digits)
    return -read if value < 0 else read


def other_value(parameter: Parameter, value: Any, rng: random.Random) -> Any:
    """Another value than the one meant, as a careless reader might take it; the same where there is none."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return other_number(value, rng)
    if isinstance(value, list):
        return value[:-1] if len(value) > 1 else value
    if parameter.kind == "enum":
        others: list[Any] = [member for member in parameter.enum if member != value]
    elif _DAY.match(str(value)):
        return other_date(str(value), rng)
    else:
        others = [sample for sample in parameter.samples if sample != value]
        if not others and parameter.meaning in CODES and parameter.is_code:
            others = sorted({code for code in CODES[parameter.meaning].values() if code != value})
    if others:
        return rng.choice(others)
    words = str(value).split()
    return " ".join(words[:-1]) if len(words) > 1 else value


def _with_claims(step: Step, claims: tuple[Claim, ...]) -> Step:
    return replace(step, reading=Reading(claims, step.reading.missing))


def _wrong_function(step: Step, plan: Plan, rng: random.Random) -> Believed:
    right = step.function
    near = [pair for pair in step.ranked[1:]]
    rest = [function for function in plan.offer.functions if function is not right]
    if not rest:
        return None
    score, function = rng.choice(near) if near else (1.0, rng.choice(rest))
    reading = read_values(function, plan.instruction, step.clause.start, step.clause.end)
    guessed = tuple(
        Claim(parameter, example, -1, -1, 0.0)
        for parameter in reading.missing
        if (example := guess(parameter)) is not None
    )
    lacking = tuple(p for p in reading.missing if all(claim.parameter is not p for claim in guessed))
    return Step(step.clause, ((score, function),), Reading(reading.claims + guessed, lacking), {})


def guess(parameter: Parameter) -> Any:
    """What somebody without the value would write: the documented default, example or first member."""
    for value in (parameter.default, parameter.example, *parameter.samples[:1], *parameter.enum[:1]):
        if value is None:
            continue
        if parameter.kind not in ("integer", "number"):
            return value
        if re.fullmatch(r"-?\d+(\.\d+)?", str(value)):
            number = float(value)
            return int(number) if parameter.kind == "integer" or number == int(number) else number
    return None


def _wrong_value(step: Step, plan: Plan, rng: random.Random) -> Believed:
    claims = list(step.reading.claims)
    for place in rng.sample(range(len(claims)), len(claims)):
        value = other_value(claims[place].parameter, claims[place].value, rng)
        if value != claims[place].value:
            claims[place] = replace(claims[place], value=value)
            return _with_claims(step, tuple(claims))
    return None


def _swapped_values(step: Step, plan: Plan, rng: random.Random) -> Believed:
    claims = list(step.reading.claims)
    alike = [
        (one, other)
        for one, other in itertools.combinations(range(len(claims)), 2)
        if claims[one].parameter.kind == claims[other].parameter.kind
        and claims[one].parameter.kind not in ("enum", "boolean")
        and claims[one].value != claims[other].value
    ]
    if not alike:
        return None
    one, other = rng.choice(alike)
    claims[one], claims[other] = (
        replace(claims[one], value=claims[other].value),
        replace(claims[other], value=claims[one].value),
    )
    return _with_claims(step, tuple(claims))


def _dropped_value(step: Step, plan: Plan, rng: random.Random) -> Believed:
    claims = step.reading.claims
    if not claims:
        return None
    optional = [claim for claim in claims if not claim.parameter.required]
    dropped = rng.choice(optional or claims)
    return _with_claims(step, tuple(claim for claim in claims if claim is not dropped))


def _wrong_field(step: Step, plan: Plan, rng: random.Random) -> Believed:
    """The value for what the text leaves out comes from another field, or from the documentation."""
    missing = [parameter for parameter in step.reading.missing if parameter.name not in step.shared]
    if not missing:
        return None
    chosen = rng.choice(missing)
    return replace(step, mistaken=chosen.name)


_MAKERS: dict[str, Callable[[Step, Plan, random.Random], Believed]] = {
    "wrong_function": _wrong_function,
    "wrong_value": _wrong_value,
    "swapped_values": _swapped_values,
    "dropped_value": _dropped_value,
    "wrong_field": _wrong_field,
}


def believed(plan: Plan, index: int, mind: Mind) -> Believed:
    """The step as this mind wrongly believes it, or None where it believes nothing wrong."""
    step = plan.steps[index]
    rng = mind.wrong(f"step {index} {step.function.name}", mind.skill.belief)
    if rng is None:
        return None
    left = dict(BELIEFS)
    while left:
        kind = weighted(rng, left)
        wrong = _MAKERS[kind](step, plan, rng)
        if wrong is not None:
            return wrong
        del left[kind]
    return None
