"""What a machine of this room may want done, and how a store does it.

A machine is a generator without I/O of its own: it yields effects, is sent their outcomes or has thrown
into it what the store raised, and returns what came of it. `carry_out` runs one on a real store;
`tests/simulation` runs the very same ones under a scheduler that lets every step fail.
"""

import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from tasks.storage.commits import PartFile
from tasks.storage.store import Store


@dataclass(frozen=True, slots=True)
class Keys:
    """Wants the keys below a prefix, sorted."""

    prefix: str


@dataclass(frozen=True, slots=True)
class Read:
    """Wants the bytes of an object, None where there is none."""

    key: str


@dataclass(frozen=True, slots=True)
class Upload:
    """Wants a local file written to a key of this attempt."""

    part: PartFile
    content: Any
    """A `Path`; whatever stands for one in a simulation."""


@dataclass(frozen=True, slots=True)
class Create:
    """Wants an object written if there is none; is sent whether it was."""

    key: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Delete:
    """Wants an object removed."""

    key: str


@dataclass(frozen=True, slots=True)
class Elapsed:
    """Wants the seconds that passed since some fixed moment, by a clock that nobody sets."""


@dataclass(frozen=True, slots=True)
class StoreTime:
    """Wants the time by the store's own clock, the one that dates its objects [s since 1970]."""


@dataclass(frozen=True, slots=True)
class Dated:
    """Wants the objects below a prefix with the time each was written, as `Stamp`s."""

    prefix: str


@dataclass(frozen=True, slots=True)
class Unfinished:
    """Wants writes that were begun before a moment and never ended counted, and removed if so told."""

    before: float
    """By the store's clock [s since 1970]."""
    remove: bool


Effect = Keys | Read | Upload | Create | Delete | Elapsed | StoreTime | Dated | Unfinished
Outcome = TypeVar("Outcome")
Machine = Generator[Effect, Any, Outcome]


def since_boot() -> float:
    """Seconds by a clock that nobody sets, and that goes on while the machine sleeps."""
    sleepless = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if sleepless is None else time.clock_gettime(sleepless)


def carry_out(machine: Machine[Outcome], store: Store, elapsed: Callable[[], float] = since_boot) -> Outcome:
    """Run a machine on a store; what the store raises, the machine may mend."""
    outcome: Any = None
    failure: Exception | None = None
    while True:
        try:
            effect = machine.throw(failure) if failure else machine.send(outcome)
        except StopIteration as end:
            result: Outcome = end.value
            return result
        outcome, failure = None, None
        try:
            outcome = _done(effect, store, elapsed)
        except Exception as error:
            failure = error


def _done(effect: Effect, store: Store, elapsed: Callable[[], float]) -> Any:
    match effect:
        case Keys(prefix):
            return store.keys(prefix)
        case Read(key):
            return store.read(key)
        case Upload(part, Path() as content):
            return store.write(part.key, content)
        case Create(key, content):
            return store.create(key, content)
        case Delete(key):
            return store.delete(key)
        case Elapsed():
            return elapsed()
        case StoreTime():
            return store.time()
        case Dated(prefix):
            return store.dated(prefix)
        case Unfinished(before, remove):
            return store.unfinished(before, remove)
    raise TypeError(f"no store can do {effect}")
