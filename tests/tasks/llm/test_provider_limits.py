"""A provider's limits, kept by several processes together."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import pytest

from tasks.errors import ConfigurationError
from tasks.llm.metered import require_usable
from tasks.llm.provider_limits import VARIABLE, Limit, Turnstile, limit_of

URL = "http://models.example:8000/v1"
CHILD = """
import asyncio, sys, time
from tasks.llm.provider_limits import Turnstile

async def main(calls, held_s):
    gate = Turnstile(sys.argv[3])
    async def call():
        asked = time.monotonic()
        async with gate.turn():
            entered = time.monotonic()
            await asyncio.sleep(held_s)
            print(asked, entered, time.monotonic(), flush=True)
    await asyncio.gather(*(call() for _ in range(calls)))

asyncio.run(main(int(sys.argv[1]), float(sys.argv[2])))
"""

FEW_FILES = """
import asyncio, resource, sys
from tasks.llm.provider_limits import Turnstile

async def main():
    async with Turnstile(sys.argv[1]).turn():
        print("through", flush=True)

resource.setrlimit(resource.RLIMIT_NOFILE, (200, 200))
print("asking", flush=True)
asyncio.run(main())
"""


def limits(world: Path, monkeypatch: pytest.MonkeyPatch, content: object) -> Path:
    place = world / "limits.json"
    place.write_text(content if isinstance(content, str) else json.dumps(content))
    monkeypatch.setenv(VARIABLE, str(place))
    return place


def callers(processes: int, calls: int, held_s: float) -> list["subprocess.Popen[str]"]:
    command = [sys.executable, "-c", CHILD, str(calls), str(held_s), URL]
    return [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(processes)]


class Span(NamedTuple):
    """When a call wanted to go, was let through and ended, on the clock that all processes share."""

    asked: float
    begun: float
    ended: float


def spans(running: list["subprocess.Popen[str]"]) -> list[Span]:
    found = []
    for each in running:
        said, _ = each.communicate(timeout=120)
        found += [Span(*map(float, line.split())) for line in said.splitlines()]
    return found


def at_once(found: list[Span]) -> int:
    return max(sum(each.begun <= moment < each.ended for each in found) for _, moment, _ in found)


def test_calls_in_flight_are_limited_over_all_processes(
    own_world: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits(own_world, monkeypatch, {"models.example:8000": {"in_flight": 3}})
    found = spans(callers(processes=3, calls=8, held_s=0.05))
    assert len(found) == 24
    assert at_once(found) == 3


def test_requests_a_minute_are_limited_over_all_processes(
    own_world: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits(own_world, monkeypatch, {"models.example": {"requests_per_minute": 600}})
    found = spans(callers(processes=2, calls=20, held_s=0))
    assert len(found) == 40
    first = min(each.asked for each in found)  # whatever keeps a process from its turn only makes it later
    for number, begun in enumerate(sorted(each.begun for each in found)):
        assert begun - first >= (number - 10) * 0.1 - 1e-6  # ten a second, and a second's worth at once


def test_a_killed_process_gives_its_calls_back(own_world: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    limits(own_world, monkeypatch, {"models.example:8000": {"in_flight": 1}})

    async def through() -> None:
        async with Turnstile(URL).turn():
            pass

    asyncio.run(through())
    (holder,) = callers(processes=1, calls=1, held_s=600)
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:  # it holds the only place as soon as we wait in vain
            try:
                asyncio.run(asyncio.wait_for(through(), 0.3))
            except TimeoutError:
                break
        else:
            raise AssertionError("the other process never took its turn")
        os.kill(holder.pid, signal.SIGKILL)
        asyncio.run(asyncio.wait_for(through(), 30))
    finally:
        holder.kill()
        holder.communicate()


def test_a_provider_may_let_through_more_than_a_process_may_open_files(
    own_world: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits(own_world, monkeypatch, {"models.example:8000": {"in_flight": 300}})
    (holder,) = callers(processes=1, calls=300, held_s=3)
    deadline = time.monotonic() + 60
    while len(list(own_world.rglob("slot-*"))) < 300 and time.monotonic() < deadline:
        time.sleep(0.02)
    command = [sys.executable, "-c", FEW_FILES, URL]
    asking = subprocess.run(command, capture_output=True, text=True, timeout=60)
    holder.communicate(timeout=60)
    assert asking.stdout.split() == ["asking", "through"], asking.stderr[-500:]


def test_a_limit_is_changed_while_calls_wait(own_world: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = limits(own_world, monkeypatch, {"models.example:8000": {"in_flight": 1}})

    async def main() -> None:
        gate = Turnstile(URL)
        async with gate.turn():
            second = asyncio.create_task(_hold(gate))
            await asyncio.sleep(0.2)
            assert not second.done()
            place.write_text(json.dumps({"models.example:8000": {"in_flight": 2}}))
            os.utime(place, ns=(1, 1))  # another time, whatever the clock's grain
            await asyncio.wait_for(second, 30)

    asyncio.run(main())


async def _hold(gate: Turnstile) -> None:
    async with gate.turn():
        return


def test_who_names_no_limit_has_none(own_world: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert limit_of(URL) == Limit()
    limits(own_world, monkeypatch, {"other.example": {"in_flight": 1}})
    assert limit_of(URL) == Limit()
    assert limit_of("https://other.example/v1") == Limit(in_flight=1)


@pytest.mark.parametrize(
    "content",
    [
        "{",
        '{"a": {"in_flight": 0}}',
        '{"a": {"in_flight": true}}',
        '{"a": {"per_day": 3}}',
        "[1]",
        '{"a": 4}',
    ],
)
def test_a_wrong_file_is_said_in_one_sentence(
    own_world: Path, monkeypatch: pytest.MonkeyPatch, content: str
) -> None:
    place = limits(own_world, monkeypatch, content)
    with pytest.raises(ConfigurationError, match=r"is no file of limits \(.+\); write") as refused:
        limit_of(URL)
    assert str(place) in str(refused.value) and "\n" not in str(refused.value)


def test_planning_refuses_a_missing_file(own_world: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(own_world / "none.json"))
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    with pytest.raises(ConfigurationError, match="cannot be read"):
        require_usable("rehearsal-middle")
