"""Planner: the next call, or the end, for a conversation so far. `mistakes.py` lets it go wrong further."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from infra.sandbox.teacher.answers import Told, compose_answer, thought_about
from infra.sandbox.teacher.beliefs import believed, guess
from infra.sandbox.teacher.chains import inner_call, producers, resolved
from infra.sandbox.teacher.documents import Function, Parameter
from infra.sandbox.teacher.draws import Mind
from infra.sandbox.teacher.fitting import fitted
from infra.sandbox.teacher.plan import Step
from infra.sandbox.teacher.reader import read_values
from infra.sandbox.teacher.spans import read_text
from infra.sandbox.teacher.stock import Stock, stranded

OTHER_VALUES = 2
"""Other values tried for a call that failed."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What to reply."""

    name: str
    """Function to call; empty for a plain text reply."""
    arguments: dict[str, Any]
    thought: str
    step: Step | None = None
    """The step a call serves; None for Finish and for calls that only bring a missing value."""
    ends: bool = False
    gives_up: bool = False
    """Whether it ends without an answer, as nothing is left to try."""
    guesses: dict[str, Any] = field(default_factory=dict)
    """Made up arguments for the step, where the lack of a value made it give up."""


def _variants(stock: Stock, step: Step) -> Iterator[tuple[Function, dict[str, Any]]]:
    """Ways to serve a step, the likeliest first: as read, without extras, other values, other functions."""
    function = step.function
    arguments, missing = resolved(step, function, step.reading, stock.answers)
    if not missing:
        yield function, arguments
        needed = {parameter.name for parameter in function.required}
        if set(arguments) - needed:
            yield function, {name: value for name, value in arguments.items() if name in needed}
        spans = read_text(stock.plan.instruction).spans
        free = [span for span in spans if (span.start, span.end) not in stock.plan.taken]
        others = (
            (parameter, fit[0])
            for parameter in function.required
            for span in free
            if (fit := fitted(parameter, span)) is not None and fit[1] >= 0.4
        )
        for parameter, value in itertools.islice(others, OTHER_VALUES):
            if value != arguments.get(parameter.name):
                yield function, {**arguments, parameter.name: value}
    if missing and not stranded(stock.plan, step):
        return
    for score, other in step.ranked[1:]:
        if score < 0.5 * step.ranked[0][0]:
            break
        reading = read_values(other, stock.plan.instruction, step.clause.start, step.clause.end)
        values, lacking = resolved(step, other, reading, stock.answers)
        if not lacking:
            yield other, values


def _call_for(stock: Stock, step: Step) -> tuple[Function, dict[str, Any]] | None:
    """The next call to make for a step, or None where nothing is left to try."""
    return next(
        (
            (function, arguments)
            for function, arguments in _variants(stock, step)
            if stock.may_call(function.name, arguments)
        ),
        None,
    )


def _as_believed(stock: Stock, wrong: Step) -> Decision | None:
    """What a wrong belief about a step leads to: its call, or giving up where that call has failed here.

    None where it leads to nothing: its call lacks a value, was refused by the diversity message, or has
    brought an answer that turned out to be of no use.
    """
    function = wrong.function
    arguments, missing = resolved(wrong, function, wrong.reading, stock.answers)
    if missing or stock.refused(function.name, arguments):
        return None
    if stock.may_call(function.name, arguments):
        return Decision(function.name, arguments, thought_about(function, wrong.clause.text), wrong)
    tries = stock.tries(function.name, arguments)
    if all(call.observation is not None and call.observation.failure for call in tries):
        return give_up(stock, f"No function brought an answer for: {wrong.clause.text.strip()}")
    return None


def give_up(
    stock: Stock, reason: str, step: Step | None = None, guesses: dict[str, Any] | None = None
) -> Decision:
    """End without an answer."""
    arguments = {"return_type": "give_up_and_restart", "final_answer": reason}
    while stock.offer.finish and stock.refused(stock.offer.finish, arguments):
        arguments["final_answer"] += " This was tried before, without success."
    name = stock.offer.finish or ""
    return Decision(name, arguments, reason, step, ends=True, gives_up=True, guesses=guesses or {})


def answer(stock: Stock, mind: Mind, *, silent: bool = False) -> Decision:
    """End with what has been found, in the order asked.

    Args:
        stock: what has been found.
        mind: it may tell something wrong of what it read.
        silent: whether nothing is said of the parts that have no answer.
    """
    told = []
    for index in sorted(stock.done):
        step, answered = stock.plan.steps[index], stock.done[index]
        function = answered.function or step.function
        amiss = mind.wrong(f"tell {index} {function.name}", mind.skill.misread)
        told.append(Told(function, step.clause.stems, answered.observation, amiss))
    lacking = [step.clause.text for index, step in enumerate(stock.plan.steps) if index not in stock.done]
    text = compose_answer(told, [] if silent and told else lacking)
    arguments = {"return_type": "give_answer", "final_answer": text}
    while stock.offer.finish and stock.refused(stock.offer.finish, arguments):
        arguments["final_answer"] += " There is nothing to add to this."
    return Decision(stock.offer.finish or "", arguments, "I have what was asked for.", ends=True)


def _forced_call(stock: Stock, function: Function) -> Decision:
    """A call of the function that the request insists on, with what values the instruction has for it."""
    step = next((step for step in stock.plan.steps if step.function is function), None)
    if step is not None:
        arguments, _ = resolved(step, function, step.reading, stock.answers)
    else:
        text = stock.plan.instruction
        arguments = read_values(function, text, 0, len(text)).arguments
    return Decision(function.name, arguments, thought_about(function, ""), step)


def _give_up_step(stock: Stock, step: Step, missing: list[Parameter]) -> Decision:
    """Give up a step that nothing is left to try for."""
    if not missing:
        return give_up(stock, f"No function brought an answer for: {step.clause.text.strip()}")
    names = ", ".join(parameter.name for parameter in missing)
    reason = f"The value of {names} is missing for: {step.clause.text.strip()}"
    made_up = {parameter.name: value for parameter in missing if (value := guess(parameter)) is not None}
    complete = len(made_up) == len(missing)
    return give_up(stock, reason, step, {**step.reading.arguments, **made_up} if complete else {})


def call_of(stock: Stock, index: int, mind: Mind) -> Decision | None:
    """The call to make for a step as it is, or is wrongly, believed; None where it cannot be made yet."""
    wrong = believed(stock.plan, index, mind)
    held = _as_believed(stock, wrong) if wrong is not None else None
    if held is not None:
        return None if held.ends else held
    return _own_call(stock, stock.plan.steps[index])


def _own_call(stock: Stock, step: Step) -> Decision | None:
    chosen = _call_for(stock, step)
    if chosen is None:
        return None
    function, arguments = chosen
    return Decision(function.name, arguments, thought_about(function, step.clause.text), step)


def decide(stock: Stock, mind: Mind, forced: str | None = None) -> Decision:
    """Choose the next reply of the planner.

    Args:
        stock: the conversation so far, held against the plan.
        mind: what is wrongly believed.
        forced: name of the function that must be called, or None for the planner's own choice.

    Each open step is tried in the order of the instruction: first with the values read, then in other ways.
    A step that lacks a value is put off until an answer holds it, then a call that may bring it is made.
    When every step has its answer the search ends with an answer; when a step has nothing left to try it is
    given up, so that the search can climb back.
    """
    plan = stock.plan
    if forced is not None and forced != plan.offer.finish:
        return _forced_call(stock, plan.offer.by_name[forced])
    if forced is not None:
        return answer(stock, mind) if stock.done else give_up(stock, "Nothing has been found yet.")
    if not plan.steps:
        return give_up(stock, "None of the offered functions fits what was asked.")
    open_steps = [index for index in range(len(plan.steps)) if index not in stock.done]
    if not open_steps:
        return answer(stock, mind)
    stuck: Decision | None = None
    for index in open_steps:
        step = plan.steps[index]
        wrong = believed(plan, index, mind)
        held = _as_believed(stock, wrong) if wrong is not None else None
        if held is not None:
            return held
        own = _own_call(stock, step)
        if own is not None:
            return own
        _, missing = resolved(step, step.function, step.reading, stock.answers)
        if missing:
            before = inner_call(step, stock.answers)
            calls = [before] if before is not None else producers(plan, step, missing)
            for function, arguments in calls:
                if stock.may_call(function.name, arguments):
                    return Decision(function.name, arguments, thought_about(function, step.clause.text))
        if stuck is None and not any(call.name == step.function.name for call in stock.situation.refused):
            stuck = _give_up_step(stock, step, missing)
            if not missing or len(open_steps) == 1:
                return stuck
    if stuck is not None:
        return stuck
    return give_up(stock, "Everything that fits what was asked has been tried before.")
