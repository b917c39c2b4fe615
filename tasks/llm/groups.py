"""Transactions that several share: what is wished for while one is written goes into the next.

No time is waited: a ledger that is quick is asked often, one that is slow gets larger groups.
"""

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from tasks.errors import FactoryError
from tasks.llm import booking
from tasks.llm.protocol import Usage
from tasks.llm.stores.protocol import OutcomeUnknown, Store
from tasks.llm.stores.rows import SqlRows

Settling = tuple[int, Usage, int, float, str, bool]
"""Arguments of `booking.settle`."""


@dataclass(slots=True)
class Wish:
    """Something to be done within a transaction that others may share."""

    work: Callable[[SqlRows], Any]
    durable: bool
    owed: Settling | None = None
    """What is still to be booked should this fail."""
    outcome: "Future[Any]" = field(default_factory=Future)


class Groups:
    """Does what threads and coroutines of a process wish for, on one store."""

    def __init__(self, store: Store):
        self._store = store
        self._one_at_a_time = threading.Lock()
        self._wishes: deque[Wish] = deque()
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="ledger")
        self._owed: list[Settling] = []
        """Calls that ended while the ledger could not be written: booked with the next transaction. Until
        then they count at their worst, and while this process lives nobody else may call them lost."""

    def soon(self, wish: Wish) -> None:
        """Do it in a thread of its own, or at once where that takes no time; its outcome says when."""
        self._wishes.append(wish)
        if self._store.quick and not wish.durable and not self._one_at_a_time.locked():
            self._write()
        else:
            self._writer.submit(self._write)

    def done(self, wish: Wish) -> Any:
        """Do it now; what it came to."""
        self._wishes.append(wish)
        while not wish.outcome.done():
            self._write()
        return wish.outcome.result()

    def read(self, work: Callable[[SqlRows], Any]) -> Any:
        """Look at rows, between two groups."""
        with self._one_at_a_time:
            return self._store.read(work)

    def close(self) -> None:
        """Do what is still wished for, and close the store."""
        self._writer.shutdown()
        with self._one_at_a_time:
            self._store.close()

    def _write(self) -> None:
        """Do what is wished for by now, in one transaction; each alone where that fails."""
        with self._one_at_a_time:
            wishes: list[Wish] = []
            while self._wishes and len(wishes) < self._store.group:
                wish = self._wishes.popleft()
                if wish.outcome.set_running_or_notify_cancel():
                    wishes.append(wish)
            if not wishes:
                return
            try:
                self._transact(wishes)
            except OutcomeUnknown as error:
                self._failed(wishes, error)
            except Exception as error:
                if len(wishes) == 1:
                    self._failed(wishes, error)
                    return
                for wish in wishes:
                    try:
                        self._transact([wish])
                    except Exception as alone:
                        self._failed([wish], alone)

    def _transact(self, wishes: list[Wish]) -> None:
        owed = list(self._owed)

        def work(rows: SqlRows) -> list[Any]:
            for each in owed:
                booking.settle(rows, *each)
            return [wish.work(rows) for wish in wishes]

        durable = bool(owed) or any(wish.durable for wish in wishes)
        outcomes = self._store.transact(work, durable)
        del self._owed[: len(owed)]
        for wish, outcome in zip(wishes, outcomes, strict=True):
            wish.outcome.set_result(outcome)

    def _failed(self, wishes: list[Wish], error: Exception) -> None:
        for wish in wishes:
            if wish.owed is not None and isinstance(error, FactoryError):
                self._owed.append(wish.owed)
            wish.outcome.set_exception(error)
