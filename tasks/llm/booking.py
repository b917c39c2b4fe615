"""What a ledger does inside one transaction, over rows that somebody else keeps (pure).

`stores` keeps the rows in sqlite and in Postgres, `tests/simulation` in a dictionary: all run these
functions. A call is `reserved` at its worst case under every cap that binds, then `settled` at its cost; a
reservation whose process died is `lost`: it stays counted in full, because the provider may have answered,
and is corrected when its reply turns up in a call log.

A server that bills more than was reserved is booked as it says, the excess as `overrun`, and its model's
factor rises: from the next reservation on, of whichever process, that much more is reserved.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from tasks.llm.accounts import (
    EVERY_DAY,
    NOTHING,
    UNITS,
    WHOLE,
    Account,
    CallKey,
    Entry,
    Lost,
    Process,
    Quota,
    Refusal,
    Reservation,
    Rows,
    Settlement,
    Sum,
)
from tasks.llm.accounts import NANO as NANO
from tasks.llm.accounts import Kind as Kind
from tasks.llm.protocol import Usage

Dead = Callable[[Process], bool]
"""Whether a process can settle no more."""


def scopes_of(day: str, run: str, stage: str) -> tuple[str, str, str]:
    """The scopes whose caps bind a call."""
    return f"{EVERY_DAY}:{day}", f"run:{run}", f"run:{run}/{stage}"


def account(rows: Rows, scope: str) -> Account:
    """What was booked under a scope, and its caps; a day without a cap has that of every day."""
    return _capped(rows.standing((scope, EVERY_DAY), "")[0], scope)


def reserve(
    rows: Rows,
    key: CallKey,
    worst: Sum,
    price: str,
    now: datetime,
    process: Process,
    dead: Dead,
    quota: Quota | None = None,
) -> Reservation | Refusal:
    """Reserve the worst case of a call under all its caps; its id, or why it does not fit.

    Args:
        rows: the ledger's.
        key: what the call is for.
        worst: the most it can cost; 0 of a currency fits under any cap of that.
        price: who says so.
        now: the time, UTC.
        process: who asks.
        dead: whether a process can settle no more.
        quota: while it lasts the call costs nothing, and is counted; a call that fails counts too.
    """
    if quota is not None:
        counted = rows.standing((quota.scope,), "")[0].get(quota.scope, Account())
        if counted.settled.tokens < quota.free:
            rows.add((quota.scope,), Sum(0, 1), NOTHING)
            worst = NOTHING
    day = f"{now:%Y-%m-%d}"
    scopes = scopes_of(day, key.run, key.stage)
    accounts, factor = rows.standing((*scopes, EVERY_DAY), key.model if key.kind == "model" else "")
    worst = _times(worst, factor)
    refusal = _misfit(accounts, scopes, worst)
    if refusal and bury(rows, dead):
        refusal = _misfit(rows.standing((*scopes, EVERY_DAY), "")[0], scopes, worst)
    if refusal:
        return refusal
    rows.add(scopes, NOTHING, worst)
    return Reservation(rows.enter(key, day, now, process, worst, price, factor), *worst)


def settle(
    rows: Rows, call_id: int, usage: Usage, cost: int, latency_s: float, status: str, at_worst: bool = False
) -> None:
    """Book what a call has cost; a call that is settled already stays as it is.

    Args:
        rows: the ledger's.
        call_id: of the reservation.
        usage: tokens of its reply.
        cost: nano-USD.
        latency_s: from request to reply [s].
        status: `ok`, or why there is no reply.
        at_worst: its usage is not known: the tokens that were reserved are booked.
    """
    entry = rows.entry(call_id)
    if entry is None or entry.state == "settled":
        return
    booked = Sum(cost, entry.reserved.tokens if at_worst else usage.prompt + usage.output)
    above = _minus(booked, entry.reserved) if entry.kind == "model" else NOTHING
    overrun = Sum(*(max(0, each) for each in above))
    rows.close(call_id, Settlement(usage, booked, overrun, latency_s, status))
    if any(overrun):
        rows.raise_factor(entry.model, _factor(entry, booked))
    lost = entry.state == "lost"  # counted as settled at its reservation; corrected now
    rows.add(
        scopes_of(entry.day, entry.run, entry.stage),
        _minus(booked, entry.reserved) if lost else booked,
        NOTHING if lost else _minus(NOTHING, entry.reserved),
    )


def settle_logged(
    rows: Rows, call_id: int, key: CallKey, usage: Usage, cost: int, latency_s: float, at_worst: bool = False
) -> None:
    """Book a reply that was logged, should its process have died before it booked it.

    A ledger that is not the one it was reserved in (another file, or made anew) has no such call, or another
    one under this number: nothing is booked.
    """
    entry = rows.entry(call_id)
    if entry is not None and entry.asked == key.asked:
        settle(rows, call_id, usage, cost, latency_s, "ok", at_worst)


def bury(rows: Rows, dead: Dead) -> bool:
    """Count reservations of dead processes as spent; whether there were any."""
    gone: list[Lost] = [lost for who in rows.reserving() if dead(who) for lost in rows.lose(who)]
    for run, stage, day, reserved in gone:
        rows.add(scopes_of(day, run, stage), reserved, _minus(NOTHING, reserved))
    return bool(gone)


def _misfit(accounts: Mapping[str, Account], scopes: Sequence[str], worst: Sum) -> Refusal | None:
    for scope in scopes:
        settled, reserved, cap_nano_usd, cap_tokens = _capped(accounts, scope)
        for place, cap in enumerate((cap_nano_usd, cap_tokens)):
            wanted, spent = worst[place], settled[place] + reserved[place]
            if wanted and cap is not None and spent + wanted > cap:
                return Refusal(scope, cap, settled[place], reserved[place], wanted, UNITS[place])
    return None


def _capped(accounts: Mapping[str, Account], scope: str) -> Account:
    found = accounts.get(scope, Account())
    if not scope.startswith(f"{EVERY_DAY}:"):
        return found
    every = accounts.get(EVERY_DAY, Account())
    return found._replace(
        cap_nano_usd=every.cap_nano_usd if found.cap_nano_usd is None else found.cap_nano_usd,
        cap_tokens=every.cap_tokens if found.cap_tokens is None else found.cap_tokens,
    )


def _times(worst: Sum, factor: int) -> Sum:
    return Sum(*(-(-each * factor // WHOLE) for each in worst)) if factor != WHOLE else worst


def _minus(one: Sum, other: Sum) -> Sum:
    return Sum(one[0] - other[0], one[1] - other[1])


def _factor(entry: Entry, booked: Sum) -> int:
    """By which the worst case had to be multiplied to hold what was billed [%]."""
    needed = [
        -(-entry.factor * each // reserved)
        for each, reserved in zip(booked, entry.reserved, strict=True)
        if reserved > 0
    ]
    return max([entry.factor, *needed])
