"""Machines with one planted bug each, as they might be written: the schedulers must find every one."""

from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import Any

from tasks.errors import ModelOverloaded, StorageUnavailable
from tasks.llm.payment import Complete, Log, Paying, Recall, Reserve, Settle, SettleLogged, _reserving
from tasks.llm.pricing import Prices
from tasks.llm.protocol import ChatReply, Usage
from tasks.storage.addresses import commit_key
from tasks.storage.commits import Commit, PartFile
from tasks.storage.effects import Create, Machine, Read, Upload
from tasks.storage.publication import _claiming
from tests.simulation.worker import REAL, Machines

Parcels = Iterable[tuple[str, PartFile, Any]]


def _commit(newest: Commit, parcels: Parcels, attempt: str, finished: bool, identity: str) -> Commit:
    added = {member: (part,) for member, part, _ in parcels}
    return newest.following(attempt, added, finished, "", identity)


def _uploaded(
    newest: Commit, parcels: Parcels, attempt: str, finished: bool, identity: str
) -> Machine[Commit]:
    """Upload all, as the real machine does; the commit that is to follow."""
    for _member, part, content in parcels:
        yield Upload(part, content)
    return _commit(newest, parcels, attempt, finished, identity)


def commit_before_upload(
    newest: Commit, parcels: Parcels, *, attempt: str, finished: bool, address: str, identity: str, **_: Any
) -> Machine[Commit]:
    commit = _commit(newest, parcels, attempt, finished, identity)
    yield from _claiming(commit, address)
    for _member, part, content in parcels:
        yield Upload(part, content)
    return commit


def no_read_back(
    newest: Commit, parcels: Parcels, *, attempt: str, finished: bool, address: str, identity: str, **_: Any
) -> Machine[Commit]:
    """A commit that stands is taken for our own, unheard."""
    commit = yield from _uploaded(newest, parcels, attempt, finished, identity)
    yield Create(commit_key(commit.shard, commit.generation), commit.to_json())
    return commit


def next_number_on_conflict(
    newest: Commit, parcels: Parcels, *, attempt: str, finished: bool, address: str, identity: str, **_: Any
) -> Machine[Commit]:
    """A lost race is answered by the next generation."""
    commit = yield from _uploaded(newest, parcels, attempt, finished, identity)
    while not (yield Create(commit_key(commit.shard, commit.generation), commit.to_json())):
        commit = replace(commit, generation=commit.generation + 1)
    return commit


def overwritten_commit(
    newest: Commit, parcels: Parcels, *, attempt: str, finished: bool, address: str, identity: str, **_: Any
) -> Machine[Commit]:
    """Looks whether the commit is there, then writes it."""
    commit = yield from _uploaded(newest, parcels, attempt, finished, identity)
    key = commit_key(commit.shard, commit.generation)
    if (yield Read(key)) is not None:
        raise StorageUnavailable("lost the race")
    yield Upload(PartFile(key, 0, 0, ""), commit.to_json())
    return commit


def no_look_at_the_clock(
    newest: Commit, parcels: Parcels, *, attempt: str, finished: bool, address: str, identity: str, **_: Any
) -> Machine[Commit]:
    commit = yield from _uploaded(newest, parcels, attempt, finished, identity)
    yield from _claiming(commit, address)
    return commit


def settle_before_call(price: Prices, request_bytes: int, max_tokens: int) -> Paying:
    """Books what it expects to pay, then asks."""
    logged = yield Recall()
    if logged is not None:
        return logged, True
    call_id, _, _ = yield from _reserving(_worst(price, request_bytes, max_tokens))
    yield Settle(call_id, Usage(), price.cost(Usage()), 0.0, "ok")
    reply: ChatReply = yield Complete()
    answer = _answer(price, reply, call_id)
    yield Log(answer)
    return answer, False


def no_reservation(price: Prices, request_bytes: int, max_tokens: int) -> Paying:
    """Asks, then enters what it was."""
    logged = yield Recall()
    if logged is not None:
        yield SettleLogged(logged)
        return logged, True
    reply: ChatReply = yield Complete()
    call_id, _, _ = yield Reserve(price.cost(reply.usage), reply.usage.prompt + reply.usage.output)
    answer = _answer(price, reply, call_id)
    yield Log(answer)
    yield Settle(call_id, reply.usage, answer["cost"], 0.0, "ok")
    return answer, False


def no_log(price: Prices, request_bytes: int, max_tokens: int) -> Paying:
    yield Recall()
    call_id, _, _ = yield from _reserving(_worst(price, request_bytes, max_tokens))
    reply: ChatReply = yield Complete()
    yield Settle(call_id, reply.usage, price.cost(reply.usage), 0.0, "ok")
    return {}, False


def silence_is_free(price: Prices, request_bytes: int, max_tokens: int) -> Paying:
    """Books what a server reports, also where it reports nothing."""
    logged = yield Recall()
    if logged is not None:
        yield SettleLogged(logged)
        return logged, True
    call_id, _, _ = yield from _reserving(_worst(price, request_bytes, max_tokens))
    try:
        reply: ChatReply = yield Complete()
    except ModelOverloaded:
        yield Settle(call_id, Usage(), price.worst(request_bytes, max_tokens), 0.0, "lost", True)
        raise
    answer = _answer(price, reply, call_id) | {"usage_known": True}
    yield Log(answer)
    yield Settle(call_id, reply.usage, price.cost(reply.usage), 0.0, "ok")
    return answer, False


def _worst(price: Prices, request_bytes: int, max_tokens: int) -> Reserve:
    return Reserve(price.worst(request_bytes, max_tokens), request_bytes + max_tokens)


def _answer(price: Prices, reply: ChatReply, call_id: int) -> dict[str, Any]:
    return {
        "usage": asdict(reply.usage),
        "usage_known": reply.usage_known,
        "cost": price.cost(reply.usage),
        "call_id": call_id,
    }


PLANTED = {
    "commit before upload": replace(REAL, publishing=commit_before_upload),
    "no read-back": replace(REAL, publishing=no_read_back),
    "next number on conflict": replace(REAL, publishing=next_number_on_conflict),
    "overwritten commit": replace(REAL, publishing=overwritten_commit),
    "parts of a shared name": replace(REAL, attempt=lambda who, count: "same"),
    "settle before call": replace(REAL, answering=settle_before_call),
    "no reservation": replace(REAL, answering=no_reservation),
    "no log": replace(REAL, answering=no_log),
    "silence is free": replace(REAL, answering=silence_is_free),
}
"""Found by both schedulers."""

SLOW = {"no look at the clock": replace(REAL, publishing=no_look_at_the_clock)}
"""Needs time to pass between upload and commit."""

__all__ = ["PLANTED", "SLOW", "Machines"]
