"""What the factory wants of a chat model; the real client and the tests' doubles meet it."""

from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from tasks.records import TeacherKind

Form = Literal["tools", "functions"]
"""How functions are offered: the current `tools` field, or the legacy `functions` field."""

REHEARSAL_PREFIX = "rehearsal-"
"""Models of the sandbox's rule-made stand-in are named so, by contract with its server."""


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """One request, in the neutral form that is logged and priced."""

    model: str
    messages: list[dict[str, Any]]
    """OpenAI chat messages; unused where there is a prompt."""
    functions: list[dict[str, Any]] = field(default_factory=list)
    """Function schemas offered; rendered as `tools` or `functions`."""
    form: Form = "tools"
    response_format: dict[str, Any] | None = None
    seed: int | None = None
    temperature: float | None = None
    max_tokens: int = 1024
    prompt: str | None = None
    """Plain text that the model goes on with; such a request is a completion, not a chat."""
    stop: tuple[str, ...] = ()
    """Strings that end the reply and are no part of it; at most four, as OpenAI allows."""
    parallel: bool = False
    """Say that the reply may hold several calls. Left unsaid elsewhere: some models refuse the field."""

    def body(self) -> dict[str, Any]:
        """The JSON body by OpenAI's protocol of chat completions, or of completions for a plain prompt."""
        body: dict[str, Any] = {"model": self.model, "max_tokens": self.max_tokens}
        body |= {"messages": self.messages} if self.prompt is None else {"prompt": self.prompt}
        if self.stop:
            body["stop"] = list(self.stop)
        if self.functions:
            body[self.form] = (
                self.functions
                if self.form == "functions"
                else [{"type": "function", "function": each} for each in self.functions]
            )
            if self.parallel and self.form == "tools":
                body["parallel_tool_calls"] = True
        for name in ("response_format", "seed", "temperature"):
            value = getattr(self, name)
            if value is not None:
                body[name] = value
        return body


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one reply in the four classes that are billed apart."""

    uncached: int = 0
    cached: int = 0
    cache_write: int = 0
    output: int = 0

    @property
    def prompt(self) -> int:
        """All prompt tokens."""
        return self.uncached + self.cached + self.cache_write


@dataclass(frozen=True, slots=True)
class FunctionCall:
    """A call the model proposes."""

    call_id: str
    name: str
    arguments: str
    """Text as the model sent it; often JSON."""


@dataclass(frozen=True, slots=True)
class ChatReply:
    """One reply of a model."""

    content: str | None
    calls: tuple[FunctionCall, ...]
    usage: Usage
    latency_s: float = 0.0
    finish_reason: str = ""
    usage_known: bool = True
    """False where the server reported no usage that can be believed: it is booked at its reservation."""


class ChatModel(Protocol):
    """A model behind some protocol."""

    name: str
    kind: TeacherKind

    async def complete(self, request: ChatRequest) -> ChatReply:
        """Answer one request.

        Raises:
            ModelOverloaded: no answer after the client's own retries, or one that was lost on the way.
            ConfigurationError: key or model name is refused.
            RecordError: this one request is refused (context overflow, say).
        """

    async def aclose(self) -> None:
        """Give connections back."""
