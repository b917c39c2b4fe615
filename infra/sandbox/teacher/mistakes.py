"""Mistakes: what a decision of the planner becomes when its model errs.

One draw decides whether a reply errs at all, so the share of wrong replies is the skill's rate; a second
one picks a mistake among those that fit the reply. A belief that persists between replies would be drawn
here too, from a generator seeded without the conversation so far.
"""

import datetime
import random
import re
from collections.abc import Callable
from dataclasses import replace

from infra.sandbox.teacher.answers import compose_answer
from infra.sandbox.teacher.chains import resolved
from infra.sandbox.teacher.documents import Offer
from infra.sandbox.teacher.draws import weighted
from infra.sandbox.teacher.plan import Plan
from infra.sandbox.teacher.planner import Decision, Situation
from infra.sandbox.teacher.reader import read_values
from infra.sandbox.teacher.skills import PLANNER_MISTAKES, Skill

_DATE = re.compile(r"\d{4}-\d\d-\d\d")


def _dates(decision: Decision) -> list[str]:
    return [
        name for name, value in decision.arguments.items() if isinstance(value, str) and _DATE.match(value)
    ]


def _optional(decision: Decision, plan: Plan) -> list[str]:
    function = plan.offer.by_name.get(decision.name)
    required = {parameter.name for parameter in function.required} if function else set()
    return [name for name in decision.arguments if name not in required] if function else []


def _wrong_function(decision: Decision, plan: Plan, rng: random.Random) -> Decision:
    others = [function for function in plan.offer.functions if function.name != decision.name]
    near = [function for _, function in decision.step.ranked[1:]] if decision.step else []
    function = rng.choice(near or others)
    clause = decision.step.clause if decision.step else None
    start, end = (clause.start, clause.end) if clause else (0, len(plan.instruction))
    reading = read_values(function, plan.instruction, start, end)
    arguments = resolved(decision.step, function, reading, [])[0] if decision.step else reading.arguments
    return replace(decision, name=function.name, arguments=arguments)


def _dropped_optional(decision: Decision, plan: Plan, rng: random.Random) -> Decision:
    dropped = rng.choice(_optional(decision, plan))
    return replace(decision, arguments={k: v for k, v in decision.arguments.items() if k != dropped})


def _off_by_one_date(decision: Decision, plan: Plan, rng: random.Random) -> Decision:
    name = rng.choice(_dates(decision))
    value = decision.arguments[name]
    shift = datetime.timedelta(days=rng.choice((-1, 1)))
    try:
        day = datetime.date.fromisoformat(value[:10]) + shift
    except (ValueError, OverflowError):
        return decision
    return replace(decision, arguments={**decision.arguments, name: day.isoformat() + value[10:]})


def _early_finish(decision: Decision, plan: Plan, rng: random.Random) -> Decision:
    text = compose_answer([], [step.clause.text for step in plan.steps])
    text = text if rng.random() < 0.5 else "Everything has been looked up and is in order."
    arguments = {"return_type": "give_answer", "final_answer": text}
    return Decision(plan.offer.finish or "", arguments, "This should be enough for an answer.", ends=True)


def _invented_function(decision: Decision, plan: Plan, rng: random.Random) -> Decision:
    stem, _, tool = decision.name.partition("_for_")
    made_up = rng.choice(
        (f"get_{decision.name}", stem if tool else f"{stem}_lookup", f"search_{tool or stem}")
    )
    return replace(decision, name=made_up[-64:])


def _guessed_value(decision: Decision, plan: Plan, rng: random.Random) -> Decision:
    if decision.step is None:
        return decision
    return Decision(
        decision.step.function.name, decision.guesses, "I will use the example of the documentation."
    )


_MAKERS: dict[str, Callable[[Decision, Plan, random.Random], Decision]] = {
    "wrong_function": _wrong_function,
    "dropped_optional": _dropped_optional,
    "off_by_one_date": _off_by_one_date,
    "early_finish": _early_finish,
    "invented_function": _invented_function,
    "malformed_arguments": lambda decision, plan, rng: decision,
    "guessed_value": _guessed_value,
}


def _fitting(decision: Decision, plan: Plan) -> dict[str, float]:
    """The mistakes that can be made with this decision, with their weights."""
    offer: Offer = plan.offer
    able = {
        "wrong_function": not decision.ends and len(offer.functions) > 1,
        "dropped_optional": not decision.ends and bool(_optional(decision, plan)),
        "off_by_one_date": not decision.ends and bool(_dates(decision)),
        "early_finish": not decision.ends and offer.finish is not None,
        "invented_function": not decision.ends,
        "malformed_arguments": not decision.ends and bool(decision.arguments),
        "guessed_value": decision.ends and bool(decision.guesses),
    }
    return {kind: PLANNER_MISTAKES[kind] for kind, fits in able.items() if fits}


def erring(
    decision: Decision, plan: Plan, situation: Situation, skill: Skill, rng: random.Random
) -> tuple[Decision, str]:
    """Let a decision go wrong at the skill's rate.

    Returns:
        the decision and the kind of mistake in it, empty for none. `malformed_arguments` leaves the decision
        as it is: whoever writes the arguments cuts them.
    """
    if rng.random() >= skill.planner:
        return decision, ""
    kinds = _fitting(decision, plan)
    if not kinds:
        return decision, ""
    kind = weighted(rng, kinds)
    wrong = _MAKERS[kind](decision, plan, rng)
    listed = any(call.name == wrong.name and call.arguments == wrong.arguments for call in situation.refused)
    return (decision, "") if listed else (wrong, kind)


def broken(arguments_json: str, rng: random.Random) -> str:
    """Cut or spoil JSON text so that it no longer parses."""
    return rng.choice(
        (
            arguments_json[:-1],
            arguments_json[: max(len(arguments_json) // 2, 1)],
            arguments_json.replace('"', "'") + ",",
        )
    )
