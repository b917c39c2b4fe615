"""What the tests of `foundry` share: the sky and the notes it is asked about, and what a model says."""

import json
from dataclasses import replace
from typing import Any

from tasks.records import Node
from tasks.search.effects import FunctionCall, Observation, Reply
from tasks.search.functions import offer
from tasks.search.messages import Message
from tasks.search.methods import method
from tasks.search.problem import Problem
from tests.tasks.search.played import (
    ANSWER,
    GIVE_UP,
    RAIN,
    WIND,
    Play,
    api,
    calls,
    parameter,
    play,
    problem,
    says,
)

SUN, ADD, LIST = "sun_for_weather", "add_for_notes", "list_for_notes"
CLOUDY = Observation('{"error": "", "response": "cloudy over Bergen"}', 0)
BROKEN = Observation('{"error": "Gateway error...", "response": ""}', 6)


def finish(answer: str) -> FunctionCall:
    return FunctionCall("Finish", json.dumps({"return_type": "give_answer", "final_answer": answer}))


GOOD = finish("It is cloudy.")
"""Tells what a result holds; `ANSWER` tells nothing of it."""
ANSWERED, UNTOLD, GAVE_UP = says(None, GOOD), says(None, ANSWER), says(None, GIVE_UP)
FAILED = Reply("context length exceeded", failed=True)


def sky(text: str = "Will it rain in Oslo?", **fields: Any) -> Problem:
    return problem(api("rain"), api("wind"), api("sun", "weather", parameter("city", **fields)), text=text)


def notes(text: str = "Note it: apple, bread.") -> Problem:
    apis = [api("add", "notes", parameter("text"), method="POST"), api("list", "notes")]
    return Problem("i1", text, offer(apis, writes=lambda each: each.method == "POST"))


def found(
    script: Any, name: str = "foundry", asked: Problem | None = None, observation: Any = CLOUDY
) -> Play:
    return play(method(name).search(asked or sky()), script, observation)


def sent(played: Play) -> list[tuple[str, str]]:
    return [(act.function, act.arguments) for act in played.acts]


def ordinals(played: Play) -> list[int]:
    return [ask.ordinal for ask in played.asks]


def inputs(played: Play) -> list[Node]:
    return [node for node in played.tree.records() if node.kind == "action_input"]


def pruned(played: Play) -> list[int]:
    return [node.node_id for node in played.tree.records() if node.pruned]


def call(name: str, **arguments: Any) -> FunctionCall:
    return FunctionCall(name, json.dumps(arguments))


UNFOLLOWED = {
    "a thought only": says("Let me see."),
    "nothing at all": Reply(None),
    "an unknown name": calls("snow"),
    "no JSON": says(None, FunctionCall(SUN, "{city: Oslo}")),
    "a missing argument": calls(SUN),
    "an unknown argument": calls(SUN, city="Oslo", mood="good"),
    "a finish without a kind": calls("Finish", final_answer="It is cloudy."),
    "a finish without an answer": calls("Finish", return_type="give_answer"),
}


def several(*extra: FunctionCall, said: str | None = "all at once") -> Reply:
    return says(said, call(RAIN), call(WIND), call(SUN, city="Oslo"), *extra)


def alike(ours: Play, theirs: Play) -> None:
    """Node for node; only that the answer is chosen, and scored, is said by one alone."""
    records = [replace(node, chosen=False, score=None) for node in ours.tree.records()]
    assert records == list(theirs.tree.records())
    assert ours.asks == theirs.asks
    assert ours.acts == theirs.acts
    assert ours.rounds == theirs.rounds
    mine, other = ours.tree, theirs.tree
    for name in ("query_count", "api_calls", "tokens", "repairs", "win", "final_answer", "finish_type"):
        assert getattr(mine, name) == getattr(other, name)


def paired(messages: tuple[Message, ...]) -> None:
    """Every call is followed by its result, in order, and no id is given twice."""
    seen: set[str] = set()
    waiting: list[str] = []
    for message in messages:
        if message["role"] == "tool":
            assert message["tool_call_id"] == waiting.pop(0)
            continue
        assert not waiting
        waiting = [each["id"] for each in message.get("tool_calls", [])]
        assert not seen & set(waiting) and len(set(waiting)) == len(waiting)
        seen |= set(waiting)
    assert not waiting
