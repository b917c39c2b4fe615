"""Machine time of training and serving as money: reserved a slice ahead, settled as it passes.

Costs nothing, and books nothing, where nobody says what an hour costs (`fees`).
"""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

from tasks.errors import BudgetExceeded, StorageUnavailable
from tasks.llm.accounts import CallKey, Reservation
from tasks.llm.fees import machine_nano_usd_per_hour
from tasks.llm.ledger import Ledger, open_ledger
from tasks.llm.payment import said_of
from tasks.llm.protocol import Usage
from tasks.llm.reserving import reserved_now
from tasks.storage.manifest import now_text
from tasks.storage.stage import Progress

SLICE_S = 60.0
"""Time that is reserved ahead; a killed run stays booked for at most that much too much."""
_HOUR_S = 3600.0


class Clock:
    """The machine time of one piece of work."""

    def __init__(self, ledger: Ledger, key: CallKey, nano_usd_per_hour: int, slice_s: float):
        self._ledger, self._key, self._rate, self._slice_s = ledger, key, nano_usd_per_hour, slice_s
        self._price = f"machine {nano_usd_per_hour / 1e9:g} USD/h"
        self._count = 0
        self._exceeded: BudgetExceeded | None = None
        self._ended = threading.Event()
        self._since = time.monotonic()
        self._open: Reservation | None = reserved_now(ledger, self._next(), self._cost(slice_s), self._price)
        self._thread = threading.Thread(target=self._run, name="machine time", daemon=True)
        self._thread.start()

    def check(self) -> None:
        """Say that the work must end; call it now and then.

        Raises:
            BudgetExceeded: the next slice did not fit under a cap.
        """
        if self._exceeded is not None:
            raise self._exceeded

    def end(self) -> None:
        """Settle what has passed.

        Raises:
            StorageUnavailable: the ledger cannot be used; it books this when it is there again.
        """
        self._ended.set()
        self._thread.join()
        self._settle()

    def _next(self) -> CallKey:
        self._count += 1
        return replace(self._key, request=f"{self._key.request}/{self._count}", kind="machine")

    def _cost(self, seconds: float) -> int:
        return round(self._rate * seconds / _HOUR_S)

    def _settle(self) -> None:
        """Book the time since the last settlement, where it was reserved and where it was not."""
        now = time.monotonic()
        passed_s, self._since = now - self._since, now
        held, self._open = self._open, None
        if held is None:
            self._ledger.book(self._next(), self._cost(passed_s), self._price, passed_s)
        else:
            self._ledger.settle(held.call_id, Usage(), self._cost(passed_s), passed_s, "ok")

    def _run(self) -> None:
        while not self._ended.wait(self._slice_s):
            with suppress(StorageUnavailable):  # the ledger settles when it is there again
                if self._open is not None:
                    self._settle()
                outcome = self._ledger.reserve(self._next(), self._cost(self._slice_s), self._price)
                if isinstance(outcome, Reservation):
                    self._open = outcome
                elif outcome.is_final:  # else others may leave room: the work goes on, and is booked
                    self._exceeded = BudgetExceeded(said_of(outcome))


@contextmanager
def machine_time(
    run: str, stage: str, shard: int, address: str, slice_s: float = SLICE_S
) -> Iterator[Clock | None]:
    """Book the time of a block; None where it costs nothing.

    Raises:
        BudgetExceeded: not even the first slice fits under the caps.
        ConfigurationError: what an hour costs is no sum of money.
    """
    rate = machine_nano_usd_per_hour()
    if not rate:
        yield None
        return
    key = CallKey(run, stage, shard, address, address, socket.gethostname(), f"machine {now_text()}", 0)
    clock = Clock(open_ledger(), key, rate, slice_s)
    try:
        yield clock
    finally:
        clock.end()


class Timed:
    """Progress of work whose machine time is booked: it ends where that no longer fits under a cap."""

    def __init__(self, progress: Progress, clock: Clock | None):
        self._progress, self._clock = progress, clock

    def show(self, what: str, done: int, total: int) -> None:
        """See `Progress`.

        Raises:
            BudgetExceeded: the next slice of time did not fit under a cap.
        """
        self._progress.show(what, done, total)
        if self._clock is not None:
            self._clock.check()
