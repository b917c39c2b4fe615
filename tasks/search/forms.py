"""The forms of calling: how a request is said to a server, and how its reply is read (pure).

| form | for | endpoint |
|---|---|---|
| `tools` | today's protocol | chat completions |
| `functions` | the legacy protocol of 2023 | chat completions |
| `text` | chat models without function calling | chat completions |
| `toolllama` | base models and ToolLLaMA checkpoints, in ToolBench's prompt layout | completions |

Searches speak `tools` only; the driver says and reads the form that a run has chosen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from tasks.search import text_form, toolllama
from tasks.search.effects import FunctionCall, Message, Schema
from tasks.search.messages import render
from tasks.search.written_calls import SPEAKERS, Heard, heard

CallingForm = Literal["tools", "functions", "text", "toolllama"]


@dataclass(frozen=True, slots=True)
class Said:
    """A request in the words of its form."""

    messages: list[Message]
    """Empty where there is a prompt."""
    prompt: str | None
    """Plain text to go on with; None for a chat."""
    functions: list[Schema]
    """Those that the server is told of; in writing they stand in the text."""
    stop: tuple[str, ...]
    """Strings that end the reply."""


def said(messages: Sequence[Message], functions: Sequence[Schema], form: CallingForm) -> Said:
    """A conversation and the functions on offer, as a server of `form` takes them."""
    match form:
        case "text":
            return Said(text_form.written(messages, functions), None, [], text_form.STOP if functions else ())
        case "toolllama":
            text = toolllama.prompt(messages, functions) if functions else toolllama.question(messages)
            return Said([], text, [], toolllama.STOP)
        case _:
            return Said(render(messages, form), None, list(functions), ())


def read(content: str | None, calls: Sequence[FunctionCall], form: CallingForm, asks: bool) -> Heard:
    """What a server's reply means.

    Args:
        content: its text.
        calls: those that the server itself has found.
        form: of the request.
        asks: it was a question without functions, whose reply is words.
    """
    if form in ("tools", "functions") or asks or calls:
        return Heard(content, tuple(calls), ())
    if form == "toolllama":
        return heard(content or "", begun=True, others=SPEAKERS)
    return heard(content or "")


def version(form: CallingForm) -> dict[str, str]:
    """What of a form decides the rows made with it, for the fingerprint."""
    versions = {"text": text_form.VERSION, "toolllama": toolllama.VERSION}
    return {"form text": versions[form]} if form in versions else {}
