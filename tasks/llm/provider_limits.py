"""Limits of a model's provider, kept by all shards of a host together: calls in flight, requests a minute.

`FOUNDRY_PROVIDER_LIMITS` names a JSON file:
`{"api.openai.com": {"in_flight": 64, "requests_per_minute": 3000}}`. It is read again when it has changed, so
a limit is raised or lowered while shards run. Several hosts share a provider's quota by each having its part
in its own file.

A call in flight holds a lock on one of `in_flight` files below the state folder: a process that is killed
gives its locks back. Requests a minute go through one file with the time of the next free turn; each call
takes its turn in order, at most one second's worth at once.
"""

import asyncio
import fcntl
import os
import re
import struct
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

import orjson

from tasks.errors import ConfigurationError, StorageUnavailable
from tasks.llm import draining
from tasks.storage.state import state_folder

VARIABLE = "FOUNDRY_PROVIDER_LIMITS"
_FIELDS = ("in_flight", "requests_per_minute")
_HIGHEST = 1_000_000
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.005, 0.1
_TURN = struct.Struct("d")
_KEPT_OPEN = 128
"""Files of slots that a process keeps open, where it does not hold more: it may not open thousands."""


@dataclass(frozen=True, slots=True)
class Limit:
    """Of one provider; None: none."""

    in_flight: int | None = None
    requests_per_minute: int | None = None


def limit_of(url: str) -> Limit:
    """The limit of the provider behind an address, as the file says now.

    Raises:
        ConfigurationError: the file is missing or says something else.
    """
    place = os.environ.get(VARIABLE, "")
    if not place:
        return Limit()
    try:
        changed = os.stat(place).st_mtime_ns
        limits = _read(place, changed)
    except OSError as error:
        raise ConfigurationError(f"{VARIABLE}={place} cannot be read ({error.strerror})") from None
    parts = urlsplit(url)
    return limits.get(parts.netloc) or limits.get(parts.hostname or "") or Limit()


class Turnstile:
    """Lets calls to one provider through; of one event loop, and one with all processes of the host."""

    def __init__(self, url: str):
        self._url = url
        self._line = asyncio.Lock()
        self._slots = _slots_of(str(state_folder() / "limits" / re.sub(r"[^a-z0-9.]+", "-", _name(url))))

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait until a call may be sent; it counts as in flight until the block ends.

        Raises:
            Drained: we were asked to end while waiting; nothing was sent.
        """
        limit = limit_of(self._url)
        if limit == Limit():
            yield
            return
        slot: int | None = None
        async with self._line:
            if limit.in_flight is not None:
                slot = await self._free_slot()
        try:
            if limit.requests_per_minute is not None:
                await self._due(self._slots.next_turn(limit.requests_per_minute))
            yield
        finally:
            if slot is not None:
                self._slots.give_back(slot)

    async def _free_slot(self) -> int | None:
        pause_s = _FIRST_PAUSE_S
        while True:
            draining.refuse_new_work()
            count = limit_of(self._url).in_flight
            if count is None:
                return None
            slot = self._slots.take(count)
            if slot is not None:
                return slot
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)

    async def _due(self, turn: float) -> None:
        while (left_s := turn - time.monotonic()) > 0:
            draining.refuse_new_work()
            await asyncio.sleep(min(left_s, 0.5))


class _Slots:
    """Locks of one provider; a lock belongs to an open file, so one object a process and provider."""

    def __init__(self, folder: Path):
        self._folder = folder
        self._files: dict[int, int] = {}
        self._held: set[int] = set()
        self._one_at_a_time = threading.Lock()

    def take(self, count: int) -> int | None:
        """A slot below `count` that nobody holds, or None."""
        with self._one_at_a_time:
            first = os.getpid() % count  # processes begin at different ones
            for slot in ((first + step) % count for step in range(count)):
                if slot not in self._held and self._locked(slot):
                    self._held.add(slot)
                    return slot
        return None

    def give_back(self, slot: int) -> None:
        """Let others have it."""
        with self._one_at_a_time:
            self._held.discard(slot)
            if len(self._files) > _KEPT_OPEN:
                os.close(self._files.pop(slot))
            else:
                fcntl.flock(self._files[slot], fcntl.LOCK_UN)

    def next_turn(self, per_minute: int) -> float:
        """When the next request is due, by the monotonic clock [s], which all processes of a host share."""
        apart_s = 60.0 / per_minute
        file = self._opened(f"turn-{_boot()}")
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            known = os.pread(file, _TURN.size, 0)
            now = time.monotonic()
            next_free: float = _TURN.unpack(known)[0] if len(known) == _TURN.size else 0.0
            turn = max(next_free, now - min(1.0, apart_s * (per_minute // 60)))
            os.pwrite(file, _TURN.pack(turn + apart_s), 0)
            return turn
        finally:
            os.close(file)

    def _locked(self, slot: int) -> bool:
        if slot not in self._files:
            self._files[slot] = self._opened(f"slot-{slot:04d}")
        try:
            fcntl.flock(self._files[slot], fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if len(self._files) > _KEPT_OPEN:
                os.close(self._files.pop(slot))
            return False
        return True

    def _opened(self, name: str) -> int:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            return os.open(self._folder / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StorageUnavailable(f"{self._folder / name} cannot be used ({error.strerror})") from error


@lru_cache(maxsize=64)
def _slots_of(folder: str) -> _Slots:
    return _Slots(Path(folder))


@lru_cache(maxsize=8)
def _read(place: str, changed: int) -> dict[str, Limit]:
    try:
        found = orjson.loads(Path(place).read_bytes())
        return {str(name): _limit(said) for name, said in found.items()}
    except (ValueError, TypeError, AttributeError) as error:
        raise ConfigurationError(
            f"{VARIABLE}={place} is no file of limits ({error}); write "
            '{"api.openai.com": {"in_flight": 64, "requests_per_minute": 3000}}'
        ) from None


def _limit(said: dict[str, int]) -> Limit:
    for name, value in said.items():
        if name not in _FIELDS:
            raise ValueError(f"'{name}' is none; there are {' and '.join(_FIELDS)}")
        if type(value) is not int or not 1 <= value <= _HIGHEST:
            raise ValueError(f"{name} must be a whole number from 1 to {_HIGHEST:,}")
    return Limit(**said)


def _name(url: str) -> str:
    return urlsplit(url).netloc.lower()


@lru_cache(maxsize=1)
def _boot() -> str:
    """Tells a start of this machine from others: the monotonic clock begins anew with each."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text()[:8]
    except OSError:
        return "boot"
