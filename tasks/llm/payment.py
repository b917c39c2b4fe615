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
from tasks.llm.booking import NANO, Refusal
from tasks.llm.pricing import Prices
from tasks.llm.protocol import ChatReply, Usage

BILLED_TRIES = 3
"""Times a request is paid for when its answer is lost on the way; each is reserved."""
FIRST_WAIT_S, LONGEST_WAIT_S = 0.02, 0.5
"""Pauses before a reservation that did not fit is tried again."""


@dataclass(frozen=True, slots=True)
class Recall:
    """Wants the logged answer, None where there is none."""


@dataclass(frozen=True, slots=True)
class Reserve:
    """Wants the worst case reserved; is sent the call's id, or why it does not fit."""

    worst: int
    """nano-USD."""


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
    worst = price.worst(request_bytes, max_tokens)
    for attempt in range(1, BILLED_TRIES + 1):
        try:
            return (yield from _paying(price, worst)), False
        except ModelOverloaded as error:
            if not error.maybe_billed or attempt == BILLED_TRIES:
                raise
    raise AssertionError("unreachable: the last try returns or raises")


def _paying(price: Prices, worst: int) -> Generator[Effect, Any, dict[str, Any]]:
    call_id = yield from _reserving(worst)
    try:
        reply: ChatReply = yield Complete()
    except GeneratorExit:  # nobody runs this machine any more: as a kill, the reservation stays counted
        raise
    except BaseException as error:
        # A refusal is not billed; whatever else ended the waiting, an answer may have been.
        unknown = not isinstance(error, FactoryError) or getattr(error, "maybe_billed", False)
        status = error.reason if isinstance(error, RecordError) else type(error).__name__
        yield Settle(call_id, Usage(), worst if unknown else 0, 0.0, status)
        raise
    cost = price.cost(reply.usage) if reply.usage_known else worst
    answer = {
        "content": reply.content,
        "calls": [asdict(each) for each in reply.calls],
        "usage": asdict(reply.usage),
        "usage_known": reply.usage_known,
        "latency_s": reply.latency_s,
        "finish_reason": reply.finish_reason,
        "cost": cost,
        "call_id": call_id,
    }
    try:
        yield Log(answer)
    except StorageUnavailable:
        # Nobody may use it, and it is paid all the same: no other call shall wait for this reservation.
        yield Settle(call_id, reply.usage, cost, reply.latency_s, "not logged")
        raise
    yield Settle(call_id, reply.usage, cost, reply.latency_s, "ok")
    return answer


def _reserving(worst: int) -> Generator[Effect, Any, int]:
    pause_s = FIRST_WAIT_S
    while True:
        outcome: int | Refusal = yield Reserve(worst)
        if not isinstance(outcome, Refusal):
            return outcome
        if outcome.reserved == 0:
            raise BudgetExceeded(
                f"{outcome.scope}: {outcome.settled / NANO:.4f} of {outcome.cap / NANO:.4f} USD are "
                f"spent and the next call may cost {worst / NANO:.4f}; raise --budget-usd and run again, "
                "finished work stays"
            )
        yield Wait(pause_s)
        pause_s = min(2 * pause_s, LONGEST_WAIT_S)
