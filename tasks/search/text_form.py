"""Calling in writing over a chat server: for models that know no function calling.

Functions are described in the system message; a call is three lines of the assistant (`written_calls`), its
result a user message that begins with `Observation:`. One function, `written`, makes what a model is asked
with and what it is trained on. Neighbours of one role are joined, since many chat templates want the roles to
take turns.
"""

import json
from collections.abc import Iterable, Sequence

from tasks.search.effects import Message, Schema
from tasks.search.messages import one_call_each

VERSION = "1"
"""Part of the fingerprint of tables made with this form: words, layout, and how replies are read."""
STOP = ("\nObservation:",)
NO_CALL = "Observation: no function was called; name one in a line that begins with Action:"
"""Answers a turn that was only a thought."""

_USAGE = """\
You call functions in writing. Every reply consists of these three lines, and nothing after them:
Thought: what you know and what is missing
Action: the name of one function
Action Input: its arguments, as one JSON object
The result comes back in a message that begins with Observation: which you never write yourself.
The functions, one a line:
"""


def written(messages: Iterable[Message], functions: Sequence[Schema]) -> list[Message]:
    """A conversation of calls as one of texts; what its beginning is written as, the whole begins with."""
    made: list[Message] = []
    for message in one_call_each(messages):
        for role, text in _said(message, functions):
            if made and made[-1]["role"] == role:
                made[-1] = {"role": role, "content": f"{made[-1]['content']}\n{text}"}
            else:
                made.append({"role": role, "content": text})
    return made


def spoken(thought: str, name: str, arguments: str) -> str:
    """A call as its three lines."""
    return f"Thought: {thought}\nAction: {name}\nAction Input: {arguments}"


def _said(message: Message, functions: Sequence[Schema]) -> list[tuple[str, str]]:
    content = str(message.get("content") or "")
    match message["role"]:
        case "system" if functions:
            listed = "\n".join(json.dumps(schema, ensure_ascii=False) for schema in functions)
            return [("system", f"{content}\n{_USAGE}{listed}")]
        case "tool":
            return [("user", f"Observation: {content}")]
        case "assistant" if message.get("tool_calls"):
            function = message["tool_calls"][0]["function"]
            return [("assistant", spoken(content, function["name"], function["arguments"]))]
        case "assistant":
            return [("assistant", f"Thought: {content}"), ("user", NO_CALL)]
        case role:
            return [(role, content)]
