"""OpenAI's chat completions, as far as a student can serve them: request checked, reply written (pure)."""

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


class ChatRequest(BaseModel):
    """Body of a chat completion; unknown keys are passed over, those that cannot be honoured are refused."""

    model: str = ""
    messages: Annotated[list[ChatMessage], Field(min_length=1)]
    tools: list[OfferedTool] | None = None
    temperature: Annotated[float, Field(ge=0, le=2)] = 1.0
    top_p: Annotated[float, Field(gt=0, le=1)] = 1.0
    max_tokens: Annotated[int, Field(ge=1)] | None = None
    max_completion_tokens: Annotated[int, Field(ge=1)] | None = None
    seed: int = 0
    n: Literal[1] | None = None
    stream: Literal[False] | None = None
    response_format: None = None
    tool_choice: Literal["auto"] | None = None
    functions: None = None

    @property
    def token_limit(self) -> int:
        """Tokens the reply may have."""
        return self.max_completion_tokens or self.max_tokens or DEFAULT_MAX_TOKENS

    def spoken(self) -> list[dict[str, Any]]:
        """Messages as the template reads them."""
        return [message.model_dump(exclude_none=True) for message in self.messages]

    def offered(self) -> list[dict[str, Any]]:
        """Tools as the template reads them."""
        return [tool.model_dump(exclude_unset=False) for tool in self.tools or ()]


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
        "usage": {
            "prompt_tokens": prompt_tokens,
            "completion_tokens": completion_tokens,
            "total_tokens": prompt_tokens + completion_tokens,
            "prompt_tokens_details": {"cached_tokens": 0},
        },
    }


def error_body(message: str, code: str, kind: str = "invalid_request_error") -> dict[str, Any]:
    """An error in OpenAI's form."""
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}
