"""Reservations of what is no model: API calls, machine time, requests to a store."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Protocol, TypeVar

from tasks.errors import ApiUnreachable, BudgetExceeded
from tasks.llm.accounts import CallKey, Quota, Refusal, Reservation
from tasks.llm.fees import Fee
from tasks.llm.ledger import Ledger
from tasks.llm.payment import FIRST_WAIT_S, LONGEST_WAIT_S, said_of
from tasks.llm.protocol import Usage

Sent = TypeVar("Sent")


class Books(Protocol):
    """What calls are booked in: the ledger, or nothing where they cost nothing."""

    async def reserve_soon(
        self, key: CallKey, worst: int, price: str, tokens: int = 0, quota: Quota | None = None
    ) -> Reservation | Refusal:
        """As `Ledger.reserve_soon`."""

    async def settle_soon(
        self, call_id: int, usage: Usage, cost: int, latency_s: float, status: str, at_worst: bool = False
    ) -> None:
        """As `Ledger.settle_soon`."""

    def settle_logged(
        self, call_id: int, key: CallKey, usage: Usage, cost: int, latency_s: float, at_worst: bool = False
    ) -> None:
        """As `Ledger.settle_logged`."""


def quota_of(fee: Fee) -> Quota | None:
    """Today's free calls of an API, None where none are free."""
    if not fee.free_a_day:
        return None
    return Quota(f"quota:{fee.quota}:{datetime.now(UTC):%Y-%m-%d}", fee.free_a_day)


async def reserved_within(
    ledger: Books, key: CallKey, nano_usd: int, price: str, quota: Quota | None = None
) -> Reservation:
    """Reserve, after those that hold the room have settled.

    Raises:
        BudgetExceeded: it cannot fit under a cap with nothing in flight.
    """
    pause_s = FIRST_WAIT_S
    while isinstance(outcome := await ledger.reserve_soon(key, nano_usd, price, 0, quota), Refusal):
        _require_hope(outcome)
        await asyncio.sleep(pause_s)
        pause_s = min(2 * pause_s, LONGEST_WAIT_S)
    return outcome


async def paid_for(
    ledger: Books, key: CallKey, fee: Fee, send: Callable[[], Awaitable[Sent]]
) -> tuple[Sent, int]:
    """Make an API call that costs money, within the caps; what came of it, and what it cost [nano-USD].

    Args:
        ledger: where it is booked.
        key: what the call is for.
        fee: what it costs, and its quota.
        send: makes the call. What it raises is booked in full, unless nobody was reached.

    Raises:
        BudgetExceeded: it cannot fit under a cap with nothing in flight. Else what `send` raises.
    """
    call_id, cost, _ = await reserved_within(ledger, key, fee.nano_usd, fee.source, quota_of(fee))
    began, status = time.monotonic(), "failed"
    try:
        sent = await send()
        status = "ok"
    except ApiUnreachable:
        cost = 0
        raise
    finally:
        await ledger.settle_soon(call_id, Usage(), cost, time.monotonic() - began, status)
    return sent, cost


def reserved_now(ledger: Ledger, key: CallKey, nano_usd: int, price: str) -> Reservation:
    """The same for whoever may block.

    Raises:
        BudgetExceeded: it cannot fit under a cap with nothing in flight.
    """
    pause_s = FIRST_WAIT_S
    while isinstance(outcome := ledger.reserve(key, nano_usd, price), Refusal):
        _require_hope(outcome)
        time.sleep(pause_s)
        pause_s = min(2 * pause_s, LONGEST_WAIT_S)
    return outcome


def _require_hope(refusal: Refusal) -> None:
    if refusal.is_final:
        raise BudgetExceeded(said_of(refusal))
