"""A model as stages use it: every reply logged before use, every call reserved and settled.

    async with open_session(table, shard, "gpt-4o-mini") as model:
        reply = await model.ask(request, subject=instruction_id, ordinal=0)
    calls = model.take_calls([instruction_id])        # rows for the generation that publishes this
    instruction

A subject's calls are handed out once, together with what was made from them: after a kill the replayed calls
are counted again with the rows that are published then, so that tables and ledger agree.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import Any

import orjson

from tasks.errors import BudgetExceeded
from tasks.llm.call_log import CallLog, call_log_of
from tasks.llm.ledger import NANO, CallKey, Ledger, Refusal, open_ledger
from tasks.llm.openai_compatible import OpenAICompatible, base_url, require_reachable
from tasks.llm.pricing import Price, price_of
from tasks.llm.protocol import ChatModel, ChatReply, ChatRequest, FunctionCall, Usage
from tasks.records import Call, Spend, TeacherKind
from tasks.storage.canonical import digest
from tasks.storage.table import Table

_WAIT_S = 0.05
"""Pause before a reservation that did not fit is tried again."""


class MeteredModel:
    """One model for one shard."""

    def __init__(
        self, model: ChatModel, price: Price, ledger: Ledger, log: CallLog, *, run: str, stage: str,
        shard: int, address: str,
    ):  # fmt: skip
        self.log = log
        self._model, self._price, self._ledger = model, price, ledger
        self._run, self._stage, self._shard, self._address = run, stage, shard, address
        self._calls: dict[str, list[Call]] = defaultdict(list)

    @property
    def name(self) -> str:
        """The model's name."""
        return self._model.name

    @property
    def kind(self) -> TeacherKind:
        """Language model or rehearsal teacher."""
        return self._model.kind

    async def ask(self, request: ChatRequest, subject: str, ordinal: int = 0) -> ChatReply:
        """The reply to a request, from the log when it reached this host before, else paid for.

        Args:
            request: what to ask; its bytes are the key.
            subject: the instruction, combination or other thing it is for.
            ordinal: n-th asking of these bytes for this subject.

        Raises:
            BudgetExceeded: it cannot fit under a cap with nothing in flight.
            ModelOverloaded, ConfigurationError, RecordError: as `ChatModel.complete`.
        """
        body = request.body()
        key = digest(body, size=16)
        logged = self.log.get(subject, "model", key, ordinal)
        if logged is None:
            logged = await self._pay(request, body, key, subject, ordinal)
            replayed = False
        else:
            replayed = True
            self._ledger.settle(
                logged["call_id"], Usage(**logged["usage"]), logged["cost"], logged["latency_s"], "ok"
            )
        usage = Usage(**logged["usage"])
        self._note(subject, ordinal, key, "ok", logged["latency_s"], usage, logged["cost"], replayed)
        return ChatReply(
            content=logged["content"],
            calls=tuple(FunctionCall(**each) for each in logged["calls"]),
            usage=usage,
            latency_s=logged["latency_s"],
            finish_reason=logged["finish_reason"],
        )

    def record_api_call(self, call: Call) -> None:
        """Count an API call among a subject's calls."""
        self._calls[call.subject_id].append(call)

    def take_calls(self, subjects: Iterable[str] | None = None) -> list[Call]:
        """The calls of the given subjects (all, when None), once."""
        wanted = list(self._calls) if subjects is None else list(subjects)
        return [call for subject in wanted for call in self._calls.pop(subject, [])]

    def spend_of(self, calls: Iterable[Call]) -> list[Spend]:
        """What calls have cost, a row a model, for the same generation as the calls."""
        sums: dict[str, list[int]] = {}
        for call in calls:
            if call.kind == "model":
                row = sums.setdefault(call.target, [0] * 6)
                classes = (
                    call.uncached_tokens,
                    call.cached_tokens,
                    call.cache_write_tokens,
                    call.output_tokens,
                )
                for place, amount in enumerate((1, *classes, call.cost_nano_usd)):
                    row[place] += amount
        return [
            Spend(self._run, self._stage, self._shard, model, *row) for model, row in sorted(sums.items())
        ]

    async def _pay(
        self, request: ChatRequest, body: dict[str, Any], key: str, subject: str, ordinal: int
    ) -> dict[str, Any]:
        worst = self._price.worst(len(orjson.dumps(body)), request.max_tokens)
        call_id = await self._reserve(
            CallKey(self._run, self._stage, self._shard, self._address, subject, self.name, key, ordinal),
            worst,
        )
        try:
            reply = await self._model.complete(request)
        except BaseException as error:
            # An answer may have been billed when we stopped waiting for it; a refusal was not.
            unknown = isinstance(error, asyncio.CancelledError) or getattr(error, "maybe_billed", False)
            self._ledger.settle(call_id, Usage(), worst if unknown else 0, 0.0, type(error).__name__)
            raise
        cost = self._price.cost(reply.usage)
        answer = {
            "content": reply.content,
            "calls": [asdict(each) for each in reply.calls],
            "usage": asdict(reply.usage),
            "latency_s": reply.latency_s,
            "finish_reason": reply.finish_reason,
            "cost": cost,
            "call_id": call_id,
        }
        self.log.put(subject, "model", key, ordinal, answer)
        self._ledger.settle(call_id, reply.usage, cost, reply.latency_s, "ok")
        return answer

    async def _reserve(self, key: CallKey, worst: int) -> int:
        while True:
            outcome = self._ledger.reserve(key, worst, self._price.source)
            if not isinstance(outcome, Refusal):
                return outcome
            if outcome.reserved == 0:
                raise BudgetExceeded(
                    f"{outcome.scope}: {outcome.settled / NANO:.4f} of {outcome.cap / NANO:.4f} USD "
                    "are spent and the "
                    f"next call may cost {worst / NANO:.4f}; raise --budget-usd and run again, "
                    "finished work stays"
                )
            await asyncio.sleep(_WAIT_S)

    def _note(
        self, subject: str, ordinal: int, key: str, status: str, latency_s: float, usage: Usage, cost: int,
        replayed: bool,
    ) -> None:  # fmt: skip
        self._calls[subject].append(
            Call(
                stage=self._stage,
                shard=self._shard,
                subject_id=subject,
                kind="model",
                target=self.name,
                ordinal=ordinal,
                request_key=key,
                status=status,
                latency_s=latency_s,
                uncached_tokens=usage.uncached,
                cached_tokens=usage.cached,
                cache_write_tokens=usage.cache_write,
                output_tokens=usage.output,
                cost_nano_usd=cost,
                replayed=replayed,
            )
        )


def require_usable(model_name: str) -> None:
    """Say before the first paid call what is wrong with a model: its price, its server, its key.

    Raises:
        ConfigurationError: no price is known, nobody answers, or the key is refused.
    """
    require_priced(model_name)
    require_reachable(base_url())


def require_priced(model_name: str) -> Price:
    """The price of the model in use; planning calls it, so that an unknown price stops a run before it pays.

    Raises:
        ConfigurationError: nobody knows it, or a hosted server has no key.
    """
    return price_of(model_name, base_url())


@asynccontextmanager
async def open_session(table: Table, shard: int, model_name: str) -> AsyncIterator[MeteredModel]:
    """The model of a stage's shard with its log and the ledger; connections are given back at the end."""
    client = OpenAICompatible(model_name)
    log = call_log_of(table.address, shard)
    try:
        yield MeteredModel(
            client,
            require_priced(model_name),
            open_ledger(),
            log,
            run=table.manifest.run_id,
            stage=table.manifest.stage,
            shard=shard,
            address=table.address,
        )
    finally:
        await client.aclose()
        log.close()
