"""Stock: what a conversation has brought so far, and which steps of the plan have their answer."""

from dataclasses import dataclass
from typing import Any

from infra.sandbox.teacher.chains import Answered, producers, resolved
from infra.sandbox.teacher.documents import Offer
from infra.sandbox.teacher.draws import Mind
from infra.sandbox.teacher.observations import Observation
from infra.sandbox.teacher.plan import Plan, Step

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
    has_thought: bool = False
    """Whether some reply of the conversation said a thought."""


@dataclass(slots=True)
class Stock:
    """A situation, held against its plan."""

    situation: Situation
    plan: Plan
    offer: Offer
    answers: list[Answered]
    """In the order they came."""
    done: dict[int, Answered]
    """Step -> the call that is taken to have answered it, rightly or not."""

    def tries(self, name: str, arguments: dict[str, Any]) -> list[Call]:
        """Calls of this conversation that are equal to one."""
        return [call for call in self.situation.calls if call.name == name and call.arguments == arguments]

    def refused(self, name: str, arguments: dict[str, Any]) -> bool:
        """Say whether the diversity message lists a call."""
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


def _agrees(step: Step, call: Call, lenient: bool) -> bool:
    """Say whether a call of the step's function has the values that the clause gives.

    After a failure, values are tried without extras and in other ways, so then one that is right is enough.
    """
    assert call.arguments is not None
    read = step.reading.arguments
    if lenient:
        required = {parameter.name for parameter in step.function.required}
        read = {name: value for name, value in read.items() if name in required}
        return not read or any(call.arguments.get(name) == value for name, value in read.items())
    return all(
        name in call.arguments and (call.arguments[name] == value or str(call.arguments[name]) == str(value))
        for name, value in read.items()
    )


def stranded(plan: Plan, step: Step) -> bool:
    """Say whether the planned function lacks a value that neither text nor another call can bring."""
    _, missing = resolved(step, step.function, step.reading, [])
    return bool(missing) and not step.inner and not step.clause.refers and not producers(plan, step, missing)


def _may_pass_for(plan: Plan, step: Step, call: Call, answers: list[Answered]) -> bool:
    """Say whether a call that was not planned so may be taken for the step's own."""
    if call.name not in {function.name for _, function in step.ranked}:
        return False
    if any(call.name == inner.function.name for inner in step.inner):
        return False
    _, missing = resolved(step, step.function, step.reading, answers[:-1])
    return not missing or call.name not in {function.name for function, _ in producers(plan, step, missing)}


def take_stock(situation: Situation, plan: Plan, mind: Mind) -> Stock:
    """Walk the conversation and mark which steps have their answer.

    A call that went wrong without an error to show for it (another function, another value) is taken for the
    step's own, unless the mind notices: right after it, or never.
    """
    answers: list[Answered] = []
    failed = {
        call.name for call in situation.calls if call.observation is not None and call.observation.failure
    }
    done: dict[int, Answered] = {}
    amiss: set[int] = set()
    last = len(situation.calls) - 1
    for place, call in enumerate(situation.calls):
        if call.observation is None or call.observation.failure:
            continue
        answers.append(Answered(plan.offer.by_name.get(call.name), call.observation, call.arguments or {}))
        if call.arguments is None:
            continue
        waiting = [index for index in range(len(plan.steps)) if index not in done or index in amiss]
        own = [i for i in waiting if plan.steps[i].function.name == call.name]
        exact = [i for i in own if _agrees(plan.steps[i], call, call.name in failed)]
        if not exact:
            # Another function of the ranking counts where the planned one failed or cannot be called.
            exact = [
                i
                for i in waiting
                if i not in own
                and any(function.name == call.name for _, function in plan.steps[i].ranked)
                and (plan.steps[i].function.name in failed or stranded(plan, plan.steps[i]))
            ][:1]
        if exact:
            # One call may answer two clauses that come to the same.
            same = [i for i in exact if plan.steps[i].reading.arguments == call.arguments]
            for index in same or exact[:1]:
                done[index] = answers[-1]
                amiss.discard(index)
        elif mind.skill.notice < 1 and not (place == last and mind.happens("notice", mind.skill.notice)):
            passes = (
                i for i in waiting if i not in done and _may_pass_for(plan, plan.steps[i], call, answers)
            )
            index = next(passes, -1)
            if index >= 0:
                done[index] = answers[-1]
                amiss.add(index)
    return Stock(situation, plan, plan.offer, answers, done)
