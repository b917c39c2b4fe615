"""Mistakes of the moment: what becomes of a decision when the model slips.

What is wrongly believed of an API stands in `beliefs.py` and may persist; what slips here does not: each
reply draws anew. A call that a diversity message lists is never made, by mistake neither.
"""

import random
from collections.abc import Callable
from dataclasses import replace

from infra.sandbox.teacher.beliefs import guess
from infra.sandbox.teacher.draws import Mind, weighted
from infra.sandbox.teacher.planner import Decision, answer, give_up
from infra.sandbox.teacher.reader import read_values
from infra.sandbox.teacher.skills import IDLE
from infra.sandbox.teacher.stock import Call, Stock

MALFORMED, MUTE = "malformed", "mute"
"""Slips of how a reply is written, which leave its decision as it is."""


def is_idle(stock: Stock) -> bool:
    """Say whether the last call brought nothing new: made before, not offered, or of no step's use."""
    calls = stock.situation.calls
    if not calls:
        return False
    last = calls[-1]
    if any(call.name == last.name and call.arguments == last.arguments for call in calls[:-1]):
        return True
    if any(step.reading.missing for step in stock.plan.steps):  # then it may have been made for its answer
        return last.name not in stock.offer.by_name
    return all(function.name != last.name for step in stock.plan.steps for _, function in step.ranked)


def _repeatable(stock: Stock) -> list[Call]:
    """Calls of this conversation that could be made again as they were."""
    return [
        call for call in stock.situation.calls
        if call.arguments is not None and call.name in stock.offer.by_name
    ]  # fmt: skip


def _idle(decision: Decision, stock: Stock, mind: Mind, rng: random.Random) -> Decision | None:
    calls = _repeatable(stock)
    wanted = {function.name for step in stock.plan.steps for _, function in step.ranked}
    others = [function for function in stock.offer.functions if function.name not in wanted]
    able = {"repeat_last": bool(calls), "repeat_earlier": len(calls) > 1, "detour": bool(others)}
    kinds = {kind: IDLE[kind] for kind, fits in able.items() if fits}
    if not kinds:
        return None
    kind = weighted(rng, kinds)
    if kind == "detour":
        function = rng.choice(others)
        arguments = read_values(function, stock.plan.instruction, 0, len(stock.plan.instruction)).arguments
        lacking = [parameter for parameter in function.required if parameter.name not in arguments]
        arguments |= {p.name: value for p in lacking if (value := guess(p)) is not None}
        return Decision(function.name, arguments, "I will look at this as well.")
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
    if stock.done and rng.random() < 0.6:
        return answer(stock, mind, silent=True)
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


def _rates(decision: Decision, stock: Stock, mind: Mind) -> dict[str, float]:
    """The slips that this decision leaves room for, and how often each happens."""
    skill = mind.skill
    calls = not decision.ends
    between = calls and bool(stock.situation.calls) and stock.offer.finish is not None
    return {
        "idle": skill.idle_again if skill.idle and is_idle(stock) else skill.idle,
        "invented": skill.invented if calls else 0.0,
        MALFORMED: skill.malformed if calls and decision.arguments else 0.0,
        MUTE: skill.mute,
        "early": skill.early if between else 0.0,
        "resigned": skill.resigned if between else 0.0,
    }


def _out_of_ways(decision: Decision, stock: Stock, mind: Mind, rng: random.Random) -> Decision:
    """What is done instead of giving up: a value is made up, a call made again, or an excuse said."""
    skill = mind.skill
    if decision.guesses and decision.step is not None:
        name = decision.step.function.name
        guessed = Decision(name, decision.guesses, "I will use the example of the documentation.")
        if stock.may_call(name, decision.guesses) and mind.wrong(f"guess {name}", skill.guess) is not None:
            return guessed
    calls = _repeatable(stock)
    if calls and rng.random() < skill.clinging:
        return Decision(calls[-1].name, dict(calls[-1].arguments or {}), "I will try this once more.")
    if calls and stock.offer.finish and rng.random() < skill.excuse:
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
            wrong = _MAKERS[kind](decision, stock, mind, rng)
            if wrong is None or (wrong is not decision and stock.refused(wrong.name, wrong.arguments)):
                break
            return wrong, kind
        drawn -= rate
    if decision.gives_up:
        instead = _out_of_ways(decision, stock, mind, rng)
        if instead is not decision and not stock.refused(instead.name, instead.arguments):
            return instead, "out_of_ways"
    return decision, ""


def broken(arguments_json: str, rng: random.Random) -> str:
    """Cut or spoil JSON text so that it no longer parses."""
    return rng.choice(
        (
            arguments_json[:-1],
            arguments_json[: max(len(arguments_json) // 2, 1)],
            arguments_json.replace('"', "'") + ",",
        )
    )
