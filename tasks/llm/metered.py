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
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Any, Literal

from tasks.errors import RecordError
from tasks.llm import draining, payment
from tasks.llm.accounts import CallKey, Refusal, Reservation
from tasks.llm.call_log import CallLog, call_log_of
from tasks.llm.fees import Fee
from tasks.llm.ledger import open_ledger
from tasks.llm.openai_compatible import OpenAICompatible
from tasks.llm.payment import Paying, answering
from tasks.llm.pricing import Prices, price_of
from tasks.llm.protocol import ChatModel, ChatReply, ChatRequest, FunctionCall, Usage
from tasks.llm.provider_limits import limit_of
from tasks.llm.reserving import Books, Sent, paid_for
from tasks.llm.servers import base_url, require_reachable
from tasks.llm.store_requests import requests_booked
from tasks.records import Call, Spend, TeacherKind
from tasks.storage.canonical import canonical_json
from tasks.storage.table import Table


class MeteredModel:
    """One model for one shard."""

    def __init__(
        self, model: ChatModel, price: Prices, ledger: Books, log: CallLog, *, run: str, stage: str,
        shard: int, address: str, searcher: str = "",
    ):  # fmt: skip
        self.log = log
        self._model, self._price, self._ledger = model, price, ledger
        self._run, self._stage, self._shard, self._address = run, stage, shard, address
        self._searcher = searcher
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
        call = self._key(subject, self.name, key, ordinal)
        machine = answering(self._price, len(content), request.max_tokens)
        try:
            logged, replayed = await self._carried_out(machine, request, call)
        except RecordError as error:
            self._note(call, error.reason, 0.0, Usage(), 0, False)
            raise
        usage = Usage(**logged["usage"])
        self._note(call, "ok", logged["latency_s"], usage, logged["cost"], replayed)
        return ChatReply(
            content=logged["content"],
            calls=tuple(FunctionCall(**each) for each in logged["calls"]),
            usage=usage,
            latency_s=logged["latency_s"],
            finish_reason=logged["finish_reason"],
            usage_known=logged["usage_known"],
        )

    async def pay_for_api(
        self,
        api_id: str,
        subject: str,
        request: str,
        ordinal: int,
        fee: Fee,
        send: Callable[[], Awaitable[Sent]],
    ) -> tuple[Sent, int]:
        """Make an API call that costs money, within the caps; what came of it, and what it cost [nano-USD].

        Args:
            api_id: that is called.
            subject: the instruction it is for.
            request: key of its arguments.
            ordinal: n-th calling with these for this subject.
            fee: what it costs, and its quota.
            send: makes the call. What it raises is booked in full, unless nobody was reached.

        Raises:
            BudgetExceeded: it cannot fit under a cap with nothing in flight. Else what `send` raises.
        """
        return await paid_for(self._ledger, self._key(subject, api_id, request, ordinal, "api"), fee, send)

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
            if call.kind == "model" or call.cost_nano_usd:
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

    def _key(
        self, subject: str, target: str, request: str, ordinal: int, kind: Literal["model", "api"] = "model"
    ) -> CallKey:
        return CallKey(
            self._run, self._stage, self._shard, self._address, subject, target, request, ordinal,
            self._searcher, kind,
        )  # fmt: skip

    async def _carried_out(
        self, machine: Paying, request: ChatRequest, call: CallKey
    ) -> tuple[dict[str, Any], bool]:
        """Run the machine of one request on the log, the ledger and the model."""
        outcome: Any = None
        failure: BaseException | None = None
        place = _Place(self._line)
        try:
            while True:
                effect = machine.throw(failure) if failure else machine.send(outcome)
                outcome, failure = None, None
                try:
                    outcome = await self._done(effect, request, call, place)
                except BaseException as error:
                    failure = error
        except StopIteration as end:
            answer: tuple[dict[str, Any], bool] = end.value
            return answer
        finally:
            place.leave()

    async def _done(
        self, effect: payment.Effect, request: ChatRequest, call: CallKey, place: "_Place"
    ) -> Any:
        match effect:
            case payment.Recall():
                return self.log.get(call.subject, "model", call.request, call.ordinal)
            case payment.Reserve():
                draining.refuse_new_work()
                return await self._reserved(call, effect, place)
            case payment.Wait(pause_s):
                await place.wait(pause_s)
            case payment.Complete():
                async with draining.in_the_air():
                    return await self._model.complete(request)
            case payment.Log(answer):
                self.log.put(call.subject, "model", call.request, call.ordinal, answer)
            case payment.Settle(call_id, usage, cost, latency_s, status, at_worst):
                await self._ledger.settle_soon(call_id, usage, cost, latency_s, status, at_worst)
            case payment.SettleLogged(answer):
                usage = Usage(**answer["usage"])
                self._ledger.settle_logged(
                    answer["call_id"], call, usage, answer["cost"], answer["latency_s"],
                    not answer["usage_known"],
                )  # fmt: skip

    async def _reserved(
        self, call: CallKey, worst: payment.Reserve, place: "_Place"
    ) -> Reservation | Refusal:
        """Reserve; while somebody waits in line, nobody passes him."""
        if self._line.locked():
            await place.take()
        outcome = await self._ledger.reserve_soon(call, worst.worst, self._price.source, worst.tokens)
        if not isinstance(outcome, Refusal):
            place.leave()
        return outcome

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


class _Place:
    """One request's place in the line of those whose reservation did not fit: one of us asks at a time."""

    def __init__(self, line: asyncio.Lock):
        self._line, self._taken = line, False

    async def take(self) -> None:
        """Stand in line until it is our turn."""
        if not self._taken:
            await self._line.acquire()
            self._taken = True

    async def wait(self, pause_s: float) -> None:
        """Stand in line, or pause where it is our turn already."""
        if self._taken:
            await asyncio.sleep(pause_s)
        await self.take()

    def leave(self) -> None:
        """Let the next one ask."""
        if self._taken:
            self._line.release()
            self._taken = False


def require_usable(model_name: str) -> None:
    """Say before the first paid call what is wrong with a model: price, limits, server, key, name.

    Raises:
        ConfigurationError: no price is known, nobody answers, the key is refused, or the model is unknown.
    """
    require_priced(model_name)
    limit_of(base_url())
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
    run, stage = table.manifest.run_id, table.manifest.stage
    log = call_log_of(table.address, shard, run)
    with requests_booked(run, stage, shard, table.address):
        try:
            yield MeteredModel(
                client,
                price,
                ledger,
                log,
                run=run,
                stage=stage,
                shard=shard,
                address=table.address,
                searcher=str(table.parameters().get("method") or ""),
            )
        finally:
            await client.aclose()
            log.close()
