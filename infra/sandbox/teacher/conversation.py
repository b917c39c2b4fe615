"""Conversation: the messages of a planner request, read as the situation of a search."""

import json
import re
from typing import Any

import orjson

from infra.sandbox.teacher.documents import FINISH
from infra.sandbox.teacher.observations import Observation, read_observation
from infra.sandbox.teacher.protocol import ChatRequest, Message, Refusal
from infra.sandbox.teacher.stock import Call, Situation

_BEGIN = re.compile(r"\s*\bBegin!\s*$")
_LISTED_CALL = re.compile(
    r'"name"\s*:\s*"(?P<name>[^"]+)"\s*,\s*"arguments"\s*:\s*(?P<arguments>"(?:[^"\\]|\\.)*"|\{[^{}]*\})'
)
_DECODER = json.JSONDecoder()


def parse_arguments(text: Any) -> dict[str, Any] | None:
    """Read the arguments of a call, given as an object or as its JSON text; None where they are broken."""
    if isinstance(text, dict):
        return text
    try:
        value = orjson.loads(text or "{}")
    except (orjson.JSONDecodeError, TypeError):
        return None
    return value if isinstance(value, dict) else None


def _attempts(content: str) -> list[Call] | None:
    """The earlier attempts that a diversity message lists; None where it lists none."""
    start = content.find("[")
    if start < 0:
        return None
    try:
        listed, _ = _DECODER.raw_decode(content, start)
    except (ValueError, RecursionError):
        listed = [
            {"name": match["name"], "arguments": _unquoted(match["arguments"])}
            for match in _LISTED_CALL.finditer(content)
        ]
    if not isinstance(listed, list):
        return None
    calls = [
        Call(str(entry["name"]), parse_arguments(entry.get("arguments")))
        for entry in listed
        if isinstance(entry, dict) and "name" in entry and "arguments" in entry
    ]
    return calls or None


def _unquoted(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return None


def read_situation(request: ChatRequest) -> Situation:
    """Read instruction, calls with their observations, and refused attempts from the messages.

    Raises:
        Refusal: there is no user message, so nothing is asked.
    """
    instruction: str | None = None
    refused: list[Call] = []
    calls: list[Call] = []
    waiting: list[tuple[str, str]] = []
    thought = False
    last = len(request.messages) - 1
    for place, message in enumerate(request.messages):
        if message.role == "user":
            attempts = _attempts(message.content) if instruction is not None else None
            if attempts is None:
                instruction, calls, thought = _BEGIN.sub("", message.content).strip(), [], False
            elif place == last:
                refused = attempts
        elif message.role == "assistant":
            waiting = list(message.calls)
            thought = thought or bool(message.content)
        elif message.role in ("tool", "function") and waiting:
            name, arguments = waiting.pop(0)
            if name != FINISH:
                calls.append(Call(name, parse_arguments(arguments), _observed(message)))
    if not instruction:
        raise Refusal(400, "Send a user message with the instruction.")
    return Situation(instruction, request.functions_json, tuple(calls), tuple(refused), thought)


def _observed(message: Message) -> Observation:
    return read_observation(message.content)
