r"""ToolLLaMA's prompt layout: one plain text, for base models and checkpoints trained in it.

    System: <task, format, functions as Python writes a list>
    User: <instruction>
    Assistant: \nThought: <thought>\nAction: <name>\nAction Input: <arguments>
    Function: <observation>
    Assistant: \nThought:

The published code trains on the layout above and then asks with another: no actions in the history, and
`Assistant:\n` at the end. Here `layout` makes both, so that what a model is asked with is, byte for byte, the
beginning of what it is trained on. ToolBench's words are not repeated, its layout is.

Source: ToolLLM (Qin et al., 2023, arXiv:2307.16789), appendix A.7, and the behaviour of ToolBench's code
(template `tool-llama-single-round`).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tasks.search.effects import Message, Schema
from tasks.search.messages import one_call_each

VERSION = "1"
"""Part of the fingerprint of tables made with this form: layout, and how replies are read."""
CUE = "Assistant: \nThought:"
"""What a prompt ends with; a reply goes on with a blank and the thought."""
STOP = ("\nFunction:", "\nUser:", "\nSystem:", "\nAssistant:")

_FORMAT = "\nWrite every step in this format:\nThought:\nAction:\nAction Input:\n"
_APIS = "\nSpecifically, you have access to the following APIs: "
_SPEAKER = re.compile(r"(?<=\n)(?=(?:System|User|Function|Assistant):)")
_LABEL = re.compile(r"(?<=\n)(?=(?:Thought|Action|Action Input):)")
_TOKEN = re.compile(r"<(?=/?s>)")


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of the text."""

    text: str
    spoken: bool
    """Said by the assistant: what is learned."""


def layout(messages: Sequence[Message], functions: Sequence[Schema]) -> list[Part]:
    """A conversation as pieces of text that follow each other; each turn's last piece ends its line.

    Turns that are only a thought are joined with the next, as further `Thought:` lines of one turn. A text
    that spells a speaker, a label or a token of the layout is broken up, so that no observation can speak for
    the assistant.
    """
    parts: list[Part] = []
    before = ""
    for message, after in pairwise([*one_call_each(messages), None]):
        assert message is not None
        role = str(message["role"])
        if role == "assistant":
            parts.append(Part("\nThought:" if before == role else CUE, False))
            parts.append(Part(_turn(message), True))
        else:
            parts.append(Part(_heading(message, functions), False))
        if after is not None and (role, after["role"]) != ("assistant", "assistant"):
            parts.append(Part("\n", False))
        before = role
    return parts


def prompt(messages: Sequence[Message], functions: Sequence[Schema]) -> str:
    """A conversation, opened for the assistant's next words."""
    text = "".join(part.text for part in layout(messages, functions))
    return f"{text}\nThought:" if messages[-1]["role"] == "assistant" else f"{text}\n{CUE}"


def question(messages: Iterable[Message]) -> str:
    """A conversation without functions, opened for an answer in words."""
    turns = (f"{_SPEAKERS[each['role']]}: {plain(str(each['content']))}\n" for each in messages)
    return "".join(turns) + "Assistant:"


def plain(text: str) -> str:
    """Text that spells no speaker at the beginning of a line, and no token of sentences."""
    return _TOKEN.sub("< ", _SPEAKER.sub(" ", text))


_SPEAKERS = {"system": "System", "user": "User", "tool": "Function", "assistant": "Assistant"}


def _heading(message: Message, functions: Sequence[Schema]) -> str:
    content = str(message.get("content") or "")
    if message["role"] == "system" and functions:
        content = f"{content}{_FORMAT}{_APIS}{list(functions)}"
    return f"{_SPEAKERS[message['role']]}: {plain(content)}"


def _turn(message: Message) -> str:
    """What the assistant says after `Thought:`."""
    thought = f" {_LABEL.sub(' ', plain(str(message.get('content') or '')))}"
    if not message.get("tool_calls"):
        return thought
    function = message["tool_calls"][0]["function"]
    return f"{thought}\nAction: {plain(function['name'])}\nAction Input: {plain(function['arguments'])}"
