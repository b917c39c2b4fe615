"""The doctor says in one line each what is wrong, and never a character of a key."""

import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest

from flows.__main__ import main
from infra.local import doctor
from infra.local.doctor import Finding, examine
from infra.local.processes import Record, birth
from tasks.llm.books import Ledger
from tasks.llm.stores.schema import VERSION
from tests.postgres import a_database, looking
from tests.tasks.storage.conftest import BUCKET, point_at, s3_server
from tests.tasks.storage.proxy import faulty

__all__ = ["s3_server"]


@pytest.fixture
def state(own_world: Path) -> Path:
    folder = own_world / "state"
    (folder / "pids").mkdir(parents=True)
    return folder


@pytest.fixture
def listening() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def found(what: str) -> Finding:
    return next(each for each in examine() if each.what == what)


def test_nothing_configured_is_nothing_wrong(state: Path) -> None:
    findings = examine()
    assert [each.what for each in findings] == ["ports", "keys", "S3", "ledger", "prices", "browser", "GPU"]
    assert {each.state for each in findings} <= {"ok", "absent"}
    assert all(len(each.said.splitlines()) == 1 for each in findings)


def test_a_port_that_another_program_has_taken_is_wrong(state: Path, listening: int) -> None:
    (state / "ports.json").write_text(json.dumps({"hub": listening}))
    assert (
        found("ports").said
        == f"{listening}, chosen for hub, is taken by another program; 'make up' takes a free one"
    )


def test_a_program_that_runs_and_does_not_listen_is_wrong(state: Path) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        port = silent.getsockname()[1]
        (state / "ports.json").write_text(json.dumps({"hub": port}))
        Record("hub", os.getpid(), birth(os.getpid()) or "", "", "log", "").write(state / "pids")
        assert found("ports").said == f"hub runs and does not listen on {port}; see 'make logs NAME=hub'"


def test_ports_in_use_are_told(state: Path, listening: int) -> None:
    (state / "ports.json").write_text(json.dumps({"hub": listening}))
    Record("hub", os.getpid(), birth(os.getpid()) or "", "", "log", "").write(state / "pids")
    assert found("ports") == Finding("ports", "ok", f"hub {listening}")


def test_a_prefect_server_that_does_not_answer_is_wrong(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        monkeypatch.setenv("PREFECT_API_URL", f"http://me:canary@127.0.0.1:{silent.getsockname()[1]}/api")
        said = found("ports")
    assert said.state == "wrong" and "no Prefect server answers at 127.0.0.1" in said.said
    assert "canary" not in said.said


def test_what_is_no_address_of_a_prefect_server_is_said_in_one_line(
    state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREFECT_API_URL", "http://[::1")
    assert found("ports").said == "no Prefect server answers at http://[::1; check PREFECT_API_URL"


def test_keys_are_told_by_name_and_never_shown(
    state: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in doctor.KEYS:
        monkeypatch.setenv(name, "canary-1234")
    assert all(f"{name} present" in found("keys").said for name in doctor.KEYS)
    with pytest.raises(SystemExit) as ended:
        main(["doctor", "--json"])
    assert ended.value.code in (0, 1)
    said = capsys.readouterr()
    assert "canary" not in said.out + said.err


@pytest.mark.parametrize("key", ["sk-1\n", " sk-1", "sk-ü"])
def test_a_key_that_was_copied_badly_is_wrong(state: Path, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", key)
    assert found("keys").said == "OPENAI_API_KEY holds blanks or characters that no key has; copy it again"


def test_half_a_pair_of_keys_is_wrong(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "accesskey1")
    assert "one is set; set both or none" in found("keys").said
    (state / "secret").write_text("secretkey123\n")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY_FILE", str(state / "secret"))
    assert found("keys").state == "ok", "the other half lies in a file"


def test_s3_is_asked_where_tables_lie_there(
    state: Path, s3_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    point_at(s3_server, monkeypatch)
    monkeypatch.setenv("FOUNDRY_ROOT", f"s3://{BUCKET}/doctor")
    assert found("S3") == Finding(
        "S3", "ok", f"s3://{BUCKET}/doctor can be written and keeps create-if-absent, clocks agree"
    )
    monkeypatch.setenv("FOUNDRY_ROOT", "s3://no-such-bucket/doctor")
    assert found("S3").said.startswith("there is no bucket 'no-such-bucket'")
    with faulty(s3_server, lambda method, path: "ignore-conditions") as url:
        point_at(url, monkeypatch)
        monkeypatch.setenv("FOUNDRY_ROOT", f"s3://{BUCKET}/doctor")
        assert "does not keep 'If-None-Match: *'" in found("S3").said


def test_a_clock_that_is_off_is_wrong(state: Path, s3_server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    point_at(s3_server, monkeypatch)
    monkeypatch.setenv("FOUNDRY_ROOT", f"s3://{BUCKET}/doctor")
    real = doctor.time.time
    monkeypatch.setattr(doctor, "_now", lambda: real() - 3600)
    assert "this machine's clock is 60 minutes behind that of" in found("S3").said


def test_a_root_that_cannot_be_written_is_wrong(
    state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("FOUNDRY_ROOT", str(tmp_path / "file" / "tables"))
    assert "cannot be written" in found("S3").said


def test_a_ledger_in_a_file_is_told_with_its_version(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = state / "ledger.sqlite"
    monkeypatch.setenv("FOUNDRY_LEDGER", str(file))
    assert found("ledger").said.endswith("no table yet, the first call makes them")
    assert not file.exists(), "nothing is changed"
    Ledger(file).close()
    told = found("ledger")
    assert told.state == "ok" and told.said.startswith(f"{file} (sqlite 3.")
    assert told.said.endswith(f": version {VERSION}")
    with looking(file) as rows:
        rows(f"PRAGMA user_version={VERSION + 1}")
    assert "is of a later version" in found("ledger").said


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("{state}/text", "is no ledger"),
        ("{state}/pids", "cannot be written"),
        ("{state}/text/ledger.sqlite", "cannot be written"),
        ("mysql://me:canary@host/db", "is no ledger"),
        ("postgresql://me:canary@127.0.0.1:1/db", "postgresql://127.0.0.1:1/db cannot be read"),
        ("postgresql://me:can%61ry@[::1/db", "is no address of a Postgres database"),
    ],
)
def test_a_ledger_that_cannot_be_used_is_wrong_and_no_password_is_said(
    state: Path, place: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (state / "text").write_text("no ledger, and long enough to be read as the head of a database file\n" * 3)
    monkeypatch.setenv("FOUNDRY_LEDGER", place.format(state=state))
    told = found("ledger")
    assert told.state == "wrong" and said in told.said
    assert "canary" not in told.said and len(told.said.splitlines()) == 1


@pytest.mark.postgres
def test_a_ledger_in_a_database_is_told_without_its_password(
    state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with a_database() as address:
        parts = urlsplit(address)
        named = urlunsplit(parts._replace(query="password=canary"))
        monkeypatch.setenv("FOUNDRY_LEDGER", named)
        assert found("ledger").said.endswith("no table yet, the first call makes them")
        Ledger(address).close()
        told = found("ledger")
        assert told.state == "ok" and "PostgreSQL" in told.said and told.said.endswith(f": version {VERSION}")
        assert f"{parts.hostname}:{parts.port or 5432}{parts.path}" in told.said and "canary" not in told.said


def test_prices_are_those_of_the_named_model(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOUNDRY_MODEL", "gpt-4o-mini")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary")
    assert found("prices").said.startswith("gpt-4o-mini: genai-prices")
    monkeypatch.setenv("FOUNDRY_MODEL", "unknown-9b")
    assert "no price is known for 'unknown-9b'" in found("prices").said
    monkeypatch.setenv("FOUNDRY_PRICES", "/nowhere/prices.json")
    assert "FOUNDRY_PRICES: /nowhere/prices.json cannot be read" in found("prices").said


def test_a_missing_browser_and_gpu_are_absent_not_wrong(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "BROWSERS", ("no-such-browser",))
    assert (found("browser").state, found("GPU").what) == ("absent", "GPU")


def test_a_torch_without_cuda_beside_a_gpu_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_devices", lambda: 2)
    monkeypatch.setattr(doctor, "version", lambda name: "2.13.0+cpu")
    assert doctor.gpu().said == "2 there, and torch 2.13.0+cpu is built for CPU; install its CUDA build"
    monkeypatch.setattr(doctor, "version", lambda name: "2.13.0")
    assert doctor.gpu() == Finding("GPU", "ok", "2, torch 2.13.0")


def test_what_is_wrong_is_an_exit_code(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    main_ends(0)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "accesskey1")
    main_ends(1)


def main_ends(code: int) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["doctor"])
        raise SystemExit(0)
    assert ended.value.code == code
