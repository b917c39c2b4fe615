import random
import sqlite3
from pathlib import Path

import pyarrow as pa
import pytest

from tasks.errors import ConfigurationError
from tasks.llm.protocol import Usage
from tasks.llm.spending.calls import MINUTE, WatchedLedger, ledger_path
from tests.tasks.llm.spending.booked import book, ledger_at


def everything(sums: pa.Table) -> list[tuple[object, ...]]:
    return sorted(tuple(row.values()) for row in sums.to_pylist())


def test_sums_hold_every_call_to_the_nano(tmp_path: Path) -> None:
    ledger = ledger_at(tmp_path / "l.sqlite")
    book(ledger, at="2026-11-21T10:00", cost=3, latency_s=1.0)
    book(ledger, at="2026-11-21T10:00", cost=4, latency_s=3.0)
    book(ledger, at="2026-11-21T10:01", cost=5, model="other", status="ModelOverloaded")
    sums = WatchedLedger(ledger.path).read().sort_by("at").to_pylist()
    assert [(row["at"], row["model"], row["calls"], row["cost"]) for row in sums] == [
        ("2026-11-21T10:00", "m", 2, 7),
        ("2026-11-21T10:01", "other", 1, 5),
    ]
    assert (sums[0]["latency_s"], sums[0]["slowest_s"], sums[0]["cached"]) == (4.0, 3.0, 100)


def test_open_calls_count_at_their_reservation_until_they_are_settled(tmp_path: Path) -> None:
    ledger = ledger_at(tmp_path / "l.sqlite")
    call = book(ledger, at="2026-11-21T10:00", cost=None, worst=900)
    watched = WatchedLedger(ledger.path)
    assert watched.read()["cost"].to_pylist() == [900]
    ledger.settle(call, Usage(1), 20, 0.1, "ok")
    found = watched.read()
    assert (found["cost"].to_pylist(), found["state"].to_pylist()) == ([20], ["settled"])


@pytest.mark.parametrize("seed", range(8))
def test_reading_again_and_again_is_as_good_as_reading_once(seed: int, tmp_path: Path) -> None:
    drawn, ledger = random.Random(seed), ledger_at(tmp_path / "l.sqlite")
    watched, waiting = WatchedLedger(ledger.path), []
    for number in range(60):
        at = f"2026-11-{21 + number // 40:02}T{number % 40 // 2:02}:{drawn.randrange(60):02}"
        cost = drawn.choice([None, drawn.randrange(1, 5_000)])
        call = book(ledger, at=at, cost=cost, model=drawn.choice("ab"), shard=drawn.randrange(3))
        waiting += [call] if cost is None else []
        if waiting and drawn.random() < 0.4:
            ledger.settle(
                waiting.pop(drawn.randrange(len(waiting))), Usage(7), 11, 0.2, drawn.choice(["ok", "cut"])
            )
        if drawn.random() < 0.3:
            watched.read()
    assert everything(watched.read()) == everything(WatchedLedger(ledger.path).read())


def test_a_ledger_made_anew_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "l.sqlite"
    ledger = ledger_at(path)
    for minute in range(3):
        book(ledger, at=f"2026-11-21T10:0{minute}", cost=1)
    watched = WatchedLedger(path)
    assert sum(watched.read()["calls"].to_pylist()) == 3
    ledger.close()
    path.unlink()
    assert watched.read().num_rows == 0
    book(ledger_at(path), at="2026-11-22T10:00", cost=9)
    assert watched.read()["cost"].to_pylist() == [9]


def test_time_is_kept_in_minutes_for_hours_and_in_hours_for_days(tmp_path: Path) -> None:
    ledger = ledger_at(tmp_path / "l.sqlite")
    book(ledger, at="2026-11-21T10:07")
    watched = WatchedLedger(ledger.path)
    assert len(watched.read()["at"][0].as_py()) == MINUTE
    book(ledger, at="2026-11-23T10:07")
    assert watched.read()["at"].to_pylist() == ["2026-11-21T10", "2026-11-23T10"]


def test_reading_writes_nothing_whether_or_not_a_run_is_on(tmp_path: Path) -> None:
    ledger = ledger_at(tmp_path / "l.sqlite")
    book(ledger, at="2026-11-21T10:00")
    watched = WatchedLedger(ledger.path)
    during = ledger.path.read_bytes()
    assert sum(watched.read()["calls"].to_pylist()) == 1
    assert ledger.path.read_bytes() == during
    ledger.close()
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    assert sum(WatchedLedger(ledger.path).read()["calls"].to_pylist()) == 1
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_columns_of_later_ledgers_are_shown_when_they_are_there(tmp_path: Path) -> None:
    ledger = ledger_at(tmp_path / "l.sqlite")
    book(ledger, at="2026-11-21T10:00")
    watched = WatchedLedger(ledger.path)
    assert "team" not in watched.read().column_names
    rows = sqlite3.connect(ledger.path)
    rows.execute("ALTER TABLE calls ADD COLUMN team TEXT NOT NULL DEFAULT 'blue'")
    rows.commit()
    rows.close()
    assert watched.read()["team"].to_pylist() == ["blue"]


def test_no_ledger_is_no_spend_and_something_else_is_one_sentence(tmp_path: Path) -> None:
    assert WatchedLedger(tmp_path / "none.sqlite").read().num_rows == 0
    assert WatchedLedger(tmp_path / "none.sqlite").scopes() == []
    wrong = tmp_path / "wrong.sqlite"
    wrong.write_text("no database, but long enough to be read as one " * 20)
    with pytest.raises(ConfigurationError, match="is no ledger"):
        WatchedLedger(wrong).read()
    sqlite3.connect(tmp_path / "other.sqlite").execute("CREATE TABLE x (y)").connection.close()
    with pytest.raises(ConfigurationError, match="is no ledger"):
        WatchedLedger(tmp_path / "other.sqlite").read()


def test_a_ledger_on_a_server_is_refused_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOUNDRY_LEDGER", "postgresql://me:secret@host/db")
    with pytest.raises(ConfigurationError) as refused:
        ledger_path()
    assert "secret" not in str(refused.value)
