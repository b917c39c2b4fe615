"""One shard of instructions: combinations drawn in order, asked for at once, accepted in order.

Requests are in the air together, yet replies count in the order of the draws, so concurrency and the order of
shards change no row. A shard owns whole sets of APIs: the same text for the same APIs cannot come from two.
"""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from tasks.errors import RecordError
from tasks.instructions.catalogue import Catalogue
from tasks.instructions.combinations import Draw, draws, take
from tasks.instructions.filters import Written, plain, read_reply, relevant_of
from tasks.instructions.prompts import STAGE, Offered, offered, request
from tasks.llm.metered import MeteredModel, open_session
from tasks.llm.protocol import ChatReply
from tasks.records import Call, Combination, Instruction, Reject, Spend
from tasks.rollout.pool import PUBLISH_AFTER_S, PUBLISH_AFTER_UNITS
from tasks.storage.ids import instruction_id
from tasks.storage.rejects import reject
from tasks.storage.stage import Progress
from tasks.storage.table import Shard, Table

MOST_WRITTEN = 3
"""A shard stops when it has had this many times its count written."""


def write_shard(address: str, number: int, progress: Progress) -> None:
    """Write what a shard still lacks of its count.

    Raises:
        BudgetExceeded, TransientError: after what was accepted is published; run the shard again.
    """
    asyncio.run(_write_shard(Table.open(address), number, progress))


async def _write_shard(table: Table, number: int, progress: Progress) -> None:
    shard = table.shard(number)
    if shard.finished:
        return
    parameters = table.parameters()
    catalogue = Catalogue(table.manifest.inputs["catalog"])
    async with open_session(table, number, parameters["model"]) as model:
        writer = _Writer(
            shard=shard,
            model=model,
            catalogue=catalogue,
            seed=table.manifest.seed,
            per_request=parameters["per_request"],
            concurrency=parameters["concurrency"],
            progress=progress,
        )
        await writer.write(
            draws(catalogue.shelf, shard.work["group"], table.manifest.seed, parameters["held_out"])
        )
        model.log.remove()


@dataclass(slots=True)
class _Rows:
    """What waits to be published."""

    combinations: list[Combination] = field(default_factory=list)
    instructions: list[Instruction] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)


@dataclass(slots=True)
class _Writer:
    """Fills one shard."""

    shard: Shard
    model: MeteredModel
    catalogue: Catalogue
    seed: int
    per_request: int
    concurrency: int
    progress: Progress
    asked: int = 0
    """Combinations whose reply was counted, earlier runs of the shard included."""
    accepted: int = 0
    before: set[str] = field(default_factory=set)
    """Plain texts of the accepted instructions."""
    waiting: _Rows = field(default_factory=_Rows)

    @property
    def count(self) -> int:
        """Instructions this shard is to have."""
        wanted: int = self.shard.work["count"]
        return wanted

    async def write(self, sequence: Iterator[Draw]) -> None:
        """Ask until the count is reached or three times as many are written."""
        self._continue()
        work = self.shard.work
        mine = take(sequence, work["slice"], work["of"], skip=self.asked)
        published = time.monotonic()
        while self.accepted < self.count and self._written < MOST_WRITTEN * self.count:
            batch = list(islice(mine, self._width()))
            error = await self._ask_all(batch)
            self._show()
            late = time.monotonic() - published > PUBLISH_AFTER_S
            if error is not None or late or len(self.waiting.instructions) >= PUBLISH_AFTER_UNITS:
                await self._publish(finished=False)
                published = time.monotonic()
            if error is not None:
                raise error
        await self._publish(finished=True)

    @property
    def _written(self) -> int:
        return self.asked * self.per_request

    def _continue(self) -> None:
        """Take up what an earlier run of the shard has published."""
        self.asked = len(self.shard.published(Combination, "combinations"))
        for row in self.shard.published(Instruction, "instructions"):
            self.before.add(plain(row.text))
            self.accepted += 1
        self._show()

    def _width(self) -> int:
        """Requests to have in the air: no more than are surely needed, so that none is paid in vain."""
        lacking = -(-(self.count - self.accepted) // self.per_request)
        allowed = -(-(MOST_WRITTEN * self.count - self._written) // self.per_request)
        return max(1, min(self.concurrency, lacking, allowed))

    async def _ask_all(self, batch: list[Draw]) -> BaseException | None:
        """Ask for every draw and count the replies in order, up to the first that failed."""
        documents = [offered(self.catalogue.documents(draw.combination.api_ids)) for draw in batch]
        asking = (self._ask(draw, apis) for draw, apis in zip(batch, documents, strict=True))
        replies = await asyncio.gather(*asking, return_exceptions=True)
        for draw, apis, reply in zip(batch, documents, replies, strict=True):
            if isinstance(reply, BaseException) and not isinstance(reply, RecordError):
                return reply
            self.asked += 1
            self.waiting.combinations.append(draw.combination)
            self._count(draw, apis, reply)
        return None

    async def _ask(self, draw: Draw, apis: Offered) -> ChatReply:
        asked = request(
            apis,
            draw.combination.group,
            draw.combination.combination_id,
            model=self.model.name,
            count=self.per_request,
            seed=self.seed,
        )
        return await self.model.ask(asked, draw.combination.combination_id)

    def _count(self, draw: Draw, apis: Offered, reply: ChatReply | RecordError) -> None:
        """Accept or reject each instruction of one reply."""
        subject = draw.combination.combination_id
        try:
            if isinstance(reply, RecordError):
                raise reply
            written = read_reply(reply.content)[: self.per_request]
        except RecordError as error:
            self.waiting.rejects.append(reject(STAGE, subject, error.reason, error.evidence))
            return
        for number, each in enumerate(written):
            try:
                self._accept(draw, apis, each)
            except RecordError as error:
                self.waiting.rejects.append(
                    reject(STAGE, f"{subject}/{number}", error.reason, error.evidence)
                )

    def _accept(self, draw: Draw, apis: Offered, written: Written) -> None:
        combination = draw.combination
        relevant = relevant_of(written, apis, combination.group != "I1", self.before)
        if self.accepted >= self.count:
            raise RecordError("not_needed", written.text)
        self.before.add(plain(written.text))
        self.accepted += 1
        self.waiting.instructions.append(
            Instruction(
                instruction_id=instruction_id(combination.group, combination.api_ids, written.text),
                group=combination.group,
                text=written.text,
                api_ids=combination.api_ids,
                relevant_api_ids=relevant,
                combination_id=combination.combination_id,
                split=draw.split,
                teacher=self.model.name,
                teacher_kind=self.model.kind,
            )
        )

    async def _publish(self, finished: bool) -> None:
        rows, self.waiting = self.waiting, _Rows()
        if not finished and not rows.combinations:
            return
        calls = self.model.take_calls([each.combination_id for each in rows.combinations])
        await asyncio.to_thread(
            self.shard.publish,
            {
                "instructions": (Instruction, rows.instructions),
                "combinations": (Combination, rows.combinations),
                "calls": (Call, calls),
                "spend": (Spend, self.model.spend_of(calls)),
                "rejects": (Reject, rows.rejects),
            },
            finished=finished,
        )

    def _show(self) -> None:
        work = self.shard.work
        self.progress.show(f"{work['group']} {work['slice'] + 1}/{work['of']}", self.accepted, self.count)
