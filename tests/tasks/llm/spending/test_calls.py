import random
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from tasks.errors import ConfigurationError, StorageUnavailable
from tasks.llm.protocol import Usage
from tasks.llm.spending.calls import MINUTE, Booked, Scope, WatchedLedger, watched_ledger
from tests.postgres import a_database, looking
from tests.tasks.llm.spending.booked import USAGE, book, ledger_at


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path | str]:
    """Where a new ledger may be made."""
    if request.param == "sqlite":
        yield tmp_path / "l.sqlite"
    else:
        with a_database() as address:
            yield address


def everything(sums: pa.Table) -> list[tuple[object, ...]]:
    return sorted(tuple(row.values()) for row in sums.to_pylist())


def test_sums_hold_every_call_to_the_nano(place: Path | str) -> None:
    ledger = ledger_at(place)
    book(ledger, at="2026-11-21T10:00", cost=3, latency_s=1.0)
    book(ledger, at="2026-11-21T10:00", cost=4, latency_s=3.0)
    book(ledger, at="2026-11-21T10:01", cost=5, model="other", status="ModelOverloaded")
    sums = WatchedLedger(ledger.place).read().sort_by("at").to_pylist()
    assert [(row["at"], row["model"], row["calls"], row["cost"]) for row in sums] == [
        ("2026-11-21T10:00", "m", 2, 7),
        ("2026-11-21T10:01", "other", 1, 5),
    ]
    assert (sums[0]["latency_s"], sums[0]["slowest_s"], sums[0]["cached"]) == (4.0, 3.0, 100)


def test_open_calls_count_at_their_reservation_until_they_are_settled(place: Path | str) -> None:
    ledger = ledger_at(place)
    call = book(ledger, at="2026-11-21T10:00", cost=None, worst=900)
    watched = WatchedLedger(ledger.place)
    assert watched.read()["cost"].to_pylist() == [900]
    ledger.settle(call, Usage(1), 20, 0.1, "ok")
    found = watched.read()
    assert (found["cost"].to_pylist(), found["state"].to_pylist()) == ([20], ["settled"])


@pytest.mark.parametrize("seed", range(8))
def test_reading_again_and_again_is_as_good_as_reading_once(seed: int, place: Path | str) -> None:
    drawn, ledger = random.Random(seed), ledger_at(place)
    watched, waiting = WatchedLedger(ledger.place), []
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
    assert everything(watched.read()) == everything(WatchedLedger(ledger.place).read())


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


def test_time_is_kept_in_minutes_for_hours_and_in_hours_for_days(place: Path | str) -> None:
    ledger = ledger_at(place)
    book(ledger, at="2026-11-21T10:07")
    watched = WatchedLedger(ledger.place)
    assert len(watched.read()["at"][0].as_py()) == MINUTE
    book(ledger, at="2026-11-23T10:07")
    assert sorted(watched.read()["at"].to_pylist()) == ["2026-11-21T10", "2026-11-23T10"]


def test_reading_writes_nothing_whether_or_not_a_run_is_on(tmp_path: Path) -> None:
    ledger = ledger_at(tmp_path / "l.sqlite")
    book(ledger, at="2026-11-21T10:00")
    watched = WatchedLedger(ledger.place)
    during = ledger.path.read_bytes()
    assert sum(watched.read()["calls"].to_pylist()) == 1
    assert ledger.path.read_bytes() == during
    ledger.close()
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    assert sum(WatchedLedger(ledger.place).read()["calls"].to_pylist()) == 1
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_columns_of_later_ledgers_are_shown_when_they_are_there(place: Path | str) -> None:
    ledger = ledger_at(place)
    book(ledger, at="2026-11-21T10:00")
    watched = WatchedLedger(ledger.place)
    assert watched.read()["team"].to_pylist() == [""]
    with looking(ledger.place) as rows:
        for column in ("team", "tokens", "overrun"):  # as an earlier version made it
            rows(f"ALTER TABLE calls DROP COLUMN {column}")
        rows("ALTER TABLE scopes DROP COLUMN cap_tokens")
        rows("DROP TABLE factors")
    read = watched.read()
    assert "team" not in read.column_names
    assert (read["tokens"].to_pylist(), read["overrun"].to_pylist()) == ([0], [0])
    assert (watched.scopes("tokens"), watched.factors()) == ([], {})


def test_days_and_models_are_told_by_kind_and_all_calls_of_an_earlier_ledger_are_models(
    place: Path | str,
) -> None:
    ledger = ledger_at(place)
    book(ledger, at="2026-11-21T10:00", cost=3)
    book(ledger, at="2026-11-21T10:01", cost=None, worst=40)
    book(ledger, at="2026-11-21T10:02", cost=500, kind="machine")
    watched = WatchedLedger(ledger.place)
    assert watched.by_day_and_model() == [
        Booked("2026-11-21", "machine", "m", 500), Booked("2026-11-21", "model", "m", 43, 40),
    ]  # fmt: skip
    with looking(ledger.place) as rows:
        rows("DELETE FROM calls WHERE kind='machine'")
        rows("ALTER TABLE calls DROP COLUMN kind")
    assert watched.by_day_and_model() == [Booked("2026-11-21", "model", "m", 43, 40)]


def test_tokens_overruns_and_factors_are_told_beside_the_money(place: Path | str) -> None:
    ledger = ledger_at(place)
    ledger.set_token_cap("run:r", 5_000)
    book(ledger, at="2026-11-21T10:00", cost=7)
    book(ledger, at="2026-11-21T10:01", model="over", cost=9_000, worst=1_000)
    watched = WatchedLedger(ledger.place)
    sums = watched.read().sort_by("at")
    assert sums["tokens"].to_pylist() == [USAGE.prompt + USAGE.output] * 2
    assert sums["overrun"].to_pylist() == [0, 8_000]
    told = [each for each in watched.scopes("tokens") if each.cap is not None]
    assert told == [Scope("run:r", 2 * (USAGE.prompt + USAGE.output), 0, 5_000, "tokens")]
    assert watched.factors() == {"over": 9.0}


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


def test_a_ledger_on_a_server_is_read_and_its_password_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOUNDRY_LEDGER", "postgresql://me:secret@127.0.0.1:1/db")
    with pytest.raises(StorageUnavailable, match=r"postgresql://127\.0\.0\.1:1/db cannot be read") as refused:
        watched_ledger().read()
    assert "secret" not in str(refused.value)


def test_a_database_without_a_ledger_is_one_sentence() -> None:
    with a_database() as address, pytest.raises(ConfigurationError, match="holds no ledger"):
        WatchedLedger(address).read()
