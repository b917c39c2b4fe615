"""An open ledger: what stages and models do with it; `ledger` opens it.

A call is `reserved` at its worst case, then `settled` at its cost; a reservation whose process died is
`lost`: it stays counted in full, because the provider may have answered. Caps, in USD and in tokens, belong
to scopes: `day:2026-11-21`, `run:<run_id>`, `run:<run_id>/<stage>`; `day` is the cap of every day that has
none of its own. They live here and not in flow parameters: a retried shard sees a raised cap.
"""

import asyncio
import os
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tasks.errors import ConfigurationError, StorageUnavailable
from tasks.llm import booking
from tasks.llm.accounts import NANO, WHOLE, Account, CallKey, Quota, Refusal, Reservation, Sum
from tasks.llm.groups import Groups, Settling, Wish
from tasks.llm.protocol import Usage
from tasks.llm.stores.postgres import PostgresStore, is_postgres
from tasks.llm.stores.protocol import Store
from tasks.llm.stores.rows import ByModel
from tasks.llm.stores.sqlite import SqliteStore

HIGHEST_CAP_USD = 1_000_000_000
HIGHEST_CAP_TOKENS = 10**15


class Ledger:
    """An open ledger, for all threads of a process; one a process is enough."""

    def __init__(self, place: Path | str):
        """Open it, or make it.

        Args:
            place: a sqlite file, or the address of a Postgres database.

        Raises:
            ConfigurationError: it is no ledger, cannot be written, or nobody answers there.
        """
        self.place = place
        self.closed = False
        self._store: Store = (
            PostgresStore(place)
            if isinstance(place, str) and is_postgres(place)
            else SqliteStore(Path(place))
        )
        self._groups = Groups(self._store)
        self._team, self._project = (os.environ.get(f"FOUNDRY_{each}", "") for each in ("TEAM", "PROJECT"))

    @property
    def shown(self) -> str:
        """Where it is, for people: without a password."""
        return self._store.shown

    @property
    def path(self) -> Path:
        """The file of a ledger in sqlite."""
        return Path(self.place)

    def set_cap(self, scope: str, cap_usd: float | None) -> None:
        """Set, raise, lower or (None) lift the cap of a scope.

        Raises:
            ConfigurationError: it is no sum of money.
        """
        if cap_usd is not None and not 0 <= cap_usd <= HIGHEST_CAP_USD:
            raise ConfigurationError(
                f"a cap of {cap_usd} USD is none; give a sum from 0 to {HIGHEST_CAP_USD:,} USD"
            )
        cap = None if cap_usd is None else round(cap_usd * NANO)
        self._groups.done(Wish(lambda rows: rows.set_cap(scope, "cap", cap), durable=True))

    def set_token_cap(self, scope: str, cap_tokens: int | None) -> None:
        """Set, raise, lower or (None) lift the cap of a scope on tokens of models.

        Raises:
            ConfigurationError: it is no number of tokens.
        """
        if cap_tokens is not None and not 0 <= cap_tokens <= HIGHEST_CAP_TOKENS:
            raise ConfigurationError(
                f"a cap of {cap_tokens} tokens is none; give a number from 0 to {HIGHEST_CAP_TOKENS:,}"
            )
        self._groups.done(Wish(lambda rows: rows.set_cap(scope, "cap_tokens", cap_tokens), durable=True))

    def set_owner(self, run: str, team: str, project: str) -> None:
        """Write down whose run it is: its calls say so, whichever process makes them."""
        self._groups.done(Wish(lambda rows: rows.set_owner(run, team, project), durable=True))

    def forget_factor(self, model: str) -> None:
        """Reserve a model's worst case as it is again, after its server has billed too much."""
        self._groups.done(Wish(lambda rows: rows.forget_factor(model), durable=True))

    def factor(self, model: str) -> float:
        """By which the worst case of a model is multiplied; above 1 when its server has billed more."""
        found: int = self._groups.read(lambda rows: rows.standing(("",), model)[1])
        return found / WHOLE

    def reserve(
        self, key: CallKey, worst: int, price: str, tokens: int = 0, quota: Quota | None = None
    ) -> Reservation | Refusal:
        """Reserve the worst case of a call [nano-USD, tokens] under all its caps, or say why it does not fit.

        Raises:
            StorageUnavailable: nothing is reserved, or nobody can tell.
        """
        outcome: Reservation | Refusal = self._groups.done(self._reserving(key, worst, price, tokens, quota))
        return outcome

    async def reserve_soon(
        self, key: CallKey, worst: int, price: str, tokens: int = 0, quota: Quota | None = None
    ) -> Reservation | Refusal:
        """The same without blocking, in one transaction with what others want at this time."""
        wish = self._reserving(key, worst, price, tokens, quota)
        self._groups.soon(wish)
        try:
            outcome: Reservation | Refusal = await asyncio.shield(asyncio.wrap_future(wish.outcome))
        except asyncio.CancelledError:
            if not wish.outcome.cancel():
                wish.outcome.add_done_callback(self._give_back)
            raise
        return outcome

    def settle(
        self, call_id: int, usage: Usage, cost: int, latency_s: float, status: str, at_worst: bool = False
    ) -> None:
        """Book what a call has cost; a call that is settled already stays as it is.

        Raises:
            StorageUnavailable: it is not booked, and will be with the next transaction.
        """
        self._groups.done(_settling((call_id, usage, cost, latency_s, status, at_worst)))

    def book(self, key: CallKey, cost: int, price: str, latency_s: float = 0.0) -> None:
        """Book what is spent already [nano-USD], whatever the caps: they bind whoever reserves next.

        Raises:
            StorageUnavailable: it is not booked.
        """
        reserved = self.reserve(key, 0, price)
        assert isinstance(reserved, Reservation), "what reserves nothing fits under any cap"
        with suppress(StorageUnavailable):  # it is owed: booked with the next transaction
            self.settle(reserved.call_id, Usage(), cost, latency_s, "ok")

    async def settle_soon(
        self, call_id: int, usage: Usage, cost: int, latency_s: float, status: str, at_worst: bool = False
    ) -> None:
        """The same without blocking; it is done though nobody waits for it any more."""
        wish = _settling((call_id, usage, cost, latency_s, status, at_worst))
        self._groups.soon(wish)
        await asyncio.shield(asyncio.wrap_future(wish.outcome))

    def settle_logged(
        self, call_id: int, key: CallKey, usage: Usage, cost: int, latency_s: float, at_worst: bool = False
    ) -> None:
        """Book a reply that was logged, should its process have died before it booked it.

        A ledger that is not the one it was reserved in (another file, or made anew) has no such call, or
        another one under this number: nothing is booked.
        """
        self._groups.done(
            Wish(
                lambda rows: booking.settle_logged(rows, call_id, key, usage, cost, latency_s, at_worst),
                durable=cost > 0,
            )
        )

    def spent(self, scope: str) -> tuple[int, int, int | None]:
        """Settled, reserved and cap of a scope [nano-USD]."""
        found = self.account(scope)
        return found.settled.nano_usd, found.reserved.nano_usd, found.cap_nano_usd

    def account(self, scope: str) -> Account:
        """What was booked under a scope in both currencies, and its caps."""
        found: Account = self._groups.read(lambda rows: booking.account(rows, scope))
        return found

    def by_model(self, run: str) -> list[ByModel]:
        """A row a stage and model of a run.

        Stage, model, calls, repeated, lost, uncached, cached, cache-write, output tokens, nano-USD; what is
        reserved or lost counts at its reservation.
        """
        found: list[ByModel] = self._groups.read(lambda rows: rows.by_model(run))
        return found

    def overruns(self, run: str, stage: str) -> list[tuple[str, int, int, int]]:
        """Models of a run's stage that billed more than was reserved.

        Model, calls that did, and by how much in sum [nano-USD, tokens].
        """
        found: list[tuple[str, int, int, int]] = self._groups.read(lambda rows: rows.overruns(run, stage))
        return found

    def days(self, run: str, stage: str) -> list[str]:
        """Days (UTC) on which a run's stage has called, in their order."""
        found: list[str] = self._groups.read(lambda rows: rows.days(run, stage))
        return found

    def close(self) -> None:
        """Close it; `open_ledger` opens it anew."""
        self.closed = True
        self._groups.close()

    def _reserving(self, key: CallKey, worst: int, price: str, tokens: int, quota: Quota | None) -> Wish:
        key = replace(key, team=key.team or self._team, project=key.project or self._project)
        return Wish(
            lambda rows: booking.reserve(
                rows,
                key,
                Sum(worst, tokens),
                price,
                datetime.now(UTC),
                self._store.process(),
                self._store.dead,
                quota,
            ),
            durable=worst > 0,
        )

    def _give_back(self, outcome: "Future[Any]") -> None:
        """What was reserved for somebody who has gone: he has asked for nothing."""
        if not outcome.cancelled() and outcome.exception() is None:
            reserved = outcome.result()
            if isinstance(reserved, Reservation):
                self._groups.soon(_settling((reserved.call_id, Usage(), 0, 0.0, "cancelled", False)))


def _settling(settling: Settling) -> Wish:
    return Wish(lambda rows: booking.settle(rows, *settling), durable=settling[2] > 0, owed=settling)
