"""Work that is asked to end: nothing new is asked, calls in the air land or are booked, rows stay."""

import asyncio
import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent import futures
from pathlib import Path
from typing import Any

import pytest

from tasks.errors import Drained
from tasks.llm import draining
from tasks.llm.call_log import CallLog
from tasks.llm.ledger import open_ledger
from tasks.llm.metered import MeteredModel
from tasks.llm.protocol import ChatReply, ChatRequest
from tasks.llm.scripted import says
from tasks.records import TeacherKind
from tasks.rollout.pool import work_through
from tests.postgres import looking
from tests.tasks.llm.looper import PRICE


class Interrupted(BaseException):
    """What Prefect's handler does with SIGTERM: an exception in the main thread."""


@pytest.fixture(autouse=True)
def handler() -> Iterator[None]:
    def interrupted(number: int, frame: Any) -> None:
        raise Interrupted

    before = signal.signal(signal.SIGUSR1, interrupted)
    yield
    signal.signal(signal.SIGUSR1, before)


def interrupt(after: threading.Event) -> threading.Thread:
    """SIGUSR1 to this process as soon as an event is set."""

    def send() -> None:
        assert after.wait(60)
        os.kill(os.getpid(), signal.SIGUSR1)

    thread = threading.Thread(target=send)
    thread.start()
    return thread


async def asked_to_end() -> None:
    while True:
        try:
            draining.refuse_new_work()
        except Drained:
            return
        await asyncio.sleep(0.01)


class SlowModel:
    """Answers so long after its process was asked to end, however late that is; at once where nobody asks."""

    name = "rehearsal-slow"
    kind: TeacherKind = "rehearsal"

    def __init__(self, lands_after_s: float | None):
        self.lands_after_s = lands_after_s
        self.asked = 0
        self.both_in_the_air = threading.Event()

    async def complete(self, request: ChatRequest) -> ChatReply:
        self.asked += 1
        if self.asked == 2:
            self.both_in_the_air.set()
        if self.lands_after_s is not None:
            await asked_to_end()
            await asyncio.sleep(self.lands_after_s)
        return says("here")

    async def aclose(self) -> None:
        """Nothing is open."""


def shard_of(model: SlowModel, folder: Path, published: list[tuple[str, bool]]) -> Any:
    """Ten instructions of three calls each, two at once, as a stage does them."""
    metered = MeteredModel(
        model, PRICE, open_ledger(), CallLog(folder / "log.sqlite"),
        run="r", stage="annotate", shard=0, address="/t/v1",
    )  # fmt: skip

    async def search(unit: str) -> str:
        for ordinal in range(3):
            await metered.ask(
                ChatRequest("m", [{"role": "user", "content": unit}], max_tokens=50), unit, ordinal
            )
        return unit

    def publish(batch: list[tuple[str, str]], last: bool) -> None:
        published.extend((unit, last) for unit, _ in batch)

    units = [f"i{number}" for number in range(10)]
    return work_through(["done", *units], search_or_done(search), publish, concurrency=2)


def search_or_done(search: Any) -> Any:
    async def work(unit: str) -> str:
        found: str = unit if unit == "done" else await search(unit)
        return found

    return work


def booked() -> list[tuple[str, str, int]]:
    with looking(open_ledger().path) as rows:
        return [tuple(row) for row in rows("SELECT state, status, cost FROM calls")]


def test_calls_in_the_air_land_none_is_begun_and_what_is_finished_is_published(own_world: Path) -> None:
    model, published = SlowModel(lands_after_s=0.2), list[tuple[str, bool]]()
    sender = interrupt(model.both_in_the_air)
    with pytest.raises(Interrupted):
        draining.run(shard_of(model, own_world, published))
    sender.join()
    assert model.asked == 2
    assert [(state, status) for state, status, _ in booked()] == [("settled", "ok")] * 2
    assert published == [("done", False)]
    log = CallLog(own_world / "log.sqlite")
    assert log.knows("i0", "model") and log.knows("i1", "model")


def test_a_call_that_does_not_land_in_time_is_booked_at_its_worst(
    own_world: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(draining, "LAND_WITHIN_S", 0.2)
    model, published = SlowModel(lands_after_s=600), list[tuple[str, bool]]()
    sender = interrupt(model.both_in_the_air)
    began = time.monotonic()
    with pytest.raises(Interrupted):
        draining.run(shard_of(model, own_world, published))
    sender.join()
    assert time.monotonic() - began < 60
    assert [(state, status) for state, status, _ in booked()] == [("settled", "Drained")] * 2
    assert all(cost > 0 for _, _, cost in booked())
    assert published == [("done", False)]


def test_what_hangs_elsewhere_is_cancelled_before_prefect_kills(
    own_world: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(draining, "END_WITHIN_S", 0.3)
    hanging, published = threading.Event(), list[str]()

    async def work(unit: str) -> str:
        if unit == "hangs":
            hanging.set()
            await asyncio.sleep(600)
        return unit

    def publish(batch: list[tuple[str, str]], last: bool) -> None:
        assert not last
        published.extend(unit for unit, _ in batch)

    sender = interrupt(hanging)
    with pytest.raises(Interrupted):
        draining.run(work_through(["done", "hangs", "never"], work, publish, concurrency=1))
    sender.join()
    assert published == ["done"]


def test_who_is_suspended_ends_without_a_signal(own_world: Path) -> None:
    model, published = SlowModel(lands_after_s=0.2), list[tuple[str, bool]]()

    def ask() -> None:
        assert model.both_in_the_air.wait(60)
        draining.ask_all()

    asking = threading.Thread(target=ask)
    asking.start()
    with pytest.raises(Drained, match="what was finished is published, run it again to continue"):
        draining.run(shard_of(model, own_world, published))
    asking.join()
    assert model.asked == 2 and published == [("done", False)]


def test_an_interruption_that_falls_between_two_looks_is_heard_too(
    own_world: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[bool] = []

    class Interrupting(futures.Future[None]):
        def done(self) -> bool:
            looks.append(True)
            if len(looks) == 1:
                raise Interrupted
            return super().done()

    monkeypatch.setattr(futures, "Future", Interrupting)
    with pytest.raises(Interrupted):
        draining.run(shard_of(SlowModel(lands_after_s=None), own_world, []))
    assert len(looks) > 1 and draining._running == [], "the work has ended before"


def test_work_that_nobody_interrupts_is_as_without(own_world: Path) -> None:
    model, published = SlowModel(lands_after_s=None), list[tuple[str, bool]]()
    draining.run(shard_of(model, own_world, published))
    assert model.asked == 30 and len(published) == 11

    async def fails() -> None:
        raise KeyError("its own")

    with pytest.raises(KeyError, match="its own"):
        draining.run(fails())
