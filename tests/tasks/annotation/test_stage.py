import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tasks.records import Call, Spend, Trajectory
from tasks.storage.table import Table
from tests.worlds import World, scripted_world


@pytest.fixture
def queries(shared: Path, tmp_path: Path) -> Path:
    """Eight real queries: a tree of one reply, and one of 45."""
    listed = json.loads((shared / "data/conformance/queries.json").read_text())
    path = tmp_path / "queries.json"
    path.write_text(json.dumps(listed[:8]))
    return path


def command(queries: Path, shared: Path, world: World, address: Path, *more: str) -> list[str]:
    return [
        *(sys.executable, "-m", "flows", "annotate", "--instructions", str(queries)),
        *("--toolenv", str(shared / "data/conformance/tools"), "--model", "scripted"),
        *("--environment", "proxy", "--api-proxy", world.proxy_url, "--shard-size", "4"),
        *("--concurrency", "3", "--trajectories", str(address), "--json", *more),
    ]


def run(words: list[str], world: World, **surroundings: str) -> subprocess.CompletedProcess[str]:
    settings = {**os.environ, "OPENAI_BASE_URL": world.model_url, **surroundings}
    return subprocess.run(words, env=settings, capture_output=True, text=True, check=False)


def test_a_killed_run_pays_again_only_for_what_was_in_the_air(
    shared: Path, queries: Path, tmp_path: Path
) -> None:
    address = tmp_path / "v1"
    with scripted_world(shared, latency_ms=30) as world:  # 169 replies take seconds: we look in time to kill
        words = command(queries, shared, world, address)
        settings = {**os.environ, "OPENAI_BASE_URL": world.model_url}
        for reached in (40, 80):
            process = subprocess.Popen(
                words, env=settings, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            while world.stats()["chat"] < reached:
                assert process.poll() is None, "it ended before it could be killed"
                time.sleep(0.01)  # polling another process: nothing here can signal us
            process.send_signal(signal.SIGKILL)
            process.wait()
        finished = run(words, world)
        assert finished.returncode == 0, finished.stderr
        asked = world.stats()["chat"]
    calls = Table.open(str(address)).records(Call, "calls")
    kept = sum(call.kind == "model" for call in calls)
    in_the_air = 2 * 3  # two kills, three instructions at once
    assert kept <= asked <= kept + in_the_air
    assert any(call.replayed for call in calls)
    rows = Table.open(str(address)).records(Trajectory, "trajectories")
    assert len({row.source_id for row in rows}) == len(rows) == 8
    assert sum(row.query_count for row in rows) == kept


def test_running_again_does_nothing_and_other_parameters_are_refused(
    shared: Path, queries: Path, tmp_path: Path
) -> None:
    with scripted_world(shared) as world:
        words = command(queries, shared, world, tmp_path / "v1")
        first = run(words, world)
        asked = world.stats()["chat"]
        again = run(words, world)
        other = run([*words, "--method", "CoT@1"], world)
        anew = run([*words, "--method", "CoT@1", "--as-new-version"], world)
        report = json.loads(first.stdout)
        assert report["rows"]["trajectories"] == 8
        assert report["shards"] == 2
        assert json.loads(again.stdout)["rows"] == report["rows"]
        assert world.stats()["chat"] == asked + json.loads(anew.stdout)["rows"]["calls"] - _api_calls(
            anew.stdout
        )
    assert other.returncode == 2
    assert 'method was "DFS_woFilter_w2", now "CoT@1"' in other.stderr
    assert json.loads(anew.stdout)["address"] == str(tmp_path / "v2")


def test_two_clones_on_one_address_end_with_right_rows_or_one_sentence(
    shared: Path, queries: Path, tmp_path: Path
) -> None:
    with scripted_world(shared, latency_ms=5) as world:
        words = command(queries, shared, world, tmp_path / "v1")
        clones = [
            subprocess.Popen(
                words,
                env={
                    **os.environ,
                    "OPENAI_BASE_URL": world.model_url,
                    "FOUNDRY_STATE": str(tmp_path / name),
                    "FOUNDRY_LEDGER": str(tmp_path / name / "ledger.sqlite"),
                },
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for name in ("one", "two")
        ]
        for clone in clones:
            _, said = clone.communicate()
            assert "Traceback" not in said
            if clone.returncode:
                assert "another worker published generation" in said and "run the shard again" in said
        finished = run(words, world)
        assert finished.returncode == 0, finished.stderr
    rows = Table.open(str(tmp_path / "v1")).records(Trajectory, "trajectories")
    assert len({row.source_id for row in rows}) == len(rows) == len(json.loads(queries.read_text()))


def _api_calls(report: str) -> int:
    calls = Table.open(json.loads(report)["address"]).records(Call, "calls")
    return sum(call.kind == "api" for call in calls)


def test_a_cap_ends_the_run_with_its_finished_work_and_raising_it_continues(
    shared: Path, queries: Path, tmp_path: Path
) -> None:
    prices = tmp_path / "prices.json"
    prices.write_text(json.dumps({"scripted": {"input": 1.0, "output": 2.0}}))
    ledger = tmp_path / "ledger.sqlite"
    settings = {"FOUNDRY_PRICES": str(prices), "FOUNDRY_LEDGER": str(ledger)}
    with scripted_world(shared) as world:
        words = command(queries, shared, world, tmp_path / "v1")
        capped = run([*words, "--budget-usd", "0.1"], world, **settings)
        assert capped.returncode == 2
        assert "raise --budget-usd and run again" in capped.stderr
        assert "Traceback" not in capped.stderr
        spent = sqlite3.connect(ledger).execute("SELECT SUM(cost) FROM calls").fetchone()[0]
        assert 0 < spent <= 100_000_000
        raised = run([*words, "--budget-usd", "50"], world, **settings)
        assert raised.returncode == 0, raised.stderr
    table = Table.open(str(tmp_path / "v1"))
    booked = sum(row.cost_nano_usd for row in table.records(Spend, "spend"))
    total, repeated = sqlite3.connect(ledger).execute("SELECT SUM(cost), SUM(repeated) FROM calls").fetchone()
    assert booked == total
    assert repeated == 0


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (["--instructions", "missing.json"], "cannot be read"),
        (["--method", "BFS"], "there is no search method 'BFS'"),
        (["--api-proxy", "nowhere"], "--api-proxy with the full address"),
        (["--environment", "live"], "--api-proxy goes with --environment proxy"),
        (["--trajectories", "gs://bucket/x"], "is no address"),
        (["--concurrency", "0"], "--concurrency: Input should be greater than or equal to 1"),
        (["--toolenv", "missing"], "no tool folder"),
    ],
)
def test_a_mistake_is_one_sentence_before_the_first_call(
    shared: Path, queries: Path, tmp_path: Path, more: list[str], sentence: str
) -> None:
    with scripted_world(shared) as world:
        words = command(queries, shared, world, tmp_path / "v1")
        for name in more[::2]:  # the mistake takes the place of the right value
            if name in words:
                del words[words.index(name) : words.index(name) + 2]
        outcome = run([*words, *more], world)
        assert world.stats()["chat"] == 0
    assert outcome.returncode == 2
    assert sentence in outcome.stderr
    assert len(outcome.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "v1").exists()


def test_a_model_without_a_price_on_another_machine_is_refused(
    shared: Path, queries: Path, tmp_path: Path
) -> None:
    with scripted_world(shared) as world:
        words = command(queries, shared, world, tmp_path / "v1")
        settings = {"OPENAI_BASE_URL": "https://models.invalid/v1", "OPENAI_API_KEY": "canary-key"}
        outcome = run(words, world, **settings)
    assert outcome.returncode == 2
    assert "no price is known for 'scripted'" in outcome.stderr
    assert "canary-key" not in outcome.stderr
