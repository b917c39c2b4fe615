"""What the ledger writes down: calls, what they are for, the sums of scopes, and the rows it needs (pure).

Amounts come in two currencies that are capped apart: int64 nano-USD, and tokens of models.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple, Protocol

from tasks.llm.protocol import Usage

NANO = 1_000_000_000
EVERY_DAY = "day"
WHOLE = 100
"""A factor of one, in percent."""
State = Literal["reserved", "settled", "lost"]
Kind = Literal["model", "api", "machine", "storage"]
"""What money is spent on: tokens, paid API calls, seconds of a machine, requests to a store."""
Unit = Literal["USD", "tokens"]
UNITS: tuple[Unit, Unit] = ("USD", "tokens")
"""In the order of a `Sum`."""


class Sum(NamedTuple):
    """An amount in both currencies."""

    nano_usd: int = 0
    tokens: int = 0


NOTHING = Sum()


@dataclass(frozen=True, slots=True)
class CallKey:
    """What a call is for."""

    run: str
    stage: str
    shard: int
    address: str
    subject: str
    """The instruction (combination, API, checkpoint) it is for."""
    model: str
    """Or the API, the machine, the class of requests."""
    request: str
    ordinal: int
    searcher: str = ""
    """Method of the search that asks."""
    kind: Kind = "model"
    team: str = ""
    project: str = ""

    @property
    def asked(self) -> tuple[str, str, str, int]:
        """What two calls for the same have in common."""
        return self.address, self.subject, self.request, self.ordinal


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a reservation does not fit."""

    scope: str
    cap: int
    settled: int
    reserved: int
    """Of others in flight."""
    wanted: int = 0
    """What this call would have reserved."""
    unit: Unit = "USD"
    """nano-USD, or tokens."""

    @property
    def is_final(self) -> bool:
        """Whether waiting cannot help: it would not fit though all that is in flight came to nothing.

        Something may always be in flight: the clock of a machine reserves its next minute as it settles one.
        """
        return self.settled + self.wanted > self.cap


class Reservation(NamedTuple):
    """A call that may be made."""

    call_id: int
    worst: int
    """nano-USD that are reserved for it."""
    tokens: int = 0
    """Tokens that are reserved for it."""


class Quota(NamedTuple):
    """Calls that cost nothing, counted over all runs and processes."""

    scope: str
    """`quota:<name>:<day>`; its settled tokens are calls."""
    free: int


class Process(NamedTuple):
    """Who has reserved."""

    host: str
    pid: int
    born: str
    """Names the lock that it holds while it lives; no other process ever has the same."""


class Account(NamedTuple):
    """What was booked under one scope."""

    settled: Sum = NOTHING
    reserved: Sum = NOTHING
    cap_nano_usd: int | None = None
    cap_tokens: int | None = None


class Entry(NamedTuple):
    """A call as the ledger knows it."""

    run: str
    stage: str
    day: str
    state: State
    reserved: Sum
    asked: tuple[str, str, str, int]
    """Address, subject, request, ordinal."""
    model: str = ""
    kind: Kind = "model"
    factor: int = WHOLE
    """By which its worst case was multiplied [%]."""


class Settlement(NamedTuple):
    """What a call has come to."""

    usage: Usage
    booked: Sum
    overrun: Sum
    """Of that, beyond the reservation."""
    latency_s: float
    status: str


class Lost(NamedTuple):
    """Reservations of a dead process under the same scopes."""

    run: str
    stage: str
    day: str
    reserved: Sum


class Rows(Protocol):
    """The rows of a ledger; all that one function of `booking` does with them is one transaction."""

    def standing(self, scopes: Sequence[str], model: str) -> tuple[dict[str, Account], int]:
        """Accounts of those scopes that have one, and a model's factor [%]."""

    def add(self, scopes: Sequence[str], settled: Sum, reserved: Sum) -> None:
        """Change what scopes have settled and reserved."""

    def enter(
        self, key: CallKey, day: str, now: datetime, process: Process, worst: Sum, price: str, factor: int
    ) -> int:
        """A new call, reserved, marked as repeated where one for the same was entered before; its id.

        Ids grow in the order in which calls become visible: whoever has read up to one misses none.
        """

    def entry(self, call_id: int) -> Entry | None:
        """A call."""

    def close(self, call_id: int, settlement: Settlement) -> None:
        """Write down that a call is settled; it changes no more."""

    def raise_factor(self, model: str, factor: int) -> None:
        """Multiply what a model's calls reserve from now on [%]; a higher factor stays."""

    def reserving(self) -> list[Process]:
        """Processes with open reservations."""

    def lose(self, process: Process) -> list[Lost]:
        """Write down that a process's reservations are lost; their sums."""
