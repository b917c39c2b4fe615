"""Units are done at once and published in generations; none is lost or published twice, whatever stops it."""

import asyncio
import os
import signal
import threading
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.errors import StorageUnavailable, TransientError
from tasks.rollout.pool import work_through


class Journal:
    """What was published, and when two publications met."""

    def __init__(self, fails_at: int = -1):
        self.batches: list[list[int]] = []
        self.last: list[bool] = []
        self.units: list[int] = []
        self._fails_at = fails_at
        self._busy = threading.Lock()

    def publish(self, batch: list[tuple[int, int]], last: bool) -> None:
        assert self._busy.acquire(blocking=False), "two publications at once"
        try:
            if len(self.batches) == self._fails_at:
                raise StorageUnavailable("the bucket is gone")
            self.batches.append([unit for unit, _ in batch])
            self.last.append(last)
            self.units += [unit for unit, row in batch if row == unit * unit]
        finally:
            self._busy.release()


async def squared(unit: int) -> int:
    await asyncio.sleep(0)
    return unit * unit


def run(
    units: list[int],
    work: Callable[[int], Awaitable[int]] = squared,
    journal: Journal | None = None,
    **more: Any,
) -> Journal:
    journal = journal or Journal()
    settings: dict[str, Any] = {"concurrency": 3, "publish_after_s": 3600.0, **more}
    asyncio.run(work_through(units, work, journal.publish, **settings))
    return journal


def test_without_units_nothing_is_published_as_the_last() -> None:
    journal = run([])
    assert (journal.batches, journal.last) == ([[]], [True])


def test_one_at_a_time_units_are_done_and_published_in_their_order() -> None:
    journal = run(list(range(7)), concurrency=1, publish_after_units=3)
    assert journal.units == list(range(7))
    assert journal.last == [False] * (len(journal.last) - 1) + [True]
    assert all(len(batch) >= 3 for batch in journal.batches[:-1])


@given(
    units=st.lists(st.integers(0, 999), max_size=25, unique=True),
    concurrency=st.integers(-1, 40),
    after=st.integers(1, 30),
)
def test_every_unit_is_published_once_and_one_publication_is_the_last(
    units: list[int], concurrency: int, after: int
) -> None:
    journal = run(units, concurrency=concurrency, publish_after_units=after)
    assert sorted(journal.units) == sorted(units)
    assert journal.last.count(True) == 1 and journal.last[-1]


def test_no_more_units_than_allowed_are_in_the_air() -> None:
    flying, most = 0, 0

    async def work(unit: int) -> int:
        nonlocal flying, most
        flying += 1
        most = max(most, flying)
        await asyncio.sleep(0)
        flying -= 1
        return unit * unit

    run(list(range(20)), work, concurrency=4)
    assert most == 4


def test_what_is_finished_is_published_after_a_time_while_others_still_run() -> None:
    journal, published = Journal(), threading.Event()

    def publish(batch: list[tuple[int, int]], last: bool) -> None:
        journal.publish(batch, last)
        published.set()

    async def work(unit: int) -> int:
        if unit == 1:  # ends only when the first one has been published
            await asyncio.to_thread(published.wait)
        return unit * unit

    asyncio.run(work_through([0, 1], work, publish, concurrency=2, publish_after_s=0.01))
    assert journal.batches == [[0], [1]]
    assert journal.last == [False, True]


def test_progress_counts_finished_units() -> None:
    seen: list[int] = []
    run(list(range(5)), shown=seen.append)
    assert seen == [1, 2, 3, 4, 5]


def test_after_an_error_nothing_is_begun_and_what_was_in_the_air_is_published() -> None:
    begun: list[int] = []

    async def work(unit: int) -> int:
        begun.append(unit)
        await asyncio.sleep(0)
        if unit == 1:
            raise TransientError("no answer")
        await asyncio.sleep(0)
        return unit * unit

    journal = Journal()
    with pytest.raises(TransientError, match="no answer"):
        run(list(range(50)), work, journal, concurrency=3)
    assert len(begun) < 10
    assert sorted([*journal.units, 1]) == sorted(begun)
    assert True not in journal.last


def test_an_error_before_anything_is_finished_publishes_nothing() -> None:
    async def work(unit: int) -> int:
        raise TransientError("no answer")

    journal = Journal()
    with pytest.raises(TransientError):
        run([1, 2, 3], work, journal)
    assert journal.batches == []


def test_a_cancellation_publishes_what_is_finished_and_cancels_the_rest() -> None:
    journal, ended = Journal(), []

    async def work(unit: int) -> int:
        if unit < 2:
            return unit * unit
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(unit)
        return 0

    async def main() -> None:
        working = asyncio.create_task(
            work_through([0, 1, 2, 3, 4], work, journal.publish, concurrency=2, publish_after_s=3600.0)
        )
        for _ in range(20):
            await asyncio.sleep(0)
        working.cancel()
        await working

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(main())
    assert (journal.units, journal.last) == ([0, 1], [False])
    assert sorted(ended) == [2, 3]


def test_a_cancellation_with_nothing_finished_publishes_nothing() -> None:
    journal = Journal()

    async def work(unit: int) -> int:
        await asyncio.Event().wait()
        return 0

    async def main() -> None:
        working = asyncio.create_task(work_through([0], work, journal.publish, concurrency=1))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        working.cancel()
        await working

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(main())
    assert journal.batches == []


def test_a_cancellation_during_a_publication_waits_for_it() -> None:
    begun, go_on, journal = threading.Event(), threading.Event(), Journal()

    def publish(batch: list[tuple[int, int]], last: bool) -> None:
        begun.set()
        go_on.wait()
        journal.publish(batch, last)

    async def work(unit: int) -> int:
        if unit > 2:
            await asyncio.Event().wait()
        return unit * unit

    async def main() -> None:
        working = asyncio.create_task(
            work_through([0, 1, 2, 3], work, publish, concurrency=2, publish_after_units=1)
        )
        await asyncio.to_thread(begun.wait)
        working.cancel()
        await asyncio.sleep(0)
        working.cancel()  # told twice
        await asyncio.sleep(0)
        assert not working.done()
        go_on.set()
        await working

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(main())
    assert sorted(journal.units) == [0, 1, 2]
    assert True not in journal.last


def test_a_unit_that_will_not_be_cancelled_ends_and_no_other_is_begun() -> None:
    journal, begun = Journal(), []

    async def work(unit: int) -> int:
        begun.append(unit)
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return unit * unit
        return 0

    async def main() -> None:
        working = asyncio.create_task(work_through([0, 1, 2], work, journal.publish, concurrency=1))
        for _ in range(5):
            await asyncio.sleep(0)
        working.cancel()
        await working

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(main())
    assert begun == journal.units == [0]
    assert journal.last == [False]


def test_a_failed_publication_is_raised_and_no_worker_is_left_running() -> None:
    journal, running = Journal(fails_at=1), 0

    async def work(unit: int) -> int:
        nonlocal running
        running += 1
        await asyncio.sleep(0)
        running -= 1
        return unit * unit

    async def main() -> set["asyncio.Task[Any]"]:
        with pytest.raises(StorageUnavailable, match="the bucket is gone"):
            await work_through(list(range(500)), work, journal.publish, concurrency=3, publish_after_units=2)
        return asyncio.all_tasks() - {asyncio.current_task()}  # type: ignore[arg-type]

    assert asyncio.run(main()) == set()
    assert running == 0
    assert len(journal.batches) == 1 and True not in journal.last
    assert len(journal.units) < 500


def test_a_failed_last_publication_is_raised() -> None:
    with pytest.raises(StorageUnavailable):
        run([1, 2], journal=Journal(fails_at=0))


def test_a_progress_bar_that_breaks_ends_the_work_and_loses_nothing() -> None:
    def shown(done: int) -> None:
        raise OSError("terminal gone")

    journal = Journal()
    with pytest.raises(OSError, match="terminal gone"):
        run([1, 2, 3], journal=journal, concurrency=1, shown=shown)
    assert journal.units == [1]
    assert True not in journal.last


def test_a_unit_that_is_cancelled_from_inside_never_makes_a_shard_finished() -> None:
    async def work(unit: int) -> int:
        if unit == 1:
            raise asyncio.CancelledError
        return unit * unit

    journal = Journal()
    with pytest.raises(asyncio.CancelledError):
        run([0, 1, 2], work, journal, concurrency=1)
    assert journal.units == [0]
    assert True not in journal.last


@pytest.fixture
def heard_ctrl_c() -> Iterator[None]:
    """Python's own answer to Ctrl-C, also where the tests run behind a shell that ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heard_ctrl_c")
def test_ctrl_c_publishes_what_is_finished() -> None:
    journal = Journal()

    async def work(unit: int) -> int:
        if unit == 2:
            os.kill(os.getpid(), signal.SIGINT)
            await asyncio.Event().wait()
        return unit * unit

    with pytest.raises(KeyboardInterrupt):
        run([0, 1, 2, 3], work, journal, concurrency=1)
    assert (journal.units, journal.last) == ([0, 1], [False])
