"""Mistakes of the moment: what becomes of a decision when the model slips.

What is wrongly believed of an API stands in `beliefs.py` and may persist; what slips here does not: each
reply draws anew. A call that a diversity message lists is never made, by mistake neither.
"""

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from infra.sandbox.teacher.beliefs import guess, other_value
from infra.sandbox.teacher.chains import producers
from infra.sandbox.teacher.documents import Function
from infra.sandbox.teacher.draws import Mind, weighted
from infra.sandbox.teacher.planner import Decision, answer, call_of, give_up
from infra.sandbox.teacher.reader import read_values
from infra.sandbox.teacher.skills import DOUBT, EARLY_SILENT, EARLY_WITH_VALUES, IDLE
from infra.sandbox.teacher.stock import Call, Stock

MALFORMED, MUTE = "malformed", "mute"
"""Slips of how a reply is written, which leave its decision as it is."""


def is_idle(stock: Stock) -> bool:
    """Say whether the last call brought nothing new: made before, once too often, or of no step's use."""
    calls = stock.situation.calls
    if not calls:
        return False
    last = calls[-1]
    if any(call.name == last.name and call.arguments == last.arguments for call in calls[:-1]):
        return True
    planned = [step.function for step in stock.plan.steps]
    planned += [call.function for step in stock.plan.steps for call in step.inner]
    wanted = sum(1 for function in planned if function.name == last.name)
    if sum(1 for call in calls if call.name == last.name) > max(wanted, 1):
        return True
    if last.name in _planned(stock):
        return False
    lacking = (step for step in stock.plan.steps if step.reading.missing and not step.inner)
    return not any(
        function.name == last.name
        for step in lacking
        for function, _ in producers(stock.plan, step, list(step.reading.missing))
    )


def _planned(stock: Stock) -> set[str]:
    """Names of functions that some step of the plan may call."""
    own = {function.name for step in stock.plan.steps for _, function in step.ranked}
    return own | {call.function.name for step in stock.plan.steps for call in step.inner}


TRIES = 4
"""Draws of a slip, until one is found that the diversity message does not list."""


def _repeatable(stock: Stock) -> list[Call]:
    """Calls of this conversation that could be made again as they were."""
    return [
        call for call in stock.situation.calls
        if call.arguments is not None and call.name in stock.offer.by_name
    ]  # fmt: skip


def _varied(call: Call, stock: Stock, rng: random.Random) -> Decision | None:
    """An earlier call with one value changed for no reason; None where nothing can be changed."""
    function = stock.offer.by_name[call.name]
    arguments = dict(call.arguments or {})
    known = [parameter for parameter in function.parameters if parameter.name in arguments]
    if not known:
        return None
    parameter = rng.choice(known)
    value = other_value(parameter, arguments[parameter.name], rng)
    if value == arguments[parameter.name]:
        return None
    return Decision(call.name, {**arguments, parameter.name: value}, "I will try another value.")


def _idle(decision: Decision, stock: Stock, mind: Mind, rng: random.Random) -> Decision | None:
    calls = _repeatable(stock)
    wanted = _planned(stock)
    others = [function for function in stock.offer.functions if function.name not in wanted]
    # In a tree, after a first failed attempt, the same few calls come up again rather than new ones.
    varied = _varied(calls[-1], stock, rng) if calls and not stock.situation.has_thought else None
    able = {
        "repeat_last": bool(calls),
        "repeat_earlier": len(calls) > 1,
        "vary": varied is not None,
        "detour": bool(others),
    }
    kinds = {kind: IDLE[kind] for kind, fits in able.items() if fits}
    if not kinds:
        return None
    kind = weighted(rng, kinds)
    if kind == "detour":
        function = rng.choice(others)
        return Decision(function.name, _filled(function, stock), "I will look at this as well.")
    if kind == "vary":
        return varied
    call = calls[-1] if kind == "repeat_last" else rng.choice(calls[:-1])
    return Decision(call.name, dict(call.arguments or {}), "I will check this once more.")


def _invented(decision: Decision, stock: Stock, mind: Mind, rng: random.Random) -> Decision:
    stem, _, tool = decision.name.partition("_for_")
    made_up = rng.choice(
        (f"get_{decision.name}", stem if tool else f"{stem}_lookup", f"search_{tool or stem}")
    )
    return replace(decision, name=made_up[-64:])


def _early(decision: Decision, stock: Stock, mind: Mind, rng: random.Random) -> Decision:
    """Answer before everything is found: the part at hand, or words without a value."""
    if stock.done and rng.random() < EARLY_WITH_VALUES:
        return answer(stock, mind, silent=rng.random() < EARLY_SILENT)
    text = rng.choice(
        (
            "Everything has been looked up and is in order.",
            "I have found what you asked for; please see the results above.",
            "The requested details are available from the service.",
        )
    )
    arguments = {"return_type": "give_answer", "final_answer": text}
    return Decision(stock.offer.finish or "", arguments, "This should be enough for an answer.", ends=True)


def _resigned(decision: Decision, stock: Stock, mind: Mind, rng: random.Random) -> Decision:
    return give_up(stock, "This leads nowhere; it is better to start again.")


_MAKERS: dict[str, Callable[[Decision, Stock, Mind, random.Random], Decision | None]] = {
    "idle": _idle,
    "invented": _invented,
    "early": _early,
    "resigned": _resigned,
    MALFORMED: lambda decision, stock, mind, rng: decision,
    MUTE: lambda decision, stock, mind, rng: decision,
}


def _idle_rate(stock: Stock, mind: Mind) -> float:
    """How often a call brings nothing new: not the first one, and more often after such a call."""
    if not (stock.situation.calls or stock.situation.refused) or not mind.skill.idle:
        return 0.0
    if stock.situation.refused and stock.situation.has_thought:
        return mind.skill.idle_again  # lost in a tree
    return mind.skill.idle_again if is_idle(stock) else mind.skill.idle


def _rates(decision: Decision, stock: Stock, mind: Mind) -> dict[str, float]:
    """The slips that this decision leaves room for, and how often each happens."""
    skill = mind.skill
    calls = not decision.ends
    between = calls and bool(stock.situation.calls) and stock.offer.finish is not None
    resigned = skill.resigned_again if stock.situation.refused else skill.resigned * between
    return {
        "idle": _idle_rate(stock, mind),
        "invented": skill.invented if calls else 0.0,
        MALFORMED: skill.malformed if calls and decision.arguments else 0.0,
        MUTE: skill.mute,
        "early": skill.early * (DOUBT if stock.situation.has_thought else 1.0) if between else 0.0,
        "resigned": resigned if calls and stock.offer.finish is not None else 0.0,
    }


def _hasty(stock: Stock, rng: random.Random) -> Decision:
    """A call of whatever function comes nearest, with values of the text and of the documentation."""
    planned = [step.function for step in stock.plan.steps]
    function = rng.choice(planned or stock.offer.functions)
    return Decision(function.name, _filled(function, stock), "I will see what this brings.")


def _filled(function: Function, stock: Stock) -> dict[str, Any]:
    """Values for a function from anywhere in the text, the rest made up from its documentation."""
    arguments = read_values(function, stock.plan.instruction, 0, len(stock.plan.instruction)).arguments
    lacking = [parameter for parameter in function.required if parameter.name not in arguments]
    return arguments | {p.name: value for p in lacking if (value := guess(p)) is not None}


def _out_of_ways(decision: Decision, stock: Stock, mind: Mind, rng: random.Random) -> Decision:
    """What is done instead of giving up: a value is made up, a call made again, or an excuse said."""
    skill = mind.skill
    if decision.guesses and decision.step is not None:
        name = decision.step.function.name
        guessed = Decision(name, decision.guesses, "I will use the example of the documentation.")
        if stock.may_call(name, decision.guesses) and mind.wrong(f"guess {name}", skill.guess) is not None:
            return guessed
    calls = _repeatable(stock)
    if not calls:
        return _hasty(stock, rng) if rng.random() < skill.hasty and stock.offer.functions else decision
    if rng.random() < skill.clinging:
        again = rng.choice(calls)
        return Decision(again.name, dict(again.arguments or {}), "I will try this once more.")
    # Who has begun to say its thoughts has begun to doubt, and rather gives up.
    excuse = skill.excuse * (DOUBT if stock.situation.has_thought else 1.0)
    if stock.offer.finish and rng.random() < excuse:
        return answer(stock, mind)
    return decision


def slipped(decision: Decision, stock: Stock, mind: Mind, rng: random.Random) -> tuple[Decision, str]:
    """Let a decision slip at the rates of the skill.

    Returns:
        the decision and the kind of slip in it, empty for none. `malformed` and `mute` leave the decision as
        it is: whoever writes the reply cuts its arguments, or leaves the call out.
    """
    drawn = rng.random()
    for kind, rate in _rates(decision, stock, mind).items():
        if drawn < rate:
            for _ in range(TRIES):
                wrong = _MAKERS[kind](decision, stock, mind, rng)
                if wrong is decision or (
                    wrong is not None and not stock.refused(wrong.name, wrong.arguments)
                ):
                    return wrong, kind
            break
        drawn -= rate
    if decision.gives_up:
        instead = _out_of_ways(decision, stock, mind, rng)
        if instead is not decision and not stock.refused(instead.name, instead.arguments):
            return instead, "out_of_ways"
    return decision, ""


def together(decision: Decision, stock: Stock, mind: Mind, rng: random.Random) -> list[Decision]:
    """Calls for the other open steps that are ready now, to go out beside a step's call; none twice."""
    if decision.step is None or decision.ends or rng.random() >= mind.skill.together:
        return []
    made = [(decision.name, decision.arguments)]
    more: list[Decision] = []
    for index in range(len(stock.plan.steps)):
        ready = None if index in stock.done else call_of(stock, index, mind)
        if ready is not None and (ready.name, ready.arguments) not in made:
            made.append((ready.name, ready.arguments))
            more.append(_invented(ready, stock, mind, rng) if rng.random() < mind.skill.invented else ready)
    return more


def broken(arguments_json: str, rng: random.Random) -> str:
    """Cut or spoil JSON text so that it no longer parses."""
    return rng.choice(
        (
            arguments_json[:-1],
            arguments_json[: max(len(arguments_json) // 2, 1)],
            arguments_json.replace('"', "'") + ",",
        )
    )
