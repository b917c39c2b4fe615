"""The ledger of one simulated host: the rows that `tasks.llm.booking` works on, in dictionaries."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tasks.llm.accounts import WHOLE, Account, CallKey, Entry, Lost, Process, Settlement, Sum

NOW = datetime(2026, 11, 30, tzinfo=UTC)
"""No day ends in a simulation: its cap would bind as a run's does."""


@dataclass(slots=True)
class Books:
    """`accounts.Rows` in dictionaries: the ledger of one host."""

    scopes: dict[str, Account] = field(default_factory=dict)
    calls: list[tuple[Entry, Process]] = field(default_factory=list)
    factors: dict[str, int] = field(default_factory=dict)

    def copy(self) -> "Books":
        return Books(dict(self.scopes), list(self.calls), dict(self.factors))

    def account(self, scope: str) -> Account:
        return self.scopes.get(scope, Account())

    def set_caps(self, scope: str, nano_usd: int, tokens: int | None = None) -> None:
        self.scopes[scope] = self.account(scope)._replace(cap_nano_usd=nano_usd, cap_tokens=tokens)

    def standing(self, scopes: Sequence[str], model: str) -> tuple[dict[str, Account], int]:
        return {each: self.account(each) for each in scopes}, self.factors.get(model, WHOLE)

    def add(self, scopes: Sequence[str], settled: Sum, reserved: Sum) -> None:
        for scope in scopes:
            before = self.account(scope)
            self.scopes[scope] = before._replace(
                settled=_plus(before.settled, settled), reserved=_plus(before.reserved, reserved)
            )

    def enter(
        self, key: CallKey, day: str, now: datetime, process: Process, worst: Sum, price: str, factor: int
    ) -> int:
        entry = Entry(key.run, key.stage, day, "reserved", worst, key.asked, key.model, key.kind, factor)
        self.calls.append((entry, process))
        return len(self.calls)

    def entry(self, call_id: int) -> Entry | None:
        return self.calls[call_id - 1][0] if 0 < call_id <= len(self.calls) else None

    def close(self, call_id: int, settlement: Settlement) -> None:
        entry, process = self.calls[call_id - 1]
        self.calls[call_id - 1] = (entry._replace(state="settled"), process)

    def raise_factor(self, model: str, factor: int) -> None:
        self.factors[model] = max(factor, self.factors.get(model, WHOLE))

    def reserving(self) -> list[Process]:
        return sorted({who for entry, who in self.calls if entry.state == "reserved"})

    def lose(self, process: Process) -> list[Lost]:
        lost = []
        for place, (entry, who) in enumerate(self.calls):
            if who == process and entry.state == "reserved":
                self.calls[place] = (entry._replace(state="lost"), who)
                lost.append(Lost(entry.run, entry.stage, entry.day, entry.reserved))
        return lost


def _plus(one: Sum, other: Sum) -> Sum:
    return Sum(one[0] + other[0], one[1] + other[1])
