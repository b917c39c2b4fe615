"""OpenAI's chat completions and completions, as far as a student can serve them (pure).

Requests are checked here, replies written.
"""

import time
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from tasks.training.parsing import message_of, parse_turn

DEFAULT_MAX_TOKENS = 512
"""As ToolLLaMA's inference."""


class CalledFunction(BaseModel):
    """Name and arguments of a call made earlier in the conversation."""

    name: str
    arguments: str = "{}"


class ToolCall(BaseModel):
    """A call made earlier in the conversation."""

    id: str = ""
    type: Literal["function"] = "function"
    function: CalledFunction


class ChatMessage(BaseModel):
    """One message of the conversation."""

    role: Literal["system", "user", "assistant", "tool"]
    content: str | None = None
    tool_calls: list[ToolCall] | None = None
    tool_call_id: str | None = None


class OfferedFunction(BaseModel):
    """A function schema; every key reaches the template."""

    model_config = ConfigDict(extra="allow")

    name: str


class OfferedTool(BaseModel):
    """A tool of the request."""

    type: Literal["function"] = "function"
    function: OfferedFunction


class Sampling(BaseModel):
    """What both bodies say about the reply; unknown keys are passed over, those not honoured are refused."""

    model: str = ""
    temperature: Annotated[float, Field(ge=0, le=2)] = 1.0
    top_p: Annotated[float, Field(gt=0, le=1)] = 1.0
    max_tokens: Annotated[int, Field(ge=1)] | None = None
    max_completion_tokens: Annotated[int, Field(ge=1)] | None = None
    seed: int = 0
    stop: str | Annotated[list[str], Field(max_length=4)] | None = None
    n: Literal[1] | None = None
    stream: Literal[False] | None = None

    @property
    def token_limit(self) -> int:
        """Tokens the reply may have."""
        return self.max_completion_tokens or self.max_tokens or DEFAULT_MAX_TOKENS

    @property
    def ends(self) -> tuple[str, ...]:
        """Strings that end the reply."""
        given = [self.stop] if isinstance(self.stop, str) else self.stop or []
        return tuple(each for each in given if each)


class ChatRequest(Sampling):
    """Body of a chat completion."""

    messages: Annotated[list[ChatMessage], Field(min_length=1)]
    tools: list[OfferedTool] | None = None
    response_format: None = None
    tool_choice: Literal["auto"] | None = None
    functions: None = None

    def spoken(self) -> list[dict[str, Any]]:
        """Messages as the template reads them."""
        return [message.model_dump(exclude_none=True) for message in self.messages]

    def offered(self) -> list[dict[str, Any]]:
        """Tools as the template reads them."""
        return [tool.model_dump(exclude_unset=False) for tool in self.tools or ()]


class CompletionRequest(Sampling):
    """Body of a completion: plain text to go on with."""

    prompt: Annotated[str, Field(min_length=1)]
    echo: Literal[False] | None = None
    suffix: None = None
    best_of: Literal[1] | None = None


def continuation(
    request_id: str, model: str, text: str, finished: bool, prompt_tokens: int, completion_tokens: int
) -> dict[str, Any]:
    """A `text_completion` with one choice."""
    choice = {"index": 0, "text": text, "finish_reason": "stop" if finished else "length", "logprobs": None}
    return {
        "id": f"cmpl-{request_id}",
        "object": "text_completion",
        "created": int(time.time()),
        "model": model,
        "choices": [choice],
        "usage": _usage(prompt_tokens, completion_tokens),
    }


def completion(
    request_id: str, model: str, text: str, finished: bool, prompt_tokens: int, completion_tokens: int
) -> dict[str, Any]:
    """A `chat.completion` with one choice."""
    message = message_of(parse_turn(text), request_id)
    reason = "tool_calls" if "tool_calls" in message else "stop"
    return {
        "id": f"chatcmpl-{request_id}",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": model,
        "choices": [
            {
                "index": 0,
                "message": message,
                "finish_reason": reason if finished else "length",
                "logprobs": None,
            }
        ],
        "usage": _usage(prompt_tokens, completion_tokens),
    }


def _usage(prompt_tokens: int, completion_tokens: int) -> dict[str, Any]:
    return {
        "prompt_tokens": prompt_tokens,
        "completion_tokens": completion_tokens,
        "total_tokens": prompt_tokens + completion_tokens,
        "prompt_tokens_details": {"cached_tokens": 0},
    }


def error_body(message: str, code: str, kind: str = "invalid_request_error") -> dict[str, Any]:
    """An error in OpenAI's form."""
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}
