"""Many units of work at once, published generation after generation, stopped cleanly.

The rule of publication (design, contracts): what is finished is published after 30 s or 50 units, whichever
comes first. After the first error no unit is begun; those in the air end, what is finished is published,
then the error is raised. A cancellation ends units where they are, and publishes what is finished.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any, Generic, TypeVar

from tasks.llm import draining

Unit = TypeVar("Unit")
Row = TypeVar("Row")

PUBLISH_AFTER_S = 30.0
PUBLISH_AFTER_UNITS = 50


async def work_through(
    units: Sequence[Unit],
    work: Callable[[Unit], Awaitable[Row]],
    publish: Callable[[list[tuple[Unit, Row]], bool], None],
    *,
    concurrency: int,
    shown: Callable[[int], None] = lambda done: None,
    publish_after_s: float = PUBLISH_AFTER_S,
    publish_after_units: int = PUBLISH_AFTER_UNITS,
) -> None:
    """Do `work` for every unit, at most `concurrency` at once.

    Args:
        units: what is left of the shard; begun in this order.
        work: makes the row of a unit.
        publish: commits finished units; the flag says whether these are the last. It may block: it runs in a
            thread, one call at a time. Without units it is called once, with none.
        concurrency: units in the air.
        shown: told how many units are finished.
        publish_after_s: longest time a finished unit waits [s].
        publish_after_units: most finished units that wait.

    Raises:
        BaseException: the first that `work`, `publish` or `shown` raised, or a cancellation, after what was
            finished is published. After `publish` has failed nothing further is published: its units are not
            known to be, and a run of the shard finds out.
    """
    pool = _Pool(units, work, publish, shown, publish_after_units)
    workers = [asyncio.create_task(pool.worker()) for _ in range(max(1, min(concurrency, len(units))))]
    try:
        await pool.publish_while(workers, publish_after_s)
    finally:
        pool.stopped = True
        for each in workers:  # none is left unless we are stopped ourselves
            each.cancel()
        try:
            await _ended(workers)
        finally:
            await pool.publish_rest()
    if pool.errors:
        raise pool.errors[0]


class _Pool(Generic[Unit, Row]):
    """What workers and publisher share."""

    def __init__(
        self,
        units: Sequence[Unit],
        work: Callable[[Unit], Awaitable[Row]],
        publish: Callable[[list[tuple[Unit, Row]], bool], None],
        shown: Callable[[int], None],
        publish_after_units: int,
    ):
        self.errors: list[BaseException] = []
        self.stopped = False
        self._waiting: Iterator[Unit] = iter(units)
        self._all = len(units)
        self._done = 0
        self._finished: list[tuple[Unit, Row]] = []
        self._ripe = asyncio.Event()
        self._publication_failed = False
        self._work, self._publish, self._shown = work, publish, shown
        self._publish_after_units = publish_after_units

    async def worker(self) -> None:
        """Do one unit after the other until none is left or something went wrong."""
        for unit in self._waiting:
            if self.errors or self.stopped:
                return
            try:
                draining.refuse_new_work()
                row = await self._work(unit)
                self._finished.append((unit, row))
                self._done += 1
                self._shown(self._done)
            except BaseException as error:
                self.errors.append(error)
                if not isinstance(error, Exception):
                    raise
                return
            if len(self._finished) >= self._publish_after_units:
                self._ripe.set()

    async def publish_while(self, workers: "Sequence[asyncio.Task[None]]", publish_after_s: float) -> None:
        """Publish what is ripe until the workers have ended."""
        clock = asyncio.get_running_loop().time
        published = clock()
        ending = asyncio.gather(*workers, return_exceptions=True)
        while not ending.done():
            ripe = asyncio.ensure_future(self._ripe.wait())
            left_s = max(0.0, published + publish_after_s - clock())
            ends: set[asyncio.Future[Any]] = {ending, ripe}
            try:
                await asyncio.wait(ends, timeout=left_s, return_when=asyncio.FIRST_COMPLETED)
            finally:
                ripe.cancel()
            self._ripe.clear()
            if self._finished and not ending.done():
                await self._publish_now(last=False)
            published = clock()

    async def publish_rest(self) -> None:
        """Publish what is left; as the last when every unit is done and nothing went wrong."""
        last = self._done == self._all and not self.errors
        if last or self._finished:
            await self._publish_now(last)

    async def _publish_now(self, last: bool) -> None:
        """One publication, waited for even by who is cancelled: two at once would race for a generation."""
        if self._publication_failed:
            return
        batch, self._finished = self._finished, []
        publication = asyncio.create_task(asyncio.to_thread(self._publish, batch, last))
        try:
            await _ended([publication])
        finally:
            error = publication.exception() if publication.done() and not publication.cancelled() else None
            if error is not None:
                self._publication_failed = True
                self.errors.append(error)


async def _ended(futures: "Sequence[asyncio.Task[None]]") -> None:
    """Wait for all to end, however often we are told to stop; then say that we were told."""
    told: asyncio.CancelledError | None = None
    while not all(each.done() for each in futures):
        try:
            await asyncio.wait(futures)
        except asyncio.CancelledError as error:
            told = error
    if told is not None:
        raise told
