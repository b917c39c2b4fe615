"""Dry runs by `foundry annotate`, against the scripted model and its APIs."""

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any, Literal

import pytest

from tasks.annotation.forecast.costs import searched
from tasks.annotation.forecast.dry_run import forecast
from tasks.annotation.forecast.outcome import taken
from tasks.annotation.stage import Parameters
from tasks.errors import ConfigurationError
from tasks.llm.accounts import NANO, CallKey, Reservation
from tasks.llm.ledger import open_ledger
from tasks.llm.pricing import Price
from tasks.llm.protocol import Usage
from tasks.records import Call, Trajectory
from tasks.storage.stage import Silent
from tasks.storage.table import Table
from tests.tasks.storage.tables_made import a_table
from tests.worlds import World, scripted_world

COUNT = 18


@pytest.fixture
def queries(shared: Path, tmp_path: Path) -> Path:
    listed = json.loads((shared / "data/conformance/queries.json").read_text())
    path = tmp_path / "queries.json"
    path.write_text(json.dumps(listed[:COUNT]))
    return path


@pytest.fixture
def priced(tmp_path: Path) -> dict[str, str]:
    path = tmp_path / "prices.json"
    path.write_text(json.dumps({"scripted": {"input": 1.0, "output": 2.0}}))
    return {"FOUNDRY_PRICES": str(path)}


def annotate(
    queries: Path,
    shared: Path,
    world: World,
    address: Path,
    *more: str,
    method: str = "CoT@1",
    **surroundings: str,
) -> subprocess.CompletedProcess[str]:
    words = [
        *(sys.executable, "-m", "flows", "annotate", "--instructions", str(queries)),
        *("--toolenv", str(shared / "data/conformance/tools"), "--model", "scripted", "--method", method),
        *("--environment", "proxy", "--api-proxy", world.proxy_url, "--trajectories", str(address)),
        *("--json", *more),
    ]
    settings = {**os.environ, "OPENAI_BASE_URL": world.model_url, **surroundings}
    return subprocess.run(words, env=settings, capture_output=True, text=True, check=False)


def booked() -> int:
    ledger = Path(os.environ["FOUNDRY_LEDGER"])
    if not ledger.exists():
        return 0
    found: int = sqlite3.connect(ledger).execute("SELECT COUNT(*) FROM calls").fetchone()[0]
    return found


def test_a_free_pilot_books_and_plans_nothing_and_the_run_says_how_far_off_it_was(
    shared: Path, queries: Path, tmp_path: Path
) -> None:
    address = tmp_path / "tables" / "v1"
    with scripted_world(shared) as world:
        dry = annotate(
            queries, shared, world, address, "--dry-run", "--pilot-size", "10", "--budget-usd", "5"
        )
        assert dry.returncode == 0, dry.stderr
        made = json.loads(dry.stdout)
        assert (
            made["pilot"]["kind"] == "itself" and "costs nothing here; not published" in made["pilot"]["said"]
        )
        assert made["instructions"] == COUNT and made["covers"]["low"] == 1.0
        assert [path.name for path in address.iterdir()] == ["forecast.json"]
        assert booked() == 0
        done = annotate(queries, shared, world, address)
        assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    calls = [call for call in Table.open(str(address)).records(Call, "calls") if call.kind == "model"]
    span = made["spans"]["calls"]
    assert report["figures"]["forecast_calls"] == span["expected"]
    assert report["figures"]["forecast_calls_inside"] is (span["low"] <= len(calls) <= span["high"])
    said = next(note for note in report["notes"] if note.startswith("model calls: forecast"))
    assert f"came to {len(calls)}, off by " in said and ("inside" in said or "OUTSIDE" in said)


def test_a_paid_pilot_is_published_counted_and_not_annotated_again(
    shared: Path, queries: Path, tmp_path: Path, priced: dict[str, str]
) -> None:
    address = tmp_path / "tables" / "v1"
    with scripted_world(shared) as world:
        unpaid = annotate(queries, shared, world, address, "--dry-run", "--pilot", "10", **priced)
        assert unpaid.returncode == 2 and "--budget-usd" in unpaid.stderr
        assert not address.exists() and booked() == 0
        words = ("--dry-run", "--pilot", "10", "--budget-usd", "5")
        dry = annotate(queries, shared, world, address, *words, **priced)
        assert dry.returncode == 0, dry.stderr
        made = json.loads(dry.stdout)
        pilot = {
            row.instruction_id for row in Table.open(str(address)).records(Trajectory, "trajectories", True)
        }
        assert made["pilot"]["kind"] == "paid" and made["published"] == len(pilot) == 10
        assert made["instructions"] == COUNT - 10 and made["before"]["usd"] > 0
        paid, asked = booked(), world.stats()["chat"]
        assert paid == asked > 0
        done = annotate(queries, shared, world, address, "--budget-usd", "5", **priced)
        assert done.returncode == 0, done.stderr
        report = json.loads(done.stdout)
        assert world.stats()["chat"] == booked() == report["figures"]["replies_per_instruction"] * COUNT
    rows = Table.open(str(address)).records(Trajectory, "trajectories")
    assert len({row.instruction_id for row in rows}) == len(rows) == COUNT
    said = next(note for note in report["notes"] if note.startswith("USD: forecast"))
    assert f"came to {report['cost_usd'] - made['before']['usd']:.4f}" in said


def test_an_earlier_annotation_is_the_pilot_and_asks_nobody(
    shared: Path, queries: Path, tmp_path: Path, priced: dict[str, str]
) -> None:
    root = tmp_path / "tables"
    with scripted_world(shared) as world:
        first = annotate(queries, shared, world, root / "v1", **priced)
        assert first.returncode == 0, first.stderr
        asked, paid = world.stats()["chat"], booked()
    dry = annotate(queries, shared, world, root / "v2", "--dry-run", "--budget-usd", "0.01", **priced)
    assert dry.returncode == 0, dry.stderr
    made = json.loads(dry.stdout)
    assert made["pilot"] | {"said": ""} == {"kind": "earlier", "said": "", "instructions": COUNT, "runs": 1}
    assert made["spans"]["usd"]["expected"] == pytest.approx(json.loads(first.stdout)["cost_usd"], rel=0.05)
    assert made["covers"]["expected"] < 1 and "covers about" in " ".join(dry.stderr.split())
    assert booked() == paid == asked
    other = annotate(
        queries, shared, world, root / "v3", "--dry-run", "--pilot", str(root / "v1"), method="CoT@2",
        **priced,
    )  # fmt: skip
    assert "the pilot's method is CoT@1" in " ".join(other.stderr.split())


def test_the_cap_that_leaves_least_is_the_one_that_covers(
    shared: Path, queries: Path, tmp_path: Path, priced: dict[str, str]
) -> None:
    ledger = open_ledger()
    ledger.set_cap("run:shared", 3.0)
    for stage, usd in (("instruct", 1.0), ("tooleval", 0.5)):
        call = ledger.reserve(CallKey("shared", stage, 0, "a", "s", "m", "q", 0), round(usd * NANO), "test")
        assert isinstance(call, Reservation)
        if stage == "instruct":
            ledger.settle(call.call_id, Usage(), round(usd * NANO), 0.1, "ok")

    def dry(**surroundings: str) -> dict[str, Any]:
        words = ("--dry-run", "--pilot-size", "10", "--budget-usd", "5", "--run-id", "shared")
        done = annotate(queries, shared, world, tmp_path / "v1", *words, **surroundings)
        assert done.returncode == 0, done.stderr
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    with scripted_world(shared) as world:
        by_run, by_day = dry(), dry(FOUNDRY_DAY_CAP_USD="2")
    assert by_run["cap_usd"] == 1.5, "3 less 1 that is settled and 0.5 that is reserved"
    assert "the cap that leaves least is that of run:shared" in by_run["notes"]
    assert by_day["cap_usd"] == 0.5
    assert by_day["notes"][-1].startswith("the cap that leaves least is that of day:")


def test_a_dry_run_of_real_apis_without_a_pilot_says_in_one_sentence_how_to_get_one(
    shared: Path, queries: Path, tmp_path: Path, priced: dict[str, str]
) -> None:
    with scripted_world(shared) as world:
        dry = annotate(queries, shared, world, tmp_path / "v1", "--dry-run", **priced)
        asked = world.stats()["chat"]
    assert dry.returncode == 2 and asked == 0
    assert "no pilot is free here" in dry.stderr and "--pilot NUMBER --budget-usd X" in dry.stderr
    assert "Traceback" not in dry.stderr and not (tmp_path / "v1").exists()


def test_a_shell_says_each_alert_of_its_caps_once(
    shared: Path, queries: Path, tmp_path: Path, priced: dict[str, str]
) -> None:
    with scripted_world(shared) as world:
        words = ("--budget-usd", "0.05", "--concurrency", "1")
        capped = annotate(queries, shared, world, tmp_path / "v1", *words, **priced)
        assert capped.returncode == 2 and "raise --budget-usd and run again" in capped.stderr
        again = annotate(queries, shared, world, tmp_path / "v1", *words, **priced)
    alerts = [line for line in capped.stderr.splitlines() if line.startswith("foundry: alert: ")]
    assert sum("are spent" in line for line in alerts) == 3, "50, 80 and 100 %"
    assert "work stopped at the cap" in capped.stderr
    assert "foundry: alert: " not in again.stderr


def test_a_damaged_forecast_is_one_sentence(shared: Path, queries: Path, tmp_path: Path) -> None:
    (tmp_path / "v1").mkdir()
    (tmp_path / "v1" / "forecast.json").write_text('{"format": 1}')
    with scripted_world(shared) as world:
        done = annotate(queries, shared, world, tmp_path / "v1")
    assert done.returncode == 2 and "forecast.json is damaged" in done.stderr


@pytest.mark.parametrize(("model", "pilot"), [("scripted", ""), ("gpt-4o-mini", "rehearsal-middle")])
@pytest.mark.parametrize("fee", [{"usd_per_call": 0.01}, {"usd_per_call": 0, "free_calls_a_day": 500}])
def test_a_free_pilot_calls_no_api_that_costs_money_or_has_a_quota(
    shared: Path,
    queries: Path,
    tmp_path: Path,
    model: str,
    pilot: str,
    fee: dict[str, float],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "prices.json").write_text(json.dumps({"apis": {"*": fee}}))
    monkeypatch.setenv("FOUNDRY_PRICES", str(tmp_path / "prices.json"))
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")
    parameters = Parameters(
        instructions=str(queries),
        toolenv=str(shared / "data/conformance/tools"),
        trajectories=str(tmp_path / "v1"),
        model=model,
        pilot=pilot,
        dry_run=True,
    )
    with pytest.raises(ConfigurationError, match=r"book nothing of it; --pilot NUMBER --budget-usd X pays"):
        forecast(parameters, Silent())
    with pytest.raises(ConfigurationError, match="for money; say with --budget-usd"):
        forecast(parameters.model_copy(update={"pilot": "2"}), Silent())
    assert not (tmp_path / "v1").exists() and booked() == 0


def test_fees_of_api_calls_are_in_the_pilot_and_in_what_came(tmp_path: Path) -> None:
    def call(kind: Literal["model", "api"], cost: int) -> Call:
        return Call("annotate", 0, "i", kind, "t", 0, "q", "ok", 0.5, 1_000, 0, 0, 0, cost, False)

    made = [call("model", 1_000), call("api", 5_000_000), call("api", 0)]
    (row,) = searched(made, {"i": "I1"}, {}, Price(1_000, 0, 0, 0, "test"))
    assert (row.cost, row.calls, row.uncached) == (5_001_000, 1, 1_000)
    table = a_table(str(tmp_path / "v1"))
    table.shard(0).publish({"calls": (Call, made)}, finished=True)
    assert taken(table) | {"usd": 0} == {
        "usd": 0, "calls": 1, "uncached": 1_000, "cached": 0, "cache_write": 0, "output": 0,
    }  # fmt: skip
    assert taken(table)["usd"] == pytest.approx(0.005001)
