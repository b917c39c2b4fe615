"""A search driven by a script: what the tests of searchers share."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tasks.records import Api, Parameter
from tasks.search.effects import Act, Ask, FunctionCall, Observation, Reply, Search
from tasks.search.functions import SchemaStyle, offer
from tasks.search.problem import Problem
from tasks.search.tree import DecisionTree

ANSWER = FunctionCall("Finish", '{"return_type": "give_answer", "final_answer": "It rains."}')
GIVE_UP = FunctionCall("Finish", '{"return_type": "give_up_and_restart"}')


def parameter(name: str, type_: str = "STRING", required: bool = True, **fields: Any) -> Parameter:
    place = fields.pop("place", "query")
    return Parameter(name.lower(), fields.pop("original_name", name), place, type_, required, **fields)


def api(name: str = "rain", tool: str = "weather", *parameters: Parameter, **fields: Any) -> Api:
    slug = fields.pop("slug", name)
    return Api(
        api_id=f"{fields.get('source', 'toolbench')}/{tool}/{slug}",
        tool_id=f"{fields.get('source', 'toolbench')}/{tool}",
        source=fields.pop("source", "toolbench"),
        category=fields.pop("category", "Weather"),
        tool_name=tool,
        tool_standard_name=tool,
        tool_description=fields.pop("tool_description", f"About {tool}"),
        name=name,
        standard_name=name,
        description=fields.pop("description", f"Tells the {name}"),
        method=fields.pop("method", "GET"),
        url=fields.pop("url", f"https://{tool}.example/{name}"),
        parameters=parameters,
        **fields,
    )


def problem(*apis: Api, text: str = "Will it rain?", style: SchemaStyle | None = None) -> Problem:
    return Problem("i1", text, offer(apis or [api("rain"), api("wind")], style))


def says(content: str | None, *calls: FunctionCall, tokens: int = 0) -> Reply:
    return Reply(content, calls, prompt_tokens=tokens, completion_tokens=tokens)


def calls(name: str, **arguments: Any) -> Reply:
    """A silent reply that calls one function."""
    return says(None, FunctionCall(name, json.dumps(arguments)))


NORMAL_OBSERVATION = Observation('{"error": "", "response": "x"}', 0)
RAIN, WIND = "rain_for_weather", "wind_for_weather"


@dataclass
class Play:
    """What a played search asked for, and the tree it grew."""

    tree: DecisionTree
    asks: list[Ask] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)

    @property
    def shape(self) -> list[str]:
        """The tree in the order it grew: T, A:<name>, I:<arguments>."""
        short = {"thought": "T", "action": "A", "action_input": "I"}
        return [f"{short[n.kind]}:{n.description}" for n in self.tree.records()[1:]]


def play(
    search: Search,
    replies: Iterable[Reply] | Callable[[Ask], Reply],
    observation: Observation | Callable[[Act], Observation] = NORMAL_OBSERVATION,
) -> Play:
    """Drive `search` with replies in their order, or by a rule; every effect must come alone."""
    scripted: Iterator[Reply] | None = None if callable(replies) else iter(replies)
    asks: list[Ask] = []
    acts: list[Act] = []
    try:
        (effect,) = next(search)
        while True:
            outcome: Reply | Observation
            if isinstance(effect, Ask):
                asks.append(effect)
                outcome = replies(effect) if callable(replies) else next(scripted or iter(()))
            else:
                acts.append(effect)
                outcome = observation(effect) if callable(observation) else observation
            (effect,) = search.send((outcome,))
    except StopIteration as finished:
        assert isinstance(finished.value, DecisionTree), "the script ended before the search"
        return Play(finished.value, asks, acts)
