"""A worker of the simulated world: opens shards, pays for units, publishes, by the factory's own machines.

What stands here is only what `tasks.annotation.shards` and `tasks.rollout.pool` do around them: which unit is
next, how many make a generation, and that a failed shard is run again.
"""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from tasks.errors import BudgetExceeded, TransientError
from tasks.llm.accounts import CallKey, Process
from tasks.llm.payment import answering
from tasks.storage.addresses import data_key
from tasks.storage.commits import Commit, PartFile
from tasks.storage.effects import Read
from tasks.storage.publication import opening, publishing
from tests.simulation.world import ADDRESS, IDENTITY, MAX_TOKENS, PRICE, REQUEST_BYTES, digest_of


@dataclass(frozen=True, slots=True)
class OpenLog:
    """Wants the number of a shard's call log on this host."""

    shard: int


@dataclass(frozen=True, slots=True)
class RemoveLog:
    """Wants a shard's call log removed: its rows are published."""

    shard: int


@dataclass(frozen=True, slots=True)
class Believe:
    """Wants nothing: this commit is published, as its worker was told."""

    commit: Commit


@dataclass(frozen=True, slots=True)
class RaiseCaps:
    """Wants the user to raise the caps: the budget is spent."""


@dataclass(frozen=True, slots=True)
class Machines:
    """The factory's machines, or one with a planted bug."""

    opening: Callable[..., Any] = opening
    publishing: Callable[..., Any] = publishing
    answering: Callable[..., Any] = answering
    attempt: Callable[[Process, int], str] = lambda who, count: f"{who.host}{who.pid}x{who.born}x{count}"


REAL = Machines()


class Worker:
    """One process; `life` yields effects until every shard is finished."""

    def __init__(
        self,
        who: Process,
        plan: Sequence[Sequence[str]],
        batch: int,
        order: Sequence[int],
        machines: Machines,
    ):
        self.who, self.plan, self.batch, self.machines = who, plan, batch, machines
        self.call: CallKey | None = None
        self.log = (who.host, 0, 0)
        self.published = 0
        self.life = self._life(list(order))

    def _life(self, order: list[int]) -> Generator[Any, Any, None]:
        left = list(order)
        while left:
            shard = left.pop(0)
            try:
                yield from self._shard(shard)
            except BudgetExceeded:
                yield RaiseCaps()
                left.append(shard)
            except TransientError:
                left.append(shard)

    def _shard(self, shard: int) -> Generator[Any, Any, None]:
        newest: Commit = yield from self.machines.opening(shard, ADDRESS, IDENTITY)
        if newest.finished:
            return
        gone: set[str] = set()
        for part in newest.members.get("rows", ()):
            content = yield Read(part.key)
            gone.update(orjson.loads(content))
        self.log = (self.who.host, shard, (yield OpenLog(shard)))
        units = [unit for unit in self.plan[shard] if unit not in gone]
        if self.who.pid % 2:
            units.reverse()  # searches end in any order
        for first in range(0, max(1, len(units)), self.batch):
            rows = units[first : first + self.batch]
            for unit in rows:
                self.call = CallKey("r", "annotate", shard, ADDRESS, unit, "m", "q", 0)
                yield from self.machines.answering(PRICE, REQUEST_BYTES, MAX_TOKENS)
            last = first + self.batch >= len(units)
            newest = yield from self._publish(newest, rows, last)
        yield RemoveLog(shard)

    def _publish(self, newest: Commit, rows: list[str], last: bool) -> Generator[Any, Any, Commit]:
        self.published += 1
        attempt = self.machines.attempt(self.who, self.published)
        content = orjson.dumps(rows)
        key = data_key("rows", newest.shard, newest.generation + 1, attempt)
        part = PartFile(key, len(rows), len(content), digest_of(content))
        machine = self.machines.publishing(
            newest,
            [("rows", part, content)],
            attempt=attempt,
            finished=last,
            address=ADDRESS,
            identity=IDENTITY,
            now=lambda: "",
        )
        commit: Commit = yield from machine
        yield Believe(commit)
        return commit
