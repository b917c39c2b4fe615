"""A chat model that replies from a script: for tests and offline trials, and no language model.

model = ScriptedModel([calls("sunrise", '{"city": "Oslo"}'), says("At 6:12."), RecordError("refused", "")])
"""

from collections.abc import Callable, Iterable

from tasks.errors import ConfigurationError
from tasks.llm.protocol import REHEARSAL_PREFIX, ChatReply, ChatRequest, FunctionCall, Usage
from tasks.records import TeacherKind

Line = ChatReply | BaseException | Callable[[ChatRequest], ChatReply]
"""One line of a script: a reply, an error to raise, or a rule that makes the reply."""


A_FEW_TOKENS = Usage(uncached=10, output=5)


def says(text: str, usage: Usage = A_FEW_TOKENS) -> ChatReply:
    """A reply of text."""
    return ChatReply(text, (), usage, finish_reason="stop")


def calls(name: str, arguments: str = "{}", usage: Usage = A_FEW_TOKENS) -> ChatReply:
    """A reply that proposes one function call."""
    return ChatReply(None, (FunctionCall("call_0", name, arguments),), usage, finish_reason="tool_calls")


class ScriptedModel:
    """Replies line by line, or to every request by one rule; remembers what it was asked."""

    kind: TeacherKind = "rehearsal"

    def __init__(self, script: Iterable[Line] | Callable[[ChatRequest], ChatReply], name: str = "scripted"):
        self.name = name if name.startswith(REHEARSAL_PREFIX) else f"{REHEARSAL_PREFIX}{name}"
        self.requests: list[ChatRequest] = []
        """Every request, in the order asked."""
        self.closed = False
        self._rule = script if callable(script) else None
        self._lines = iter(()) if callable(script) else iter(script)

    async def complete(self, request: ChatRequest) -> ChatReply:
        """The next line of the script.

        Raises:
            ConfigurationError: the script has ended.
            BaseException: the line is this error.
        """
        self.requests.append(request)
        line: Line | None = self._rule or next(self._lines, None)
        if line is None:
            raise ConfigurationError(
                f"the script has no reply to request {len(self.requests)}; write one more"
            )
        if isinstance(line, BaseException):
            raise line
        return line if isinstance(line, ChatReply) else line(request)

    async def aclose(self) -> None:
        """Nothing to give back."""
        self.closed = True
