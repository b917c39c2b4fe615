"""Many units of work at once, published generation after generation, stopped cleanly.

The rule of publication (design, contracts): what is finished is published after 30 s or 50 units, whichever
comes first. After the first error no unit is begun; those in the air end, what is finished is published,
then the error is raised.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

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
        units: what is left of the shard.
        work: makes the row of a unit.
        publish: commits finished units; the flag says whether these are the last. It may block: it runs in a
            thread, one call at a time.
        concurrency: units in the air.
        shown: told how many units are finished.
        publish_after_s: longest time a finished unit waits [s].
        publish_after_units: most finished units that wait.

    Raises:
        BaseException: the first that `work` raised, or a cancellation, after what was finished is published.
    """
    waiting = iter(units)
    finished: list[tuple[Unit, Row]] = []
    errors: list[BaseException] = []
    ripe = asyncio.Event()
    done = 0

    async def worker() -> None:
        nonlocal done
        for unit in waiting:
            if errors:
                return
            try:
                row = await work(unit)
            except Exception as error:
                errors.append(error)
                return
            finished.append((unit, row))
            done += 1
            shown(done)
            if len(finished) >= publish_after_units:
                ripe.set()

    workers = asyncio.gather(*(worker() for _ in range(max(1, min(concurrency, len(units))))))
    last_publication = time.monotonic()
    try:
        while not workers.done():
            pause = asyncio.ensure_future(ripe.wait())
            left_s = max(0.0, last_publication + publish_after_s - time.monotonic())
            await asyncio.wait({workers, pause}, timeout=left_s, return_when=asyncio.FIRST_COMPLETED)
            pause.cancel()
            ripe.clear()
            if not workers.done() and finished:
                batch, finished[:] = list(finished), []
                await asyncio.to_thread(publish, batch, False)
            last_publication = time.monotonic()
    except asyncio.CancelledError:
        workers.cancel()
        await asyncio.gather(workers, return_exceptions=True)
        publish(finished, False)
        raise
    complete = not errors
    if complete or finished:
        await asyncio.to_thread(publish, finished, complete)
    if errors:
        raise errors[0]
