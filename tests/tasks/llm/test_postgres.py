"""A connection to the ledger that breaks loses no reservation and books none twice."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing

import psycopg
import pytest

from tasks.errors import StorageUnavailable
from tasks.llm.accounts import CallKey, Reservation
from tasks.llm.ledger import Ledger
from tasks.llm.protocol import Usage
from tasks.llm.stores import postgres
from tests.postgres import a_database, looking

RUN = "run:r"


@pytest.fixture
def address() -> Iterator[str]:
    with a_database() as made:
        yield made


def key(ordinal: int = 0) -> CallKey:
    return CallKey("r", "annotate", 0, "/t/v1", "i", "m", "q", ordinal)


def cut_off(address: str) -> None:
    """End every session of the ledger, as a server that restarts does; they have ended, and hold no lock."""
    with psycopg.connect(address, autocommit=True) as rows:
        told = rows.execute(
            "SELECT pid, pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname=current_database() AND pid<>pg_backend_pid()"
        ).fetchall()
        sessions = [pid for pid, _ in told]
        there = "SELECT 1 FROM pg_stat_activity WHERE pid=ANY(%s)"
        eventually(lambda: rows.execute(there, (sessions,)).fetchone() is None)


def sums_agree(ledger: Ledger) -> bool:
    with looking(ledger.place) as rows:
        ((settled, reserved),) = rows(
            "SELECT SUM(CASE state WHEN 'settled' THEN cost WHEN 'lost' THEN reserved ELSE 0 END),"
            " SUM(CASE state WHEN 'reserved' THEN reserved ELSE 0 END) FROM calls"
        )
    return ledger.spent(RUN)[:2] == (settled, reserved)


def test_a_connection_that_was_cut_between_calls_is_made_anew(address: str) -> None:
    with closing(Ledger(address)) as ledger:
        first = ledger.reserve(key(0), 100, "test")
        cut_off(address)
        assert isinstance(first, Reservation)
        ledger.settle(first.call_id, Usage(), 60, 0.1, "ok")
        cut_off(address)
        assert ledger.spent(RUN) == (60, 0, None)
        cut_off(address)
        assert isinstance(ledger.reserve(key(1), 100, "test"), Reservation)
        assert sums_agree(ledger)


def test_what_a_process_held_before_its_connection_broke_is_counted_and_corrected(address: str) -> None:
    with closing(Ledger(address)) as ledger, closing(Ledger(address)) as other:
        held = ledger.reserve(key(0), 100, "test")
        assert isinstance(held, Reservation)
        other.set_cap(RUN, 150 / 1e9)
        cut_off(address)
        refused = other.reserve(key(1), 51, "test")
        assert (refused.settled, refused.reserved) == (100, 0)  # type: ignore[union-attr]
        ledger.settle(held.call_id, Usage(), 60, 0.1, "ok")
        assert other.spent(RUN) == (60, 0, 150)


@pytest.mark.parametrize("kept", [True, False], ids=["committed, not heard", "not committed"])
def test_an_end_that_nobody_heard_is_read_back(
    kept: bool, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(Ledger(address)) as ledger:
        assert isinstance(ledger.reserve(key(0), 100, "test"), Reservation)
        store = ledger._store
        assert isinstance(store, postgres.PostgresStore)
        live, cuts = store._connection.execute, []

        def cut(sql: str, *values: object) -> object:
            if sql != "COMMIT" or cuts:
                return live(sql, *values)
            cuts.append(sql)
            if kept:
                live(sql)
            cut_off(address)
            return live("SELECT 1" if kept else "COMMIT")  # hears that the connection is gone

        monkeypatch.setattr(store._connection, "execute", cut)
        outcome = ledger.reserve(key(1), 30, "test")
        assert isinstance(outcome, Reservation) and cuts == ["COMMIT"]
        with looking(address) as rows:
            assert rows("SELECT COUNT(*) FROM calls WHERE ordinal=1") == [(1,)]
            assert rows("SELECT ordinal FROM calls WHERE id=?", outcome.call_id) == [(1,)]
        ledger.settle(outcome.call_id, Usage(), 20, 0.1, "ok")
        assert sums_agree(ledger)


def test_books_stay_right_under_a_server_that_cuts_off_all_the_time(address: str) -> None:
    ledgers = [Ledger(address) for _ in range(3)]
    over = threading.Event()

    def cutting() -> None:
        while not over.wait(0.15):
            cut_off(address)

    cutter = threading.Thread(target=cutting)
    cutter.start()
    made = 0
    try:
        for number in range(60):
            ledger = ledgers[number % 3]
            outcome = ledger.reserve(key(number), 100, "test")
            assert isinstance(outcome, Reservation)
            ledger.settle(outcome.call_id, Usage(), number, 0.1, "ok")
            made += number
    finally:
        over.set()
        cutter.join()
    with looking(address) as rows:
        assert rows("SELECT COUNT(*), SUM(cost)::bigint FROM calls WHERE state='settled'") == [(60, made)]
    assert ledgers[0].spent(RUN) == (made, 0, None)
    for ledger in ledgers:
        ledger.close()


def test_ids_become_visible_in_the_order_in_which_they_grow(address: str) -> None:
    """Whoever watches reads on after the last id that he has seen."""
    over, seen, missed = threading.Event(), [0], []

    def watch() -> None:
        with looking(address) as rows:
            while not over.is_set():
                newest = rows("SELECT COALESCE(MAX(id), 0), COUNT(*) FROM calls")[0]
                counted = rows("SELECT COUNT(*) FROM calls WHERE id<=?", newest[0])[0][0]
                missed.extend([newest] if counted != newest[1] else [])
                seen[0] = newest[0]

    async def spend(ledger: Ledger) -> None:
        await asyncio.gather(*(ledger.reserve_soon(key(each), 1, "test") for each in range(150)))

    ledgers = [Ledger(address) for _ in range(4)]
    watcher = threading.Thread(target=watch)
    watcher.start()
    spending = [threading.Thread(target=lambda each=each: asyncio.run(spend(each))) for each in ledgers]
    for each in spending:
        each.start()
    for each in spending:
        each.join()
    eventually(lambda: seen[0] >= 600)
    over.set()
    watcher.join()
    assert not missed
    for ledger in ledgers:
        ledger.close()


def test_a_server_that_is_gone_is_said_without_the_password(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "PATIENCE_S", 0.5)
    with closing(Ledger(address)) as ledger:
        call = ledger.reserve(key(0), 100, "test")
        assert isinstance(call, Reservation)
        store = ledger._store
        store._url = "postgresql://u:canary@127.0.0.1:1/db"  # type: ignore[attr-defined]
        cut_off(address)
        with pytest.raises(
            StorageUnavailable, match=r"the ledger postgresql://127.0.0.1:1/db cannot be used"
        ) as said:
            ledger.settle(call.call_id, Usage(), 60, 0.1, "ok")
        assert "canary" not in str(said.value)
        store._url = address  # type: ignore[attr-defined]
        ledger.reserve(key(1), 1, "test")
        assert ledger.spent(RUN) == (60, 1, None), "what was owed is booked with the next reservation"


def eventually(found: Callable[[], bool], within_s: float = 60.0) -> None:
    until = time.monotonic() + within_s
    while not found():
        assert time.monotonic() < until
        time.sleep(0.02)
