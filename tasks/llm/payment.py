"""How one request is answered: recalled from the log, else paid for within the caps (pure).

A machine without I/O: a generator that yields what it wants done, is sent the outcome or has thrown into it
what went wrong, and returns the answer. `metered` runs it on a real log, ledger and model;
`tests/simulation` runs the very same one under a scheduler that kills it at every step.

The order is what keeps the promises: reserve the worst case, ask, write the reply down, then settle at its
cost. Killed after the reservation, it stays counted; killed after the log, the reply is recalled and
settled then.
"""

from collections.abc import Generator
from dataclasses import asdict, dataclass
from typing import Any

from tasks.errors import BudgetExceeded, FactoryError, ModelOverloaded, RecordError, StorageUnavailable
from tasks.llm.accounts import EVERY_DAY, NANO, Refusal, Reservation, Unit
from tasks.llm.pricing import Prices
from tasks.llm.protocol import ChatReply, Usage

BILLED_TRIES = 3
"""Times a request is paid for when its answer is lost on the way; each is reserved."""
RAISE_THE_CAP = "and run again, finished work stays"
"""Said where a call does not fit; by it `refused_by` knows why a shard has ended."""
FIRST_WAIT_S, LONGEST_WAIT_S = 0.02, 0.5
"""Pauses before a reservation that did not fit is tried again."""
ABSURD = 100
"""A server that reports more than this many times the tokens that a call can have reports nothing."""


@dataclass(frozen=True, slots=True)
class Recall:
    """Wants the logged answer, None where there is none."""


@dataclass(frozen=True, slots=True)
class Reserve:
    """Wants the worst case reserved; is sent the reservation, or why it does not fit."""

    worst: int
    """nano-USD."""
    tokens: int


@dataclass(frozen=True, slots=True)
class Wait:
    """Wants to try again later, after those who asked before."""

    pause_s: float


@dataclass(frozen=True, slots=True)
class Complete:
    """Wants the model's reply."""


@dataclass(frozen=True, slots=True)
class Log:
    """Wants an answer on disk, before anybody uses it."""

    answer: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Settle:
    """Wants a call booked at what it has cost."""

    call_id: int
    usage: Usage
    cost: int
    """nano-USD."""
    latency_s: float
    status: str
    at_worst: bool = False
    """Nobody knows its usage: the tokens that were reserved are booked."""


@dataclass(frozen=True, slots=True)
class SettleLogged:
    """Wants a recalled answer booked, should the process that logged it not have come to that."""

    answer: dict[str, Any]


Effect = Recall | Reserve | Wait | Complete | Log | Settle | SettleLogged
Paying = Generator[Effect, Any, tuple[dict[str, Any], bool]]


def answering(price: Prices, request_bytes: int, max_tokens: int) -> Paying:
    """The logged answer to a request, and whether it was recalled; else one that is paid for.

    Args:
        price: of the model.
        request_bytes: length of the request; a token is at least a byte.
        max_tokens: longest reply.

    Raises:
        BudgetExceeded: it cannot fit under a cap with nothing in flight. ModelOverloaded,
        ConfigurationError, RecordError: as the model said; an answer that was lost on the way
            is asked for again, under a new reservation.
    """
    logged = yield Recall()
    if logged is not None:
        yield SettleLogged(logged)
        return logged, True
    worst = Reserve(price.worst(request_bytes, max_tokens), request_bytes + max_tokens)
    for attempt in range(1, BILLED_TRIES + 1):
        try:
            return (yield from _paying(price, worst)), False
        except ModelOverloaded as error:
            if not error.maybe_billed or attempt == BILLED_TRIES:
                raise
    raise AssertionError("unreachable: the last try returns or raises")


def _paying(price: Prices, worst: Reserve) -> Generator[Effect, Any, dict[str, Any]]:
    call_id, reserved, _ = yield from _reserving(worst)
    try:
        reply: ChatReply = yield Complete()
    except GeneratorExit:  # nobody runs this machine any more: as a kill, the reservation stays counted
        raise
    except BaseException as error:
        # A refusal is not billed; whatever else ended the waiting, an answer may have been.
        unknown = not isinstance(error, FactoryError) or getattr(error, "maybe_billed", False)
        status = error.reason if isinstance(error, RecordError) else type(error).__name__
        yield Settle(call_id, Usage(), reserved if unknown else 0, 0.0, status, at_worst=unknown)
        raise
    usage = reply.usage
    known = reply.usage_known and usage.prompt + usage.output <= ABSURD * worst.tokens
    if not known:
        usage = Usage()
    cost = price.cost(usage) if known else reserved
    answer = {
        "content": reply.content,
        "calls": [asdict(each) for each in reply.calls],
        "usage": asdict(usage),
        "usage_known": known,
        "latency_s": reply.latency_s,
        "finish_reason": reply.finish_reason,
        "cost": cost,
        "call_id": call_id,
    }
    try:
        yield Log(answer)
    except StorageUnavailable:
        # Nobody may use it, and it is paid all the same: no other call shall wait for this reservation.
        yield Settle(call_id, usage, cost, reply.latency_s, "not logged", not known)
        raise
    yield Settle(call_id, usage, cost, reply.latency_s, "ok", not known)
    return answer


def _reserving(worst: Reserve) -> Generator[Effect, Any, Reservation]:
    pause_s = FIRST_WAIT_S
    while True:
        outcome: Reservation | Refusal = yield worst
        if not isinstance(outcome, Refusal):
            return outcome
        if outcome.is_final:
            raise BudgetExceeded(said_of(outcome))
        yield Wait(pause_s)
        pause_s = min(2 * pause_s, LONGEST_WAIT_S)


def refused_by(sentence: str, scope: str, unit: Unit) -> bool:
    """Whether a sentence of `said_of`, or one that quotes it, names the cap of this scope and currency."""
    return all(each in sentence for each in (f"{scope}: ", f" {unit} are spent", RAISE_THE_CAP))


def said_of(refusal: Refusal) -> str:
    """Why nothing more can be spent, and what to do, in one sentence."""
    usd = refusal.unit == "USD"

    def amount(value: int) -> str:
        return f"{value / NANO:.4f}" if usd else f"{value:,}"

    above = refusal.settled - refusal.cap
    beyond = f" ({amount(above)} above it: servers billed more than was reserved)" if above > 0 else ""
    return (
        f"{refusal.scope}: {amount(refusal.settled)} of {amount(refusal.cap)} {refusal.unit} are spent"
        f"{beyond} and the next call may cost {amount(refusal.wanted)}; "
        f"raise {_cap_of(refusal.scope, refusal.unit)} {RAISE_THE_CAP}"
    )


def _cap_of(scope: str, unit: Unit) -> str:
    """Where whoever reads this raises the cap of a scope."""
    kind, _, name = scope.partition(":")
    option = f"--budget-{unit.lower()}"
    if "/" in name:
        return option
    command = f"'foundry spend cap {scope} {'USD' if unit == 'USD' else '--tokens N'}'"
    if kind == EVERY_DAY:
        return f"FOUNDRY_DAY_CAP_{unit.upper()} for every day, or this day's cap by {command},"
    return f"{option} of the factory, or its cap by {command},"
