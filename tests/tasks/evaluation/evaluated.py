"""What the tests of the evaluation stage share: who is asked, and what came of it."""

from collections.abc import Callable
from typing import Any

from tasks.errors import ModelOverloaded
from tasks.llm.openai_compatible import OpenAICompatible
from tasks.llm.protocol import ChatReply, ChatRequest
from tasks.records import Result
from tasks.storage.table import Table
from tests.tasks.evaluation.made import instruction

JUDGE = "rehearsal-strong"
HELD_OUT = [instruction(number) for number in range(6)]


def rows_of(address: str) -> list[Result]:
    return Table.open(address).records(Result, "results")


def failing_after(count: int) -> Callable[..., Any]:
    """A client's `complete` that answers so many requests, then finds the server gone."""
    complete = OpenAICompatible.complete
    answered = 0

    async def failing(self: OpenAICompatible, request: ChatRequest) -> ChatReply:
        nonlocal answered
        if answered == count:
            raise ModelOverloaded("the server is gone")
        answered += 1
        return await complete(self, request)

    return failing
