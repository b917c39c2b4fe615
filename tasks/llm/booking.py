"""What a ledger does inside one transaction, over rows that somebody else keeps (pure).

`ledger` keeps the rows in sqlite, `tests/simulation` in a dictionary: both run these functions. A call is
`reserved` at its worst case under every cap that binds, then `settled` at its cost; a reservation whose
process died is `lost`: it stays counted in full, because the provider may have answered, and is corrected
when its reply turns up in a call log. Amounts are int64 nano-USD.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple, Protocol

from tasks.llm.protocol import Usage

NANO = 1_000_000_000
EVERY_DAY = "day"
State = Literal["reserved", "settled", "lost"]


@dataclass(frozen=True, slots=True)
class CallKey:
    """What a call is for."""

    run: str
    stage: str
    shard: int
    address: str
    subject: str
    model: str
    request: str
    ordinal: int


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a reservation does not fit."""

    scope: str
    cap: int
    settled: int
    reserved: int
    """Of other calls in flight; when it is 0, waiting cannot help."""


class Process(NamedTuple):
    """Who has reserved."""

    host: str
    pid: int
    born: str
    """When it began; tells it from a later one of its number."""


class Entry(NamedTuple):
    """A call as the ledger knows it."""

    run: str
    stage: str
    day: str
    state: State
    reserved: int
    asked: tuple[str, str, str, int]
    """Address, subject, request, ordinal."""


class Rows(Protocol):
    """The rows of a ledger; all that one of the functions below does with them is one transaction."""

    def amounts(self, scope: str) -> tuple[int, int, int | None]:
        """Settled, reserved and cap of a scope; zeros and None where it has no row."""

    def add(self, scopes: Sequence[str], settled: int, reserved: int) -> None:
        """Change what scopes have settled and reserved."""

    def asked(self, key: CallKey) -> bool:
        """Whether a call for the same was entered before."""

    def enter(
        self, key: CallKey, day: str, now: datetime, process: Process, worst: int, price: str, repeated: bool
    ) -> int:
        """A new call, reserved; its id."""

    def entry(self, call_id: int) -> Entry | None:
        """A call."""

    def close(self, call_id: int, usage: Usage, cost: int, latency_s: float, status: str) -> None:
        """Write down that a call is settled."""

    def reserving(self) -> list[tuple[Process, datetime]]:
        """Processes with open reservations, and when each made its latest one."""

    def lose(self, process: Process) -> list[tuple[str, str, str, int]]:
        """Write down that a process's reservations are lost; run, stage, day and sum of each kind."""


def scopes_of(day: str, run: str, stage: str) -> tuple[str, str, str]:
    """The scopes whose caps bind a call."""
    return f"{EVERY_DAY}:{day}", f"run:{run}", f"run:{run}/{stage}"


def spent(rows: Rows, scope: str) -> tuple[int, int, int | None]:
    """Settled, reserved and cap of a scope [nano-USD]; a day without a cap has that of every day."""
    settled, reserved, cap = rows.amounts(scope)
    if cap is None and scope.startswith(f"{EVERY_DAY}:"):
        cap = rows.amounts(EVERY_DAY)[2]
    return settled, reserved, cap


def reserve(
    rows: Rows,
    key: CallKey,
    worst: int,
    price: str,
    now: datetime,
    process: Process,
    dead: Callable[[Process, datetime], bool],
) -> int | Refusal:
    """Reserve the worst case of a call under all its caps; its id, or why it does not fit.

    Args:
        rows: the ledger's.
        key: what the call is for.
        worst: the most it can cost [nano-USD]; 0 fits under any cap.
        price: who says so.
        now: the time, UTC.
        process: who asks.
        dead: whether a process, whose latest reservation is of that time, can settle no more.
    """
    day = f"{now:%Y-%m-%d}"
    scopes = scopes_of(day, key.run, key.stage)
    refusal = _misfit(rows, scopes, worst)
    if refusal and bury(rows, dead):
        refusal = _misfit(rows, scopes, worst)
    if refusal:
        return refusal
    rows.add(scopes, 0, worst)
    return rows.enter(key, day, now, process, worst, price, rows.asked(key))


def settle(rows: Rows, call_id: int, usage: Usage, cost: int, latency_s: float, status: str) -> None:
    """Book what a call has cost; a call that is settled already stays as it is."""
    entry = rows.entry(call_id)
    if entry is None or entry.state == "settled":
        return
    rows.close(call_id, usage, cost, latency_s, status)
    lost = entry.state == "lost"  # counted as settled at its reservation; corrected now
    rows.add(
        scopes_of(entry.day, entry.run, entry.stage),
        cost - (entry.reserved if lost else 0),
        0 if lost else -entry.reserved,
    )


def settle_logged(rows: Rows, call_id: int, key: CallKey, usage: Usage, cost: int, latency_s: float) -> None:
    """Book a reply that was logged, should its process have died before it booked it.

    A ledger that is not the one it was reserved in (another file, or made anew) has no such call, or another
    one under this number: nothing is booked.
    """
    entry = rows.entry(call_id)
    if entry is not None and entry.asked == (key.address, key.subject, key.request, key.ordinal):
        settle(rows, call_id, usage, cost, latency_s, "ok")


def bury(rows: Rows, dead: Callable[[Process, datetime], bool]) -> bool:
    """Count reservations of dead processes as spent; whether there were any."""
    gone = [process for process, latest in rows.reserving() if dead(process, latest)]
    for process in gone:
        for run, stage, day, reserved in rows.lose(process):
            rows.add(scopes_of(day, run, stage), reserved, -reserved)
    return bool(gone)


def _misfit(rows: Rows, scopes: Sequence[str], worst: int) -> Refusal | None:
    if worst == 0:
        return None
    for scope in scopes:
        settled, reserved, cap = spent(rows, scope)
        if cap is not None and settled + reserved + worst > cap:
            return Refusal(scope, cap, settled, reserved)
    return None
