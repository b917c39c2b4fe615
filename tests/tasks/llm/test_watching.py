"""A ledger's file that runs open and close while it is read: asked again, and never a torn answer."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tasks.errors import StorageUnavailable
from tasks.llm.ledger import Ledger
from tasks.llm.stores.watching import Reader, look
from tests.tasks.llm.spending.booked import book, ledger_at


def ids(rows: Reader) -> list[int]:
    return [row[0] for row in rows.execute("SELECT id FROM calls ORDER BY id").fetchall()]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with closing(ledger_at(tmp_path / "l.sqlite")) as ledger:
        book(ledger, at="2026-11-21T10:00")
    return tmp_path / "l.sqlite"


def opens_it(path: Path) -> None:
    with closing(Ledger(path)) as ledger:
        book(ledger, at="2026-11-21T10:01")


@pytest.mark.parametrize("stays_open", [False, True])
def test_what_a_run_did_while_it_was_read_is_read_again(path: Path, stays_open: bool) -> None:
    seen: list[list[int]] = []
    opened: list[Ledger] = []

    def ask(rows: Reader) -> list[int]:
        seen.append(ids(rows))
        if len(seen) == 1:
            if stays_open:
                opened.append(Ledger(path))
            else:
                opens_it(path)
        return seen[-1]

    found = look(path, ask)
    for ledger in opened:
        ledger.close()
    assert len(seen) == 2
    assert found == seen[-1] == ([1] if stays_open else [1, 2])


def test_an_error_of_a_torn_read_is_a_reason_to_read_again(path: Path) -> None:
    asked = 0

    def ask(rows: Reader) -> list[int]:
        nonlocal asked
        asked += 1
        if asked == 1:
            opens_it(path)
            raise sqlite3.DatabaseError("database disk image is malformed")
        return ids(rows)

    assert look(path, ask) == [1, 2]


def test_runs_that_open_it_each_time_are_one_sentence(path: Path) -> None:
    def ask(rows: Reader) -> None:
        opens_it(path)

    with pytest.raises(
        StorageUnavailable, match=r"runs opened the ledger .* each of the 5 times .*; try again"
    ):
        look(path, ask)


def test_a_ledger_that_is_open_all_the_while_is_read_once(path: Path) -> None:
    asked = 0

    def ask(rows: Reader) -> list[int]:
        nonlocal asked
        asked += 1
        book(ledger, at="2026-11-21T10:02")
        return ids(rows)

    with closing(Ledger(path)) as ledger:
        assert look(path, ask) == [1]  # the state it began with
    assert asked == 1
