"""Planner: the next call, or the end, for a conversation so far. `mistakes.py` lets it go wrong."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from infra.sandbox.teacher.answers import compose_answer, thought_about
from infra.sandbox.teacher.chains import Answered, producers, resolved
from infra.sandbox.teacher.documents import Function, Offer
from infra.sandbox.teacher.fitting import fitted
from infra.sandbox.teacher.observations import Observation
from infra.sandbox.teacher.plan import Plan, Step, plan_for
from infra.sandbox.teacher.reader import read_values
from infra.sandbox.teacher.spans import read_text

RETRIES = 1
"""How often a call is repeated after a failure that may pass (time-out, 5xx)."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call made earlier: in this conversation, or listed by a diversity message."""

    name: str
    arguments: dict[str, Any] | None
    """None where the arguments were no JSON object."""
    observation: Observation | None = None


@dataclass(frozen=True, slots=True)
class Situation:
    """All that the planner sees of a conversation."""

    instruction: str
    functions_json: bytes
    calls: tuple[Call, ...]
    """Calls of this conversation, Finish left out."""
    refused: tuple[Call, ...]
    """Calls that the diversity message lists: none of them may be made again from here."""


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
    guesses: dict[str, Any] = field(default_factory=dict)
    """Documented examples of the values whose lack made it give up; for the step's function."""


@dataclass(slots=True)
class _State:
    situation: Situation
    plan: Plan
    offer: Offer
    answers: list[Answered]
    done: dict[int, Answered]
    """Step -> the call that answered it."""

    def tries(self, name: str, arguments: dict[str, Any]) -> list[Call]:
        return [call for call in self.situation.calls if call.name == name and call.arguments == arguments]

    def refused(self, name: str, arguments: dict[str, Any]) -> bool:
        return any(call.name == name and call.arguments == arguments for call in self.situation.refused)

    def may_call(self, name: str, arguments: dict[str, Any]) -> bool:
        """Say whether a call is new here, or worth repeating after a failure that may pass."""
        if self.refused(name, arguments):
            return False
        tries = self.tries(name, arguments)
        passing = all(
            call.observation is not None and call.observation.failure == "transient" for call in tries
        )
        return not tries or (passing and len(tries) <= RETRIES)


def _serves(step: Step, call: Call) -> bool:
    """Say whether a call belongs to a step: its function, with values that do not contradict the clause."""
    if call.name not in {function.name for _, function in step.ranked} or call.arguments is None:
        return False
    if call.name != step.function.name:
        return True
    read = {
        name: value for name, value in step.reading.arguments.items()
        if any(parameter.name == name and parameter.required for parameter in step.function.parameters)
    }  # fmt: skip
    return not read or any(call.arguments.get(name) == value for name, value in read.items())


def _stranded(plan: Plan, step: Step) -> bool:
    """Say whether the planned function lacks a value that neither text nor another call can bring."""
    _, missing = resolved(step, step.function, step.reading, [])
    return bool(missing) and not step.clause.refers and not producers(plan, step, missing)


def _take_stock(situation: Situation, plan: Plan) -> _State:
    """Walk the conversation and mark which steps have their answer."""
    answers: list[Answered] = []
    failed = {
        call.name for call in situation.calls if call.observation is not None and call.observation.failure
    }
    done: dict[int, Answered] = {}
    for call in situation.calls:
        if call.observation is None or call.observation.failure:
            continue
        answers.append(Answered(plan.offer.by_name.get(call.name), call.observation))
        open_steps = [index for index in range(len(plan.steps)) if index not in done]
        exact = [
            i for i in open_steps if plan.steps[i].function.name == call.name and _serves(plan.steps[i], call)
        ]
        # Another function of the ranking only counts where the planned one failed or cannot be called.
        other = [
            i
            for i in open_steps
            if _serves(plan.steps[i], call)
            and (plan.steps[i].function.name in failed or _stranded(plan, plan.steps[i]))
        ]
        # One call may answer two clauses that come to the same.
        same = [i for i in exact if plan.steps[i].reading.arguments == call.arguments]
        for index in same or (exact or other)[:1]:
            done[index] = answers[-1]
    return _State(situation, plan, plan.offer, answers, done)


def _variants(state: _State, step: Step) -> Iterator[tuple[Function, dict[str, Any]]]:
    """Ways to serve a step, the likeliest first: as read, without extras, other values, other functions."""
    function = step.function
    arguments, missing = resolved(step, function, step.reading, state.answers)
    if not missing:
        yield function, arguments
        needed = {parameter.name for parameter in function.required}
        if set(arguments) - needed:
            yield function, {name: value for name, value in arguments.items() if name in needed}
        spans = read_text(state.plan.instruction).spans
        free = [span for span in spans if (span.start, span.end) not in state.plan.taken]
        for parameter in function.required:
            for span in free:
                fit = fitted(parameter, span)
                if fit is not None and fit[1] >= 0 and fit[0] != arguments.get(parameter.name):
                    yield function, {**arguments, parameter.name: fit[0]}
    if missing and not _stranded(state.plan, step):
        return
    for score, other in step.ranked[1:]:
        if score < 0.5 * step.ranked[0][0]:
            break
        reading = read_values(other, state.plan.instruction, step.clause.start, step.clause.end)
        values, lacking = resolved(step, other, reading, state.answers)
        if not lacking:
            yield other, values


def _call_for(state: _State, step: Step) -> tuple[Function, dict[str, Any]] | None:
    """The next call to make for a step, or None where nothing is left to try."""
    return next(
        (
            (function, arguments)
            for function, arguments in _variants(state, step)
            if state.may_call(function.name, arguments)
        ),
        None,
    )


def _give_up(
    state: _State, reason: str, step: Step | None = None, guesses: dict[str, Any] | None = None
) -> Decision:
    arguments = {"return_type": "give_up_and_restart", "final_answer": reason}
    while state.offer.finish and state.refused(state.offer.finish, arguments):
        arguments["final_answer"] += " This was tried before, without success."
    return Decision(state.offer.finish or "", arguments, reason, step, ends=True, guesses=guesses or {})


def _answer(state: _State, indices: list[int]) -> Decision:
    found = [
        (
            state.done[index].function or state.plan.steps[index].function,
            state.plan.steps[index].clause.stems,
            state.done[index].observation,
        )
        for index in indices
    ]
    lacking = [step.clause.text for index, step in enumerate(state.plan.steps) if index not in state.done]
    arguments = {"return_type": "give_answer", "final_answer": compose_answer(found, lacking)}
    while state.offer.finish and state.refused(state.offer.finish, arguments):
        arguments["final_answer"] += " There is nothing to add to this."
    return Decision(state.offer.finish or "", arguments, "I have what was asked for.", ends=True)


def _forced_call(state: _State, function: Function) -> Decision:
    """A call of the function that the request insists on, with what values the instruction has for it."""
    step = next((step for step in state.plan.steps if step.function is function), None)
    if step is not None:
        arguments, _ = resolved(step, function, step.reading, state.answers)
    else:
        text = state.plan.instruction
        arguments = read_values(function, text, 0, len(text)).arguments
    return Decision(function.name, arguments, thought_about(function, ""), step)


def decide(situation: Situation, forced: str | None = None) -> Decision:
    """Choose the next reply of the planner.

    Args:
        situation: the conversation so far.
        forced: name of the function that must be called, or None for the planner's own choice.

    Each open step is tried in the order of the instruction: first with the values read, then in other ways.
    A step that lacks a value is put off until an answer holds it, then a call that may bring it is made.
    When every step has its answer the search ends with an answer; when a step has nothing left to try it is
    given up, so that the search can climb back.
    """
    plan = plan_for(situation.instruction, situation.functions_json)
    state = _take_stock(situation, plan)
    if forced is not None and forced != plan.offer.finish:
        return _forced_call(state, plan.offer.by_name[forced])
    if forced is not None:
        return (
            _answer(state, sorted(state.done))
            if state.done
            else _give_up(state, "Nothing has been found yet.")
        )
    if not plan.steps:
        return _give_up(state, "None of the offered functions fits what was asked.")
    open_steps = [index for index in range(len(plan.steps)) if index not in state.done]
    if not open_steps:
        return _answer(state, sorted(state.done))
    stuck: Decision | None = None
    for index in open_steps:
        step = plan.steps[index]
        chosen = _call_for(state, step)
        if chosen is not None:
            function, arguments = chosen
            return Decision(function.name, arguments, thought_about(function, step.clause.text), step)
        _, missing = resolved(step, step.function, step.reading, state.answers)
        if missing:
            for function, arguments in producers(plan, step, missing):
                if state.may_call(function.name, arguments):
                    return Decision(function.name, arguments, thought_about(function, step.clause.text))
        if stuck is None and not any(call.name == step.function.name for call in situation.refused):
            if missing:
                names = ", ".join(parameter.name for parameter in missing)
                reason = f"The value of {names} is missing for: {step.clause.text.strip()}"
                guesses = {p.name: p.example for p in missing if p.example is not None}
                guesses = {**step.reading.arguments, **guesses} if len(guesses) == len(missing) else {}
                stuck = _give_up(state, reason, step, guesses)
            else:
                stuck = _give_up(state, f"No function brought an answer for: {step.clause.text.strip()}")
            if not missing or len(open_steps) == 1:
                return stuck
    if stuck is not None:
        return stuck
    if state.done:
        return _answer(state, sorted(state.done))
    return _give_up(state, "Everything that fits what was asked has been tried before.")
