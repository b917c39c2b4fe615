"""A process that asks a model in a loop, for tests that kill: `python -m tests.tasks.llm.looper LOG COUNT`.

The model says `asked <subject>` when a reply is paid for, and gives it when it hears a line. At the end it
says `done <nano-USD>`.
"""

import asyncio
import sys
from pathlib import Path

from tasks.llm.call_log import CallLog
from tasks.llm.ledger import open_ledger
from tasks.llm.metered import MeteredModel
from tasks.llm.pricing import Price
from tasks.llm.protocol import ChatReply, ChatRequest, Usage
from tasks.llm.scripted import ScriptedModel, says

PRICE = Price(1000, 1000, 1000, 1000, "test")
COST = 15
"""nano-USD of every reply."""


def reply(request: ChatRequest) -> ChatReply:
    print("asked", request.messages[0]["content"], flush=True)
    sys.stdin.readline()
    return says("answer to " + request.messages[0]["content"], Usage(uncached=10, output=5))


async def main(log: str, subjects: str) -> None:
    model = MeteredModel(
        ScriptedModel(reply), PRICE, open_ledger(), CallLog(Path(log)),
        run="r", stage="annotate", shard=0, address="/t/v1",
    )  # fmt: skip
    for number in range(int(subjects)):
        request = ChatRequest("m", [{"role": "user", "content": str(number)}], max_tokens=5)
        found = await model.ask(request, str(number))
        assert found.content == f"answer to {number}"
    cost = sum(row.cost_nano_usd for row in model.spend_of(model.take_calls()))
    print("done", cost, flush=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
