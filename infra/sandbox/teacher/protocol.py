"""Protocol: OpenAI chat completions, read from a request body and written as a reply body.

Source: the chat completions part of OpenAI's API reference (messages, tools, legacy functions,
response_format, usage, error bodies).
"""

from dataclasses import dataclass
from typing import Any

import orjson

from infra.sandbox.teacher.draws import digest_of
from infra.sandbox.teacher.skills import VERSION, without_stubbornness

CREATED = 1_767_225_600
"""`created` of every reply: a constant, so that equal requests get equal bytes."""


class Refusal(Exception):
    """A request that is answered with an error body.

    Args:
        status: HTTP status code.
        message: one sentence that says what to do.
        code: machine-readable code of OpenAI's error form, or None.
        retry_after_s: seconds for the Retry-After header, or None for no such header.
    """

    def __init__(
        self, status: int, message: str, code: str | None = None, retry_after_s: int | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code
        self.retry_after_s = retry_after_s

    def body(self) -> bytes:
        """The error in OpenAI's form."""
        kinds = {429: "rate_limit_error", 404: "invalid_request_error", 400: "invalid_request_error"}
        kind = kinds.get(self.status, "server_error")
        return orjson.dumps(
            {"error": {"message": self.message, "type": kind, "param": None, "code": self.code}}
        )


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation; ids of tool calls are left out, as they are noise."""

    role: str
    content: str
    calls: tuple[tuple[str, str], ...] = ()
    """Function name and argument text of each call."""


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """What a request asks for."""

    model: str
    messages: tuple[Message, ...]
    functions_json: bytes
    """JSON list of the offered functions; empty where none is offered."""
    legacy: bool
    """Whether they came as `functions`, which is answered by `function_call`."""
    forced: str | None
    """Name of the function that must be called."""
    parallel: bool
    """Whether a reply may hold several calls; only where `parallel_tool_calls` says so."""
    schema_name: str | None
    """`response_format.json_schema.name`."""
    max_tokens: int | None
    digest: bytes
    """Stands for everything that may change the reply."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the assistant says: text, or a call, or both."""

    content: str | None
    calls: tuple[tuple[str, str], ...] = ()
    """Function name and argument text of each call; several only where the request allows it."""


def _list_of(holder: dict[str, Any], key: str) -> list[Any]:
    value = holder.get(key)
    if value is not None and not isinstance(value, list):
        raise Refusal(400, f"{key} must be a list.")
    return value or []


def _text_of(content: Any) -> str:
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "\n".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
    raise Refusal(400, "The content of a message must be text or a list of text parts.")


def _read_message(message: Any) -> Message:
    if not isinstance(message, dict) or not isinstance(message.get("role"), str):
        raise Refusal(400, "Each message must be an object with a role.")
    calls: list[tuple[str, str]] = []
    listed = [call.get("function") for call in _list_of(message, "tool_calls") if isinstance(call, dict)]
    for call in (*listed, message.get("function_call")):
        if isinstance(call, dict):
            calls.append((str(call.get("name", "")), str(call.get("arguments", ""))))
    return Message(message["role"], _text_of(message.get("content")), tuple(calls))


def _forced(body: dict[str, Any]) -> tuple[str | None, bool]:
    """The function that must be called, and whether calling is forbidden."""
    choice = body.get("tool_choice", body.get("function_call"))
    if choice == "none":
        return None, True
    if isinstance(choice, dict):
        named = choice.get("function", choice)
        if isinstance(named, dict) and "name" in named:
            return str(named["name"]), False
    return None, False


def _schema_name(body: dict[str, Any]) -> str | None:
    form = body.get("response_format")
    if form is None or (isinstance(form, dict) and form.get("type") == "text"):
        return None
    schema = form.get("json_schema") if isinstance(form, dict) else None
    if isinstance(schema, dict) and "name" in schema:
        return str(schema["name"])
    raise Refusal(
        400,
        "Give response_format as a json_schema with a name; this rule-based stand-in tells its roles by it.",
    )


def read_request(raw: bytes, server_seed: int) -> ChatRequest:
    """Read the body of a request.

    Raises:
        Refusal: it is no chat completion request, or asks for what is not supported.
    """
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise Refusal(400, f"The body must be JSON: {error}.") from error
    if not isinstance(body, dict) or not isinstance(body.get("messages"), list) or not body["messages"]:
        raise Refusal(400, "The body must be an object with a model and a list of messages.")
    if not isinstance(body.get("model"), str):
        raise Refusal(400, "Name a model; GET /v1/models lists them.")
    if body.get("stream"):
        raise Refusal(400, "This stand-in does not stream; leave stream out or set it to false.")
    if body.get("n", 1) not in (1, None):
        raise Refusal(
            400, "This stand-in gives one choice; leave n out and send another seed for another reply."
        )
    messages = tuple(_read_message(message) for message in body["messages"])
    listed = [tool.get("function") for tool in _list_of(body, "tools") if isinstance(tool, dict)]
    old = _list_of(body, "functions")
    legacy = not listed and bool(old)
    functions = old if legacy else listed
    forced, forbidden = _forced(body)
    offered = b"" if forbidden or not functions else orjson.dumps(functions)
    limit = body.get("max_completion_tokens") or body.get("max_tokens")
    schema_name = _schema_name(body)
    parallel = body.get("parallel_tool_calls") is True and not legacy and forced is None
    decisive = [body.get("seed"), body.get("temperature"), forced, schema_name, *["parallel"] * parallel]
    digest = digest_of(
        str(server_seed).encode(),
        without_stubbornness(body["model"]).encode(),
        orjson.dumps([(message.role, message.content, message.calls) for message in messages]),
        offered,
        orjson.dumps(decisive),
    )
    return ChatRequest(
        model=body["model"], messages=messages, functions_json=offered, legacy=legacy, forced=forced,
        parallel=parallel, schema_name=schema_name, digest=digest,
        max_tokens=limit if isinstance(limit, int) else None,
    )  # fmt: skip


def write_reply(
    request: ChatRequest, reply: Reply, usage: dict[str, Any], server_seed: int, cut: bool
) -> bytes:
    """Write the body of a chat completion."""
    mark = request.digest.hex()
    message: dict[str, Any] = {"role": "assistant", "content": reply.content, "refusal": None}
    finish = "stop"
    called = [{"name": name, "arguments": arguments} for name, arguments in reply.calls]
    if called and request.legacy:
        message["function_call"], finish = called[0], "function_call"
    elif called:
        message["tool_calls"] = [
            {"id": f"call_{mark[place : place + 24]}", "type": "function", "function": each}
            for place, each in enumerate(called)
        ]
        finish = "tool_calls"
    return orjson.dumps(
        {
            "id": f"chatcmpl-{mark}",
            "object": "chat.completion",
            "created": CREATED,
            "model": request.model,
            "choices": [
                {
                    "index": 0,
                    "message": message,
                    "logprobs": None,
                    "finish_reason": "length" if cut else finish,
                }
            ],
            "usage": usage,
            "system_fingerprint": f"rehearsal-rules-{VERSION}-seed{server_seed}",
        }
    )
