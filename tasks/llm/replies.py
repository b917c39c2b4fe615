"""A server's reply as JSON, whatever it holds, brought into the form that is logged (pure)."""

import json
from typing import Any

from tasks.llm.protocol import ChatReply, FunctionCall, Usage

MOST_TOKENS = 100_000_000
"""More than any model reads or writes at once: a server that reports more reports nothing."""


def reply_of(body: dict[str, Any], latency_s: float) -> ChatReply:
    """The first choice of a chat completion or a completion; a reply without one is an empty reply.

    Args:
        body: the JSON object the server sent.
        latency_s: from request to reply [s].
    """
    choices = body.get("choices")
    choice = _object(choices[0] if isinstance(choices, list) and choices else None)
    message = _object(choice.get("message"))
    proposed = message.get("tool_calls")
    calls = [_call(_object(each)) for each in proposed if each] if isinstance(proposed, list) else []
    if message.get("function_call"):
        calls.append(_call({"function": message["function_call"]}))
    usage = usage_of(body.get("usage"))
    return ChatReply(
        content=_content(message.get("content") if "message" in choice else choice.get("text")),
        calls=tuple(calls),
        usage=usage or Usage(),
        latency_s=latency_s,
        finish_reason=_text(choice.get("finish_reason") or ""),
        usage_known=usage is not None,
    )


def usage_of(reported: Any) -> Usage | None:
    """Tokens in the four classes; None where they are missing, negative, contradictory or absurd."""
    if not isinstance(reported, dict):
        return None
    details = _object(reported.get("prompt_tokens_details"))
    prompt, output = _count(reported.get("prompt_tokens")), _count(reported.get("completion_tokens"))
    cached = _count(details.get("cached_tokens") or 0)
    written = _count(details.get("cache_write_tokens") or 0)
    if prompt is None or output is None or cached is None or written is None or cached + written > prompt:
        return None
    # Some servers count the tokens of a model's reasoning in the total only; they are billed as output.
    output = max(output, (_count(reported.get("total_tokens")) or 0) - prompt)
    return Usage(uncached=prompt - cached - written, cached=cached, cache_write=written, output=output)


def _count(value: Any) -> int | None:
    fits = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_TOKENS
    return value if fits else None


def _call(proposed: dict[str, Any]) -> FunctionCall:
    function = _object(proposed.get("function"))
    arguments = function.get("arguments")
    return FunctionCall(
        call_id=_text(proposed.get("id") or ""),
        name=_text(function.get("name") or ""),
        arguments=_text(_written(arguments) if isinstance(arguments, dict | list) else arguments or ""),
    )


def _written(arguments: Any) -> str:
    """Text of an object that a server sent instead; of one too deep to be written the first sign."""
    try:
        return json.dumps(arguments)
    except RecursionError:
        return "{"


def _content(content: Any) -> str | None:
    if isinstance(content, list):  # parts, as some servers send text
        content = "".join(str(_object(each).get("text") or "") for each in content)
    return _text(content) if isinstance(content, str) else None


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    """Text that can be stored: halves of surrogate pairs, which JSON may hold, are replaced."""
    return str(value).encode("utf-8", "replace").decode()
