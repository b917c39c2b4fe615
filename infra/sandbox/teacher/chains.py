"""Chains: values that the instruction leaves out, taken from earlier answers, and calls that bring them."""

import re
from dataclasses import dataclass, field
from typing import Any

from infra.sandbox.teacher.clauses import Clause
from infra.sandbox.teacher.documents import Function, Parameter, shape_of
from infra.sandbox.teacher.matching import FLOOR, word_scores
from infra.sandbox.teacher.meanings import GENERIC, meaning_of_name
from infra.sandbox.teacher.nesting import output_stems
from infra.sandbox.teacher.observations import Leaf, Observation
from infra.sandbox.teacher.plan import Plan, Step
from infra.sandbox.teacher.reader import Reading, read_values
from infra.sandbox.teacher.words import content_stems, name_words, stem

_POINTED = re.compile(
    r"\b(?:that|this|those|its|their|the same|the resulting|resulting|whose)\s+((?:[a-z]+\s?){1,3})",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Answered:
    """A call of the conversation that brought an answer."""

    function: Function | None
    """None where the name is not among the offered functions."""
    observation: Observation
    arguments: dict[str, Any] = field(default_factory=dict)


def _fits_type(parameter: Parameter, leaf: Leaf) -> bool:
    value = leaf.value
    if value is None or isinstance(value, bool):
        return False
    if parameter.kind in ("integer", "number"):
        return isinstance(value, int | float) or bool(re.fullmatch(r"-?\d+(\.\d+)?", str(value)))
    if parameter.kind == "enum":
        return value in parameter.enum
    if parameter.kind in ("boolean", "array", "object"):
        return False
    text = str(value)
    if parameter.kind == "date":
        return bool(re.match(r"\d{4}-\d\d-\d\d", text))
    if parameter.kind == "datetime":
        return bool(re.match(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d", text))
    if parameter.kind == "month":
        return bool(re.match(r"\d{4}-\d\d", text))
    if parameter.shape and parameter.shape.isupper() and len(parameter.shape) <= 4:
        return shape_of(text) == parameter.shape
    return bool(text) and len(text) <= 300


def _value_of(parameter: Parameter, leaf: Leaf) -> Any:
    if parameter.kind in ("integer", "number") and isinstance(leaf.value, str):
        return float(leaf.value) if "." in leaf.value else int(leaf.value)
    if parameter.kind == "date":
        return str(leaf.value)[:10]
    if parameter.kind == "month":
        return str(leaf.value)[:7]
    if parameter.type == "string" and not isinstance(leaf.value, str):
        return str(leaf.value)
    return leaf.value


def _leaf_score(
    parameter: Parameter, leaf: Leaf, source: Answered, pointed: frozenset[str], only: bool
) -> float:
    """How likely a field of an answer is what a parameter asks for; 2 is enough."""
    score = 0.0
    generic = leaf.key.lower() in GENERIC
    if parameter.meaning is not None and meaning_of_name(leaf.key) == parameter.meaning:
        score += 3.0
    if leaf.key.lower() == parameter.name.lower():
        score += 0.8 if generic else 3.0
    key_stems = {stem(word) for word in name_words(leaf.key)}
    wanted = set(parameter.note_stems) | {stem(word) for word in name_words(parameter.name)}
    score += 0.9 * len(key_stems & wanted)
    score += 1.6 * len(key_stems & pointed)
    if source.function is not None:
        described = set(source.function.weights)
        if generic and (set(parameter.note_stems) & described or pointed & described):
            score += 1.3
        if only and pointed & described:
            score += 1.0
    if only and pointed:
        score += 1.2
    return score


def pointed_words(clause: Clause) -> frozenset[str]:
    """Stems of the words that follow `that`, `its`, `the same` ... in a clause."""
    return frozenset(
        stemmed for match in _POINTED.finditer(clause.text) for stemmed in content_stems(match[1])
    )


def _other_field(parameter: Parameter, value: Any, answers: list[Answered]) -> Any:
    """The first value of another field that a parameter could take; the right one where there is none."""
    fitting = (leaf for answer in reversed(answers) for leaf in answer.observation.leaves)
    others = (_value_of(parameter, leaf) for leaf in fitting if _fits_type(parameter, leaf))
    return next((other for other in others if other != value), value)


def value_from_answers(
    parameter: Parameter, clause: Clause, answers: list[Answered], enough: float = 2.0
) -> Any:
    """Find the value of a missing parameter in earlier answers, the newest first.

    Args:
        parameter: what is missing.
        clause: what is asked.
        answers: where to look.
        enough: least score of a field.

    Returns:
        the value, brought to the parameter's type, or None where no field means the same.
    """
    pointed = pointed_words(clause)
    found: list[tuple[int, float, int, Leaf]] = []
    for age, answer in enumerate(reversed(answers)):
        fitting = [leaf for leaf in answer.observation.leaves if _fits_type(parameter, leaf)]
        best: tuple[float, int, Leaf] | None = None
        for place, leaf in enumerate(fitting[:80]):
            score = _leaf_score(parameter, leaf, answer, pointed, len(fitting) == 1)
            if score >= enough and (best is None or score > best[0]):
                best = (score, place, leaf)
        if best is not None:
            found.append((age, *best))
    if not found:
        return None
    if parameter.side and parameter.meaning in {"latitude", "longitude"} and len(found) > 1:
        # The first of a pair of places is the one asked for first.
        place = 1 if parameter.side == 1 else 2
        return _value_of(parameter, found[-place][3])
    return _value_of(parameter, min(found, key=lambda entry: (-round(entry[1]), entry[0]))[3])


def _brought(step: Step, answers: list[Answered]) -> list[Answered]:
    """What the last call made for this step alone has brought; with the values its text gives."""
    if not step.inner:
        return []
    last = step.inner[-1]
    return [
        answer
        for answer in answers
        if answer.function is last.function
        and all(answer.arguments.get(name) == value for name, value in last.reading.arguments.items())
    ]


def _brought_value(parameter: Parameter, clause: Clause, brought: list[Answered]) -> Any:
    """What a call made for one value has brought: the field that means the same, or the first that is new."""
    value = value_from_answers(parameter, clause, brought, 0.8)
    if value is not None:
        return value
    given = {str(each) for each in brought[-1].arguments.values()}
    fitting = (
        leaf
        for leaf in brought[-1].observation.leaves
        if _fits_type(parameter, leaf) and meaning_of_name(leaf.key) in (None, parameter.meaning)
    )
    return next((_value_of(parameter, leaf) for leaf in fitting if str(leaf.value) not in given), None)


def inner_call(step: Step, answers: list[Answered]) -> tuple[Function, dict[str, Any]] | None:
    """The next call to make before a step's own; None where all are answered, or one lacks a value."""
    for place, call in enumerate(step.inner):
        inner = Step(step.clause, ((0.0, call.function),), call.reading, {}, inner=step.inner[:place])
        if _brought(Step(step.clause, (), call.reading, {}, inner=(call,)), answers):
            continue
        arguments, missing = resolved(inner, call.function, call.reading, answers)
        return None if missing else (call.function, arguments)
    return None


def resolved(
    step: Step, function: Function, reading: Reading, answers: list[Answered]
) -> tuple[dict[str, Any], list[Parameter]]:
    """Complete the values of a call from other clauses, earlier answers and documented defaults.

    Returns:
        the arguments, and the required parameters that are still missing.
    """
    arguments = reading.arguments
    missing: list[Parameter] = []
    brought = _brought(step, answers)
    for parameter in reading.missing:
        shared = step.shared.get(parameter.name)
        value = _brought_value(parameter, step.clause, brought) if brought else None
        if step.inner and value is None:
            missing.append(parameter)
            continue
        if value is None and (step.clause.refers or shared is None):
            value = value_from_answers(parameter, step.clause, answers)
        if value is not None and parameter.name == step.mistaken:
            value = _other_field(parameter, value, answers)
        value = shared if value is None else value
        if value is None:
            value = parameter.default
        if value is None:
            missing.append(parameter)
        else:
            arguments[parameter.name] = value
    order = {parameter.name: place for place, parameter in enumerate(function.parameters)}
    return dict(sorted(arguments.items(), key=lambda pair: order[pair[0]])), missing


def producers(plan: Plan, step: Step, missing: list[Parameter]) -> list[tuple[Function, dict[str, Any]]]:
    """Calls that may bring what a step lacks: they speak of it, and the text has their own values.

    Where none speaks of it, one that takes values of the clause nobody else has use for (`the country where
    the account ... is held`).
    """
    stems = {stemmed for parameter in missing for stemmed in output_stems(parameter)}
    start = step.clause.start
    words = {function: score for score, function in word_scores(step.clause.stems, plan.offer)}
    found: list[tuple[float, int, Function, dict[str, Any]]] = []
    for function in plan.offer.functions:
        if function is step.function:
            continue
        named = sum(1 for stemmed in stems if function.weights.get(stemmed, 0.0) >= 0.7)
        asks = sum(
            1
            for parameter in function.required
            for lack in missing
            if lack.meaning and lack.meaning == parameter.meaning
        )
        if asks:
            continue
        spoken = words[function]
        places = ((1.0, start, step.clause.end), (0.0, 0, len(plan.instruction)))
        for nearness, first, last in places if named else places[:1]:
            reading = read_values(function, plan.instruction, first, last, plan.taken)
            sure = spoken >= FLOOR and all(claim.score >= 1.0 for claim in reading.claims)
            if not reading.missing and reading.claims and (named or sure):
                found.append(
                    (-(named + 0.2 * spoken + nearness), function.order, function, reading.arguments)
                )
                break
    found.sort(key=lambda entry: entry[:2])
    return [(function, arguments) for _, _, function, arguments in found]
