"""Requests to the rules, without a server between: one reply, or a whole conversation."""

import json
from collections.abc import Callable
from typing import Any

from infra.sandbox.teacher.roles import respond
from tests.infra.sandbox.teacher.marketplace import observation

FLAWLESS = "flawless"
SYSTEM = {"role": "system", "content": "You solve tasks by calling functions. The tools are listed here."}


def body(messages: list[dict[str, Any]], functions: list[dict[str, Any]] | None = None, **more: Any) -> bytes:
    """The bytes of a chat completion request."""
    request: dict[str, Any] = {"model": FLAWLESS, "messages": messages, "seed": 1, "max_tokens": 4096}
    if functions is not None:
        request["tools"] = [{"type": "function", "function": function} for function in functions]
    return json.dumps({**request, **more}).encode()


def reply(raw: bytes, server_seed: int = 7) -> dict[str, Any]:
    """The reply to a request, parsed."""
    parsed: dict[str, Any] = json.loads(respond(raw, server_seed))
    return parsed


def opening(instruction: str) -> list[dict[str, Any]]:
    """The two messages that begin every search."""
    return [SYSTEM, {"role": "user", "content": f"\n{instruction}\nBegin!\n"}]


def called(completion: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Function name and arguments of a reply that calls."""
    function = completion["choices"][0]["message"]["tool_calls"][0]["function"]
    return function["name"], json.loads(function["arguments"])


def turn(name: str, arguments: dict[str, Any], content: str, call_id: str = "call_1") -> list[dict[str, Any]]:
    """An assistant's call and its observation."""
    function = {"name": name, "arguments": json.dumps(arguments)}
    return [
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": call_id, "type": "function", "function": function}],
        },
        {"role": "tool", "tool_call_id": call_id, "content": content},
    ]


def first_call(instruction: str, functions: list[dict[str, Any]], **more: Any) -> tuple[str, dict[str, Any]]:
    """The first call for an instruction."""
    return called(reply(body(opening(instruction), functions, **more)))


def solve(
    instruction: str,
    functions: list[dict[str, Any]],
    observe: Callable[[str, dict[str, Any]], str] = observation,
    **more: Any,
) -> tuple[list[tuple[str, dict[str, Any]]], dict[str, Any] | None]:
    """Follow one path to its end: the calls made, and the arguments of Finish (None after ten calls)."""
    messages = opening(instruction)
    calls: list[tuple[str, dict[str, Any]]] = []
    for _ in range(10):
        name, arguments = called(reply(body(messages, functions, **more)))
        if name == "Finish":
            return calls, arguments
        calls.append((name, arguments))
        messages += turn(name, arguments, observe(name, arguments))
    return calls, None
