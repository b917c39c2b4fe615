"""What the ledger wants of whatever keeps its rows."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from tasks.errors import StorageUnavailable
from tasks.llm.accounts import Process
from tasks.llm.stores.rows import SqlRows

Outcome = TypeVar("Outcome")


class OutcomeUnknown(StorageUnavailable):
    """Nobody can tell whether a transaction was kept; doing it again might do it twice."""


class Store(Protocol):
    """An open ledger's rows, for all threads of a process; one thread at a time uses it."""

    @property
    def shown(self) -> str:
        """Where it is, for people: without a password."""

    @property
    def group(self) -> int:
        """Most reservations and settlements that share one transaction."""

    @property
    def quick(self) -> bool:
        """Whether what need not be durable takes less time than to hand it to another thread."""

    def process(self) -> Process:
        """This process, with a lock of its own that it holds while it lives. Asked within a transaction."""

    def dead(self, process: Process) -> bool:
        """Whether a process no longer holds its lock: it can settle no more. Asked within a transaction."""

    def transact(self, work: Callable[[SqlRows], Outcome], durable: bool) -> Outcome:
        """All of some work or nothing, and nobody else's at the same time.

        Args:
            work: may be run several times; only the last one stands.
            durable: survives a power cut, which calls that cost nothing need not.

        Raises:
            StorageUnavailable: it was not done. OutcomeUnknown: it may have been.
        """

    def read(self, work: Callable[[SqlRows], Outcome]) -> Outcome:
        """Some work that only reads.

        Raises:
            StorageUnavailable: it was not done.
        """

    def close(self) -> None:
        """Give the lock and the connection back."""
