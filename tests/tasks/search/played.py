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
METHODS = (
    *("DFS_woFilter_w2", "DFS_woFilter_w3", "DFSDT_w2", "DFS_w2", "DFS_w3", "CoT@1", "CoT@5", "CoT@cost"),
    *("CoT@9000tokens", "CoT-SC@3", "Reflect@2", "ToT-BFS", "ToT-DFS", "foundry", "foundry-all+lean"),
)
"""Of every family of `methods` at least one."""
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


def problem(
    *apis: Api,
    text: str = "Will it rain?",
    style: SchemaStyle | None = None,
    token_budget: int | None = None,
) -> Problem:
    return Problem("i1", text, offer(apis or [api("rain"), api("wind")], style), token_budget)


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
    """For the next reply of a path."""
    acts: list[Act] = field(default_factory=list)
    questions: list[Ask] = field(default_factory=list)
    """About the tree: without functions."""
    rounds: list[int] = field(default_factory=list)
    """How many effects went out at once, each time."""

    @property
    def shape(self) -> list[str]:
        """The tree in the order it grew: T, A:<name>, I:<arguments>."""
        short = {"thought": "T", "action": "A", "action_input": "I"}
        return [f"{short[n.kind]}:{n.description}" for n in self.tree.records()[1:]]


def play(
    search: Search,
    replies: Iterable[Reply] | Callable[[Ask], Reply],
    observation: Observation | Callable[[Act], Observation] = NORMAL_OBSERVATION,
    opinions: Iterable[Reply] | Callable[[Ask], Reply] = (),
) -> Play:
    """Drive `search` with replies in their order, or by a rule.

    Args:
        search: a fresh generator.
        replies: to requests for a next step, in the order they are asked.
        observation: of every call, or a rule that makes it.
        opinions: replies to questions about the tree.
    """
    step, opinion = _rule(replies), _rule(opinions)
    played = Play(DecisionTree.__new__(DecisionTree))

    def outcome(effect: Ask | Act) -> Reply | Observation:
        if isinstance(effect, Act):
            played.acts.append(effect)
            return observation(effect) if callable(observation) else observation
        (played.asks if effect.functions else played.questions).append(effect)
        return step(effect) if effect.functions else opinion(effect)

    try:
        effects = next(search)
        while True:
            played.rounds.append(len(effects))
            effects = search.send(tuple(outcome(effect) for effect in effects))
    except StopIteration as finished:
        assert isinstance(finished.value, DecisionTree), "the script ended before the search"
        played.tree = finished.value
        return played


def _rule(replies: Iterable[Reply] | Callable[[Ask], Reply]) -> Callable[[Ask], Reply]:
    if callable(replies):
        return replies
    scripted: Iterator[Reply] = iter(replies)

    def following(ask: Ask) -> Reply:
        reply = next(scripted, None)
        assert reply is not None, "the script ended before the search"
        return reply

    return following


def worlds(played: Play) -> list[tuple[str, str]]:
    """World before and after each call, by the order in which they appeared."""
    names = {"": "-"}
    return [
        tuple(names.setdefault(each, str(len(names))) for each in (act.world, act.makes))
        for act in played.acts
    ]
