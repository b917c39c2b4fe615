"""A model as stages use it: every reply logged before use, every call reserved and settled.

    async with open_session(table, shard, "gpt-4o-mini") as model:
        reply = await model.ask(request, subject=instruction_id, ordinal=0)
    calls = model.take_calls([instruction_id])   # rows for the generation that publishes this instruction

A subject's calls are handed out once, together with what was made from them: after a kill the replayed calls
are counted again with the rows that are published then, so that tables and ledger agree.
"""

import asyncio
import hashlib
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import Any

from tasks.errors import BudgetExceeded, FactoryError, ModelOverloaded, RecordError
from tasks.llm.call_log import CallLog, call_log_of
from tasks.llm.ledger import NANO, CallKey, Ledger, Refusal, open_ledger
from tasks.llm.openai_compatible import OpenAICompatible
from tasks.llm.pricing import Prices, price_of
from tasks.llm.protocol import ChatModel, ChatReply, ChatRequest, FunctionCall, Usage
from tasks.llm.servers import base_url, require_reachable
from tasks.records import Call, Spend, TeacherKind
from tasks.storage.canonical import canonical_json
from tasks.storage.table import Table

BILLED_TRIES = 3
"""Times a request is paid for when its answer is lost on the way; each is reserved."""
_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.02, 0.5
"""Pauses before a reservation that did not fit is tried again."""


class MeteredModel:
    """One model for one shard."""

    def __init__(
        self, model: ChatModel, price: Prices, ledger: Ledger, log: CallLog, *, run: str, stage: str,
        shard: int, address: str,
    ):  # fmt: skip
        self.log = log
        self._model, self._price, self._ledger = model, price, ledger
        self._run, self._stage, self._shard, self._address = run, stage, shard, address
        self._calls: dict[str, list[Call]] = defaultdict(list)
        self._line = asyncio.Lock()

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
        content = canonical_json(request.body())
        key = hashlib.blake2b(content, digest_size=16).hexdigest()
        logged = self.log.get(subject, "model", key, ordinal)
        replayed = logged is not None
        call = CallKey(self._run, self._stage, self._shard, self._address, subject, self.name, key, ordinal)
        if logged is None:
            logged = await self._answered(request, len(content), call)
        usage = Usage(**logged["usage"])
        if replayed:
            self._ledger.settle_logged(logged["call_id"], call, usage, logged["cost"], logged["latency_s"])
        self._note(call, "ok", logged["latency_s"], usage, logged["cost"], replayed)
        return ChatReply(
            content=logged["content"],
            calls=tuple(FunctionCall(**each) for each in logged["calls"]),
            usage=usage,
            latency_s=logged["latency_s"],
            finish_reason=logged["finish_reason"],
            usage_known=logged["usage_known"],
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

    async def _answered(self, request: ChatRequest, request_bytes: int, call: CallKey) -> dict[str, Any]:
        """A reply that was paid for and logged; an answer that was lost on the way is paid for again."""
        for attempt in range(1, BILLED_TRIES + 1):
            try:
                return await self._pay(request, request_bytes, call)
            except ModelOverloaded as error:
                if not error.maybe_billed or attempt == BILLED_TRIES:
                    raise
        raise AssertionError("unreachable: the last try returns or raises")

    async def _pay(self, request: ChatRequest, request_bytes: int, call: CallKey) -> dict[str, Any]:
        worst = self._price.worst(request_bytes, request.max_tokens)
        call_id = await self._reserve(call, worst)
        try:
            reply = await self._model.complete(request)
        except BaseException as error:
            # A refusal is not billed; whatever else ended the waiting, an answer may have been.
            unknown = not isinstance(error, FactoryError) or getattr(error, "maybe_billed", False)
            status = error.reason if isinstance(error, RecordError) else type(error).__name__
            self._ledger.settle(call_id, Usage(), worst if unknown else 0, 0.0, status)
            if isinstance(error, RecordError):
                self._note(call, status, 0.0, Usage(), 0, False)
            raise
        cost = self._price.cost(reply.usage) if reply.usage_known else worst
        answer = {
            "content": reply.content,
            "calls": [asdict(each) for each in reply.calls],
            "usage": asdict(reply.usage),
            "usage_known": reply.usage_known,
            "latency_s": reply.latency_s,
            "finish_reason": reply.finish_reason,
            "cost": cost,
            "call_id": call_id,
        }
        self.log.put(call.subject, "model", call.request, call.ordinal, answer)
        self._ledger.settle(call_id, reply.usage, cost, reply.latency_s, "ok")
        return answer

    async def _reserve(self, call: CallKey, worst: int) -> int:
        """Reserve; what does not fit waits in line, so that one of us asks the ledger at a time."""
        if not self._line.locked():
            outcome = self._ledger.reserve(call, worst, self._price.source)
            if not isinstance(outcome, Refusal):
                return outcome
        async with self._line:
            return await self._reserve_in_turn(call, worst)

    async def _reserve_in_turn(self, call: CallKey, worst: int) -> int:
        pause_s = _FIRST_WAIT_S
        while True:
            outcome = self._ledger.reserve(call, worst, self._price.source)
            if not isinstance(outcome, Refusal):
                return outcome
            if outcome.reserved == 0:
                raise BudgetExceeded(
                    f"{outcome.scope}: {outcome.settled / NANO:.4f} of {outcome.cap / NANO:.4f} USD are "
                    f"spent and the next call may cost {worst / NANO:.4f}; raise --budget-usd and run again, "
                    "finished work stays"
                )
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, _LONGEST_WAIT_S)

    def _note(
        self, call: CallKey, status: str, latency_s: float, usage: Usage, cost: int, replayed: bool
    ) -> None:
        self._calls[call.subject].append(
            Call(
                stage=call.stage,
                shard=call.shard,
                subject_id=call.subject,
                kind="model",
                target=call.model,
                ordinal=call.ordinal,
                request_key=call.request,
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
    """Say before the first paid call what is wrong with a model: its price, its server, its key, its name.

    Raises:
        ConfigurationError: no price is known, nobody answers, the key is refused, or the model is unknown.
    """
    require_priced(model_name)
    require_reachable(base_url(), model_name)


def require_priced(model_name: str) -> Prices:
    """The price of the model in use; planning calls it, so that an unknown price stops a run before it pays.

    Raises:
        ConfigurationError: nobody knows it, or a hosted server has no key.
    """
    return price_of(model_name, base_url())


@asynccontextmanager
async def open_session(table: Table, shard: int, model_name: str) -> AsyncIterator[MeteredModel]:
    """The model of a stage's shard with its log and the ledger; connections are given back at the end."""
    price, ledger, client = require_priced(model_name), open_ledger(), OpenAICompatible(model_name)
    log = call_log_of(table.address, shard, table.manifest.run_id)
    try:
        yield MeteredModel(
            client,
            price,
            ledger,
            log,
            run=table.manifest.run_id,
            stage=table.manifest.stage,
            shard=shard,
            address=table.address,
        )
    finally:
        await client.aclose()
        log.close()
