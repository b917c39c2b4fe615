"""Chat messages in one neutral form, OpenAI's `tools`, and how they are said to older servers.

The messages of a path are a function of its nodes, so that a search, an export and a training sample can
never disagree about what the model was shown.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Literal, Protocol

from tasks.search.codes import HALLUCINATED
from tasks.search.effects import Message, Schema

Form = Literal["tools", "functions"]
"""`tools` is today's protocol, `functions` the legacy one of 2023, which ToolBench's files are written in."""

HALLUCINATED_NAME = "invalid_hallucination_function_name"
"""Stands in the history for a function that was never offered; the tree keeps what the model wrote."""


class NodeLike(Protocol):
    """What a node shows of itself: a `records.Node`, or a node of a tree that still grows."""

    @property
    def kind(self) -> str: ...  # noqa: D102
    @property
    def description(self) -> str: ...  # noqa: D102
    @property
    def observation(self) -> str: ...  # noqa: D102
    @property
    def observation_code(self) -> int: ...  # noqa: D102
    @property
    def ask(self) -> int: ...  # noqa: D102


def turns(path: Iterable[NodeLike]) -> list[list[NodeLike]]:
    """The nodes of a path, root left out, grouped by the reply that made them."""
    grouped: list[list[NodeLike]] = []
    for node in path:
        if node.kind == "root":
            continue
        if grouped and grouped[-1][-1].ask == node.ask:
            grouped[-1].append(node)
        else:
            grouped.append([node])
    return grouped


def turn_messages(turn: Sequence[NodeLike], position: int) -> list[Message]:
    """What one reply adds to the history: the assistant's message, and the observations of its calls.

    Args:
        turn: Thought, Action and Action Input as far as the reply had them, the last two for every call.
        position: how many turns of the path come before, for the ids of the calls.
    """
    thought = next((node.description for node in turn if node.kind == "thought"), None)
    message: Message = {"role": "assistant", "content": thought}
    names = [node.description for node in turn if node.kind == "action"]
    results = [node for node in turn if node.kind == "action_input"]
    if not results:
        return [message]
    message["tool_calls"] = []
    said = [message]
    for number, (name, result) in enumerate(zip(names, results, strict=False)):
        shown = HALLUCINATED_NAME if result.observation_code == HALLUCINATED else name
        # Nine letters and digits: some servers refuse any other id.
        call_id = f"call{position:05d}" if number == 0 else f"call{chr(ord('a') + number)}{position:04d}"
        function = {"name": shown, "arguments": result.description}
        message["tool_calls"].append({"id": call_id, "type": "function", "function": function})
        said.append({"role": "tool", "tool_call_id": call_id, "content": result.observation})
    return said


def path_messages(path: Iterable[NodeLike]) -> list[Message]:
    """The history of a path after its opening messages; diversity messages are never part of it."""
    return [message for position, turn in enumerate(turns(path)) for message in turn_messages(turn, position)]


def render(messages: Iterable[Message], form: Form) -> list[Message]:
    """The messages as a server of `form` takes them; `tools` is how they are kept already."""
    if form == "tools":
        return list(messages)
    rendered: list[Message] = []
    names: dict[str, str] = {}
    for message in one_call_each(messages):
        if message["role"] == "tool":
            name = names[message["tool_call_id"]]
            rendered.append({"role": "function", "name": name, "content": message["content"]})
        elif "tool_calls" in message:
            (call,) = message["tool_calls"]
            names[call["id"]] = call["function"]["name"]
            rest = {key: value for key, value in message.items() if key != "tool_calls"}
            rendered.append({**rest, "function_call": call["function"]})
        else:
            rendered.append(message)
    return rendered


def one_call_each(messages: Iterable[Message]) -> list[Message]:
    """The same history for forms that know one call a message: calls of one reply follow each other.

    The first keeps the words of the reply; each is followed by its own result.
    """
    said: list[Message] = []
    waiting: dict[str, Message] = {}
    for message in messages:
        calls = message.get("tool_calls") or []
        if message.get("tool_call_id") in waiting:
            said.append(waiting.pop(message["tool_call_id"]))
        if len(calls) > 1:
            waiting = {call["id"]: {**message, "content": None, "tool_calls": [call]} for call in calls}
            waiting[calls[0]["id"]]["content"] = message["content"]
        else:
            said.append(message)
    return said


def offered(schemas: Sequence[Schema], form: Form) -> dict[str, Any]:
    """The functions as a field of the request's body."""
    if form == "functions":
        return {"functions": list(schemas)}
    return {"tools": [{"type": "function", "function": schema} for schema in schemas]}
