"""Machines with one planted bug each, as they might be written: the schedulers must find every one."""

from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import Any

from tasks.errors import StorageUnavailable
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
    for _member, part, content in parcels:
        yield Upload(part, content)
    commit = _commit(newest, parcels, attempt, finished, identity)
    yield Create(commit_key(commit.shard, commit.generation), commit.to_json())
    return commit


def next_number_on_conflict(
    newest: Commit, parcels: Parcels, *, attempt: str, finished: bool, address: str, identity: str, **_: Any
) -> Machine[Commit]:
    """A lost race is answered by the next generation."""
    for _member, part, content in parcels:
        yield Upload(part, content)
    commit = _commit(newest, parcels, attempt, finished, identity)
    while not (yield Create(commit_key(commit.shard, commit.generation), commit.to_json())):
        commit = replace(commit, generation=commit.generation + 1)
    return commit


def overwritten_commit(
    newest: Commit, parcels: Parcels, *, attempt: str, finished: bool, address: str, identity: str, **_: Any
) -> Machine[Commit]:
    """Looks whether the commit is there, then writes it."""
    for _member, part, content in parcels:
        yield Upload(part, content)
    commit = _commit(newest, parcels, attempt, finished, identity)
    key = commit_key(commit.shard, commit.generation)
    if (yield Read(key)) is not None:
        raise StorageUnavailable("lost the race")
    yield Upload(PartFile(key, 0, 0, ""), commit.to_json())
    return commit


def no_look_at_the_clock(
    newest: Commit, parcels: Parcels, *, attempt: str, finished: bool, address: str, identity: str, **_: Any
) -> Machine[Commit]:
    for _member, part, content in parcels:
        yield Upload(part, content)
    commit = _commit(newest, parcels, attempt, finished, identity)
    yield from _claiming(commit, address)
    return commit


def settle_before_call(price: Prices, request_bytes: int, max_tokens: int) -> Paying:
    """Books what it expects to pay, then asks."""
    logged = yield Recall()
    if logged is not None:
        return logged, True
    call_id = yield from _reserving(price.worst(request_bytes, max_tokens))
    yield Settle(call_id, Usage(), price.cost(Usage()), 0.0, "ok")
    reply: ChatReply = yield Complete()
    answer = {"usage": asdict(reply.usage), "cost": price.cost(reply.usage), "call_id": call_id}
    yield Log(answer)
    return answer, False


def no_reservation(price: Prices, request_bytes: int, max_tokens: int) -> Paying:
    """Asks, then enters what it was."""
    logged = yield Recall()
    if logged is not None:
        yield SettleLogged(logged)
        return logged, True
    reply: ChatReply = yield Complete()
    call_id = yield Reserve(price.cost(reply.usage))
    answer = {"usage": asdict(reply.usage), "cost": price.cost(reply.usage), "call_id": call_id}
    yield Log(answer)
    yield Settle(call_id, reply.usage, answer["cost"], 0.0, "ok")
    return answer, False


def no_log(price: Prices, request_bytes: int, max_tokens: int) -> Paying:
    yield Recall()
    call_id = yield from _reserving(price.worst(request_bytes, max_tokens))
    reply: ChatReply = yield Complete()
    yield Settle(call_id, reply.usage, price.cost(reply.usage), 0.0, "ok")
    return {}, False


PLANTED = {
    "commit before upload": replace(REAL, publishing=commit_before_upload),
    "no read-back": replace(REAL, publishing=no_read_back),
    "next number on conflict": replace(REAL, publishing=next_number_on_conflict),
    "overwritten commit": replace(REAL, publishing=overwritten_commit),
    "parts of a shared name": replace(REAL, attempt=lambda who, count: "same"),
    "settle before call": replace(REAL, answering=settle_before_call),
    "no reservation": replace(REAL, answering=no_reservation),
    "no log": replace(REAL, answering=no_log),
}
"""Found by both schedulers."""

SLOW = {"no look at the clock": replace(REAL, publishing=no_look_at_the_clock)}
"""Needs time to pass between upload and commit."""

__all__ = ["PLANTED", "SLOW", "Machines"]
