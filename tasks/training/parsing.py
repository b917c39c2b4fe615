"""What a student said, as an OpenAI assistant message (pure).

A small student misspells: a call is taken as far as it can be read. A name with broken arguments stays a
call with those arguments, so that the search shows the student its mistake; without a name it is text.
"""

import json
import re
from dataclasses import dataclass
from typing import Any

from tasks.training.template import CALL_END, CALL_START, TURN_END

_NAME = re.compile(r'"name"\s*:\s*"((?:[^"\\]|\\.)*)"')
_ARGUMENTS = re.compile(r'"arguments"\s*:\s*')


@dataclass(frozen=True, slots=True)
class SpokenCall:
    """A tool call as the student wrote it."""

    name: str
    arguments: str
    """JSON object on one line; the student's own text where that is none."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One assistant turn."""

    content: str
    """Text before and between calls, stripped; calls that cannot be read stay in it."""
    calls: tuple[SpokenCall, ...]


def parse_turn(text: str) -> Turn:
    """Read generated text; special tokens are expected in their spelling."""
    text = text.split(TURN_END, 1)[0]
    content, *chunks = text.split(CALL_START)
    calls: list[SpokenCall] = []
    for chunk in chunks:
        body, _, after = chunk.partition(CALL_END)
        call = _call(body)
        if call is None:
            content += CALL_START + chunk
        else:
            calls.append(call)
            content += after
    return Turn(content.strip(), tuple(calls))


def message_of(turn: Turn, request_id: str) -> dict[str, Any]:
    """The turn as the `message` of a chat completion."""
    message: dict[str, Any] = {"role": "assistant", "content": turn.content or None}
    if turn.calls:
        message["tool_calls"] = [
            {
                "id": f"call_{request_id}_{ordinal}",
                "type": "function",
                "function": {"name": call.name, "arguments": call.arguments},
            }
            for ordinal, call in enumerate(turn.calls)
        ]
    return message


def _call(body: str) -> SpokenCall | None:
    try:
        found = json.loads(body)
    except ValueError:
        return _misspelled(body)
    if not isinstance(found, dict) or not isinstance(found.get("name"), str) or not found["name"]:
        return None
    arguments = found.get("arguments", {})
    return SpokenCall(found["name"], arguments if isinstance(arguments, str) else _one_line(arguments))


def _misspelled(body: str) -> SpokenCall | None:
    name = _NAME.search(body)
    if name is None or not name[1]:
        return None
    opening = _ARGUMENTS.search(body, name.end())
    if opening is None:
        return SpokenCall(name[1], "{}")
    rest = body[opening.end() :].strip()
    try:
        arguments, _ = json.JSONDecoder().raw_decode(rest)
    except ValueError:
        return SpokenCall(name[1], rest)
    return SpokenCall(name[1], _one_line(arguments))


def _one_line(arguments: Any) -> str:
    return json.dumps(arguments, ensure_ascii=False)
