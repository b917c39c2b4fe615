"""One shard of instructions: combinations drawn in order, asked for at once, accepted in order.

Requests are in the air together, yet replies count in the order of the draws, so concurrency and the order of
shards change no row. A shard owns whole sets of APIs: the same text for the same APIs cannot come from two.
"""

import asyncio
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

from tasks.errors import RecordError
from tasks.instructions.catalogue import Catalogue
from tasks.instructions.combinations import Draw, draws, take
from tasks.instructions.filters import Written, plain, read_reply, relevant_of
from tasks.instructions.prompts import STAGE, Offered, offered, request
from tasks.llm import draining
from tasks.llm.metered import MeteredModel, open_session
from tasks.llm.protocol import ChatReply
from tasks.records import Call, Combination, Instruction, Reject, Spend, Split
from tasks.rollout.pool import PUBLISH_AFTER_S, PUBLISH_AFTER_UNITS
from tasks.storage.carrying import carried_rows, is_carried
from tasks.storage.ids import instruction_id
from tasks.storage.rejects import reject
from tasks.storage.stage import Progress
from tasks.storage.table import Shard, Table

MOST_WRITTEN = 3
"""A shard stops when it has had this many times its count written."""
MORE_REQUESTS = 10
"""A shard that replaces a few instructions may ask so many more: chance is harder on few."""
NOT_NEEDED = "not_needed"


def write_shard(address: str, number: int, progress: Progress) -> None:
    """Write what a shard still lacks of its count.

    Raises:
        BudgetExceeded, TransientError: after what was accepted is published; run the shard again.
    """
    draining.run(_write_shard(Table.open(address), number, progress))


async def _write_shard(table: Table, number: int, progress: Progress) -> None:
    shard = table.shard(number)
    if shard.finished:
        return
    parameters = table.parameters()
    catalogue = Catalogue(table.manifest.inputs["catalog"])
    carried = Carried.of(table, shard.work["group"])
    async with open_session(table, number, parameters["model"]) as model:
        writer = _Writer(
            shard=shard,
            model=model,
            catalogue=catalogue,
            seed=table.manifest.seed,
            per_request=parameters["per_request"],
            concurrency=parameters["concurrency"],
            progress=progress,
            carried=carried,
        )
        sequence = draws(catalogue.shelf, shard.work["group"], table.manifest.seed, parameters["held_out"])
        await writer.write(draw for draw in sequence if draw.combination.combination_id not in carried.closed)
        model.log.remove()


@dataclass(frozen=True, slots=True)
class Carried:
    """What a group of a table has from an earlier version."""

    ids: frozenset[str] = frozenset()
    """Instructions."""
    texts: frozenset[str] = frozenset()
    """Their plain texts."""
    closed: frozenset[str] = frozenset()
    """Combinations that are not asked for again."""
    open: frozenset[str] = frozenset()
    """Combinations whose reply held more than the count of the version before wanted: asked for again, and
    what is carried over of them is passed over."""
    sides: Mapping[frozenset[str], Split] = field(default_factory=dict)
    """Sides of the sets of APIs that they were written for. New ones of a set follow them: in a small
    catalogue another side may be drawn for it now, and no set may be on both."""

    @classmethod
    def of(cls, table: Table, group: str) -> "Carried":
        """What the first shard of a table holds of a group; nothing where it was not carried over."""
        instructions = [row for row in carried_rows(table, "instructions") if row.group == group]
        combinations = {
            row.combination_id for row in carried_rows(table, "combinations") if row.group == group
        }
        left = {
            row.subject_id.partition("/")[0]
            for row in carried_rows(table, "rejects")
            if row.reason == NOT_NEEDED
        }
        return cls(
            ids=frozenset(row.instruction_id for row in instructions),
            texts=frozenset(plain(row.text) for row in instructions),
            closed=frozenset(combinations - left),
            open=frozenset(combinations & left),
            sides={frozenset(row.api_ids): row.split for row in instructions},
        )


@dataclass(slots=True)
class _Rows:
    """What waits to be published."""

    asked: list[str] = field(default_factory=list)
    """Combinations whose reply was counted."""
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
    carried: Carried
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
        while self.accepted < self.count and self._written < self._most:
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
    def _most(self) -> int:
        """Instructions to have written, accepted or not."""
        more = MORE_REQUESTS * self.per_request if is_carried(self.shard.table) else 0
        return MOST_WRITTEN * self.count + more

    @property
    def _written(self) -> int:
        return self.asked * self.per_request

    def _continue(self) -> None:
        """Take up what an earlier run of the shard has published."""
        written = {row.combination_id for row in self.shard.published(Combination, "combinations")}
        self.asked = len(written | {row.subject_id for row in self.shard.published(Call, "calls")})
        self.before.update(self.carried.texts)
        for row in self.shard.published(Instruction, "instructions"):
            self.before.add(plain(row.text))
            self.accepted += 1
        self._show()

    def _width(self) -> int:
        """Requests to have in the air: no more than are surely needed, so that none is paid in vain."""
        lacking = -(-(self.count - self.accepted) // self.per_request)
        allowed = -(-(self._most - self._written) // self.per_request)
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
            self.waiting.asked.append(draw.combination.combination_id)
            if draw.combination.combination_id not in self.carried.open:
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
        if instruction_id(combination.group, combination.api_ids, written.text) in self.carried.ids:
            return
        relevant = relevant_of(written, apis, combination.group != "I1", self.before)
        if self.accepted >= self.count:
            raise RecordError(NOT_NEEDED, written.text)
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
                split=self.carried.sides.get(frozenset(combination.api_ids), draw.split),
                teacher=self.model.name,
                teacher_kind=self.model.kind,
            )
        )

    async def _publish(self, finished: bool) -> None:
        rows, self.waiting = self.waiting, _Rows()
        if not finished and not rows.asked:
            return
        calls = self.model.take_calls(rows.asked)
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
