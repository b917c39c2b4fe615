"""The ledger of one simulated host: the rows that `tasks.llm.booking` works on, in dictionaries."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tasks.llm.booking import CallKey, Entry, Process
from tasks.llm.protocol import Usage

NOW = datetime(2026, 11, 30, tzinfo=UTC)
"""No day ends in a simulation: its cap would bind as a run's does."""


@dataclass(slots=True)
class Books:
    """`booking.Rows` in dictionaries: the ledger of one host."""

    scopes: dict[str, tuple[int, int, int | None]] = field(default_factory=dict)
    calls: list[tuple[Entry, Process]] = field(default_factory=list)

    def copy(self) -> "Books":
        return Books(dict(self.scopes), list(self.calls))

    def amounts(self, scope: str) -> tuple[int, int, int | None]:
        return self.scopes.get(scope, (0, 0, None))

    def set_cap(self, scope: str, cap: int) -> None:
        settled, reserved, _ = self.amounts(scope)
        self.scopes[scope] = (settled, reserved, cap)

    def add(self, scopes: Sequence[str], settled: int, reserved: int) -> None:
        for scope in scopes:
            before = self.amounts(scope)
            self.scopes[scope] = (before[0] + settled, before[1] + reserved, before[2])

    def asked(self, key: CallKey) -> bool:
        return any(entry.asked == _asked(key) for entry, _ in self.calls)

    def enter(
        self, key: CallKey, day: str, now: datetime, process: Process, worst: int, price: str, repeated: bool
    ) -> int:
        self.calls.append((Entry(key.run, key.stage, day, "reserved", worst, _asked(key)), process))
        return len(self.calls)

    def entry(self, call_id: int) -> Entry | None:
        return self.calls[call_id - 1][0] if 0 < call_id <= len(self.calls) else None

    def close(self, call_id: int, usage: Usage, cost: int, latency_s: float, status: str) -> None:
        entry, process = self.calls[call_id - 1]
        self.calls[call_id - 1] = (entry._replace(state="settled"), process)

    def reserving(self) -> list[tuple[Process, datetime]]:
        return [
            (each, NOW) for each in sorted({who for entry, who in self.calls if entry.state == "reserved"})
        ]

    def lose(self, process: Process) -> list[tuple[str, str, str, int]]:
        lost = []
        for place, (entry, who) in enumerate(self.calls):
            if who == process and entry.state == "reserved":
                self.calls[place] = (entry._replace(state="lost"), who)
                lost.append((entry.run, entry.stage, entry.day, entry.reserved))
        return lost


def _asked(key: CallKey) -> tuple[str, str, str, int]:
    return key.address, key.subject, key.request, key.ordinal
