"""Where a ledger lies, what its rows say, and which cannot be opened."""

import sqlite3
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from tasks.errors import ConfigurationError, StorageUnavailable
from tasks.llm.call_log import CallLog
from tasks.llm.ledger import Ledger, caps_of, open_ledger
from tasks.llm.protocol import Usage
from tests.postgres import looking
from tests.tasks.llm.ledger.calling import RUN, STAGE, key, reserved


def test_a_call_says_whose_it_is_what_for_and_at_which_price(
    place: Path | str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOUNDRY_TEAM", "planners")
    monkeypatch.setenv("FOUNDRY_PROJECT", "travel")
    caps_of(Ledger(place), "planned", "annotate", None)
    monkeypatch.setenv("FOUNDRY_TEAM", "workers")
    ledger = Ledger(place)
    for run in ("planned", "other"):
        ledger.reserve(key(run=run, searcher="DFS_woFilter_w2"), 5, "file prices.json of 2026-11-30")
    with looking(place) as rows:
        names = "run, team, project, searcher, subject, price, kind"
        assert rows(f"SELECT {names} FROM calls ORDER BY id") == [
            (run, team, "travel", "DFS_woFilter_w2", "i", "file prices.json of 2026-11-30", "model")
            for run, team in (("planned", "planners"), ("other", "workers"))
        ]
    ledger.close()


def garbage(path: Path) -> None:
    path.write_bytes(b"this is no ledger" * 100)


@pytest.mark.parametrize(
    "spoil",
    [garbage, Path.mkdir, lambda path: path.parent.joinpath("ledger.sqlite").symlink_to("/nowhere/at/all/x")],
    ids=["garbage", "a folder", "a link to nowhere"],
)
def test_a_ledger_that_cannot_be_read_is_said(
    tmp_path: Path, spoil: Callable[[Path], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    spoil(tmp_path / "ledger.sqlite")
    monkeypatch.setenv("FOUNDRY_LEDGER", str(tmp_path / "ledger.sqlite"))
    with pytest.raises(
        ConfigurationError, match=r"the ledger .*ledger\.sqlite cannot be opened .* FOUNDRY_LEDGER"
    ):
        open_ledger()


def test_a_ledger_below_a_file_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("FOUNDRY_LEDGER", str(tmp_path / "file" / "ledger.sqlite"))
    with pytest.raises(ConfigurationError, match="cannot be opened"):
        open_ledger()


@pytest.mark.parametrize(
    "address",
    [
        "mysql://user:canary@host/db",
        "postgresql://user:canary@127.0.0.1:1/db",
        "postgresql://user:canary@127.0.0.1:canary/db",
        "postgresql://user:can%61ry@[::1/db",
        "postgresql://127.0.0.1:1/db?password=canary",
        "postgresql://user:canary@no.such.host.invalid/db",
    ],
)
def test_a_ledger_that_is_not_there_is_said_without_its_password(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOUNDRY_LEDGER", address)
    with pytest.raises(ConfigurationError, match="LEDGER") as error:
        open_ledger()
    said = "".join(traceback.format_exception(error.value))
    assert "canary" not in str(error.value) and "can%61ry" not in said
    assert "canary" not in said.replace(repr(address), "")


def test_one_ledger_is_open_in_a_process_and_a_closed_one_is_opened_anew(own_world: Path) -> None:
    first = open_ledger()
    assert open_ledger() is first
    assert first.path == own_world / "ledger.sqlite"
    first.close()
    with pytest.raises(StorageUnavailable, match="cannot be used"):
        first.spent(RUN)
    assert open_ledger() is not first


@pytest.mark.parametrize("kind", [Ledger, CallLog])
def test_a_file_that_another_process_makes_at_this_moment_is_waited_for(
    tmp_path: Path, kind: type[Ledger] | type[CallLog]
) -> None:
    path = tmp_path / "new.sqlite"
    with closing(sqlite3.connect(path, isolation_level=None)) as other, ThreadPoolExecutor(1) as beside:
        other.execute("BEGIN IMMEDIATE")  # from here on sqlite refuses to change the mode, without waiting
        opening = beside.submit(kind, path)
        with pytest.raises(TimeoutError):
            opening.result(0.2)
        other.execute("COMMIT")
        opening.result(60).close()


FIRST_VERSION = """
CREATE TABLE scopes (
    scope TEXT PRIMARY KEY, cap INTEGER,
    settled INTEGER NOT NULL DEFAULT 0, reserved INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE calls (
    id INTEGER PRIMARY KEY, run TEXT NOT NULL, stage TEXT NOT NULL, shard INTEGER NOT NULL,
    address TEXT NOT NULL,
    subject TEXT NOT NULL, model TEXT NOT NULL, request TEXT NOT NULL, ordinal INTEGER NOT NULL,
    day TEXT NOT NULL, created TEXT NOT NULL, host TEXT NOT NULL, pid INTEGER NOT NULL,
    state TEXT NOT NULL, reserved INTEGER NOT NULL, cost INTEGER NOT NULL DEFAULT 0,
    uncached INTEGER NOT NULL DEFAULT 0, cached INTEGER NOT NULL DEFAULT 0,
    cache_write INTEGER NOT NULL DEFAULT 0, output INTEGER NOT NULL DEFAULT 0,
    latency_s REAL, status TEXT NOT NULL DEFAULT '', price TEXT NOT NULL, repeated INTEGER NOT NULL{born}
);
INSERT INTO scopes VALUES ('run:r', NULL, 70, 9), ('run:r/annotate', 500, 70, 9);
INSERT INTO calls (run, stage, shard, address, subject, model, request, ordinal, day, created, host, pid,
    state, reserved, cost, uncached, output, price, repeated) VALUES
    ('r', 'annotate', 0, '/t/v1', 'i', 'm', 'q', 0, '2026-11-01', '2026-11-01T10:00:00+00:00', 'h', 1,
     'settled', 90, 70, 5, 2, 'test', 0),
    ('r', 'annotate', 0, '/t/v1', 'j', 'm', 'q', 0, '2026-11-01', '2026-11-01T10:00:00+00:00', 'h', 1,
     'reserved', 9, 0, 0, 0, 'test', 0);
"""


@pytest.mark.parametrize("born", ["", ", born TEXT NOT NULL DEFAULT ''"])
def test_a_ledger_of_an_earlier_version_is_read_on(born: str, tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    before = sqlite3.connect(path)
    before.executescript(FIRST_VERSION.format(born=born))
    before.close()
    ledger = Ledger(path)
    assert ledger.spent(STAGE) == (70, 9, 500)
    ledger.settle(2, Usage(), 4, 0.0, "ok")
    ledger.settle(reserved(ledger, 5), Usage(), 3, 0.0, "ok")
    assert ledger.spent(STAGE) == (77, 0, 500)
    assert ledger.by_model("r") == [("annotate", "m", 3, 1, 0, 5, 0, 0, 2, 77)]
    ledger.close()


def test_a_ledger_of_a_later_version_is_refused(place: Path | str) -> None:
    Ledger(place).close()
    with looking(place) as rows:
        rows("PRAGMA user_version=9" if isinstance(place, Path) else "UPDATE about SET version=9")
    with pytest.raises(ConfigurationError, match=r"of a later version \(9\)"):
        Ledger(place)
