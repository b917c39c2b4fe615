"""Alerts from a flow run to a webhook, on a real server with real workers."""

import asyncio
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from prefect.automations import Automation
from prefect.blocks.webhook import Webhook

from flows.alerts import BLOCK, CHANNEL, NAME, VARIABLE, emit, make_alerts
from flows.labels import PROJECT
from flows.runs import Work, start, succeeded, wait, why
from tasks.catalog import stage as crawl
from tasks.errors import ConfigurationError
from tasks.llm.accounts import NANO, CallKey, Refusal, Reservation
from tasks.llm.ledger import open_ledger
from tasks.llm.payment import said_of
from tasks.llm.protocol import Usage
from tasks.llm.spending.alerts import dearer
from tasks.llm.spending.watch import Watch
from tasks.records import Reject
from tasks.storage.table import Table
from tasks.training.samples import samples_of
from tests.flows.conftest import Clone
from tests.flows.test_shards import crawl_of, parent_of
from tests.tasks.retrieval.made_up import pairs
from tests.tasks.training.made_up import trajectories
from tests.tasks.training.tables_made import samples_table

pytestmark = pytest.mark.prefect

TOKEN = "T0KENOFTHEHOOK"


class Receiver(ThreadingHTTPServer):
    """A chat program's webhook."""

    def __init__(self) -> None:
        self.received: list[tuple[str, str, dict[str, Any]]] = []
        super().__init__(("127.0.0.1", 0), _Hook)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hooks/{TOKEN}"

    def of(self, run: str) -> list[dict[str, Any]]:
        return [body for _, _, body in self.received if body["run"] == run]


class _Hook(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append((self.path, self.headers["Content-Type"], json.loads(body)))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *words: object) -> None:
        return


@pytest.fixture
def hook(inside: Clone, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    receiver = Receiver()
    thread = threading.Thread(target=receiver.serve_forever, daemon=True)
    thread.start()
    monkeypatch.setenv(VARIABLE, receiver.address)
    # The workers' ledger, not this test's own.
    monkeypatch.setenv("FOUNDRY_LEDGER", str(Path(inside.settings["FOUNDRY_STATE"], "ledger.sqlite")))
    asyncio.run(make_alerts())
    yield receiver
    receiver.shutdown()
    receiver.server_close()
    thread.join()


def spend(run: str, stage: str, usd: float) -> None:
    ledger = open_ledger()
    call = ledger.reserve(CallKey(run, stage, 0, "a", "s", "m", f"{usd}", 0), round(usd * NANO), "test")
    assert isinstance(call, Reservation)
    ledger.settle(call.call_id, Usage(), round(usd * NANO), 0.1, "ok")


def until(receiver: Receiver, run: str, count: int) -> list[dict[str, Any]]:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and len(receiver.of(run)) < count:
        time.sleep(0.2)
    return receiver.of(run)


def test_a_parent_that_passes_a_threshold_reaches_the_webhook_once(hook: Receiver, inside: Clone) -> None:
    parameters = crawl_of(inside, "alerts")
    run = parameters.run_id
    table = Table.open(crawl.plan(parameters))
    for shard in table.unfinished():  # what shards do is no matter here: the parent finds them finished
        table.shard(shard).publish({"rejects": (Reject, [])}, finished=True)
    open_ledger().set_cap(f"run:{run}/crawl", 10)
    spend(run, "crawl", 8.5)
    wait(start([parent_of(parameters)]))
    received = until(hook, run, 2)
    assert sorted(each["figures"]["percent"] for each in received) == [50, 80]
    assert received[0]["text"] == f"run:{run}/crawl: 8.50 of 10.00 USD are spent (85%)"
    path, kind, _ = hook.received[0]
    assert path == f"/hooks/{TOKEN}" and kind == "application/json"
    # Again: the same parent, another process, and the very event once more; only the last cap is new.
    wait(start([parent_of(parameters)]))
    told: list[str] = []
    Watch(run, "crawl", lambda alert: told.append(alert.said), CHANNEL).look_now()
    assert told == []
    open_ledger().set_cap(f"run:{run}/crawl", 8.55)
    Watch(run, "crawl", emit, CHANNEL).look_now()
    received = until(hook, run, 5)
    assert sorted(each["figures"]["cap_usd"] for each in received) == [8.55, 8.55, 8.55, 10, 10]


def training(inside: Clone, verb: str, run: str) -> Work:
    """A flow run that trains on next to nothing."""
    place = Path(inside.address("training", verb))
    samples = samples_table(place, samples_of(trajectories(20))[0], pairs())
    settings = {
        "train-retriever": {"retriever": f"{place}/v1", "epochs": 1, "batch": 6, "max_length": 48},
        "finetune": {"student": f"{place}/v1", "steps": 1, "batch": 4, "vocabulary": 400, "world_size": 1},
    }
    parameters = {"samples": samples, "run_id": run, **settings[verb]}
    return Work(f"{verb}/{verb}", run, run, {"parameters": parameters}, (PROJECT, verb))


@pytest.mark.parametrize("verb", ["train-retriever", "finetune"])
def test_a_flow_that_trains_tells_of_its_runs_cap(hook: Receiver, inside: Clone, verb: str) -> None:
    run = f"alerts-{verb}"
    open_ledger().set_cap(f"run:{run}", 10)
    spend(run, "annotate", 8.5)
    (ended,) = wait(start([training(inside, verb, run)]))
    assert succeeded(ended), why(ended)
    assert sorted(each["figures"]["percent"] for each in until(hook, run, 2)) == [50, 80]


def test_a_factory_in_a_shell_tells_of_its_runs_cap_once(
    inside: Clone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOUNDRY_LEDGER", str(tmp_path / "ledger.sqlite"))
    open_ledger().set_cap("run:told", 10)
    spend("told", "before", 6.0)
    words = [
        *(sys.executable, "-m", "flows", "factory", "--location", inside.settings["FOUNDRY_HUB_URL"]),
        *("--model", "rehearsal-middle", "--count", "1", "--groups", "I1", "--until", "assemble"),
        *("--root", str(tmp_path / "tables"), "--run-id", "told"),
    ]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("foundry: alert: run:told: 6.00 of 10.00 USD are spent (60%)") == 1, done.stderr


def test_a_projection_a_cap_that_is_reached_and_dear_solutions_reach_the_webhook_too(hook: Receiver) -> None:
    run, scope = "every-kind", "run:every-kind/annotate"
    spend(run, "annotate", 1.0)
    open_ledger().set_cap(scope, 10)
    Watch(run, "annotate", emit, CHANNEL, lambda: 12.5).look_now()
    refused = open_ledger().reserve(CallKey(run, "annotate", 0, "a", "s", "m", "q", 9), 10 * NANO, "test")
    assert isinstance(refused, Refusal)
    Watch(run, "annotate", emit, CHANNEL).look_now([said_of(refused)])
    for alert in dearer(run, scope, 0.05, [0.01] * 10):
        emit(alert)
    said = {(each["kind"], each["text"]) for each in until(hook, run, 3) if each["kind"] != "threshold"}
    assert said == {
        ("forecast", f"{scope}: will come to about 12.50 USD, above its cap of 10.00 USD"),
        (
            "per_solved",
            f"{scope}: a solved instruction costs 0.0500 USD, 5.0 times the median of the last 10 runs "
            "(0.0100 USD)",
        ),
    }
    (reached,) = (each for each in hook.of(run) if each["kind"] == "threshold")
    assert reached["figures"]["percent"] == 100 and "raise it and run again" in reached["text"]


def test_deploying_again_changes_nothing_and_another_address_replaces_the_first(
    hook: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = Automation.read(name=NAME)
    asyncio.run(make_alerts())
    assert Automation.read(name=NAME) == before
    monkeypatch.setenv(VARIABLE, "https://chat.example/other")
    asyncio.run(make_alerts())
    assert Automation.read(name=NAME).id == before.id
    block = Webhook.load(BLOCK)
    assert isinstance(block, Webhook) and block.url.get_secret_value() == "https://chat.example/other"
    monkeypatch.delenv(VARIABLE)
    assert asyncio.run(make_alerts()) is False


def test_the_address_of_the_webhook_is_shown_nowhere(
    hook: Receiver, inside: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    spend("hidden", "annotate", 1.0)
    open_ledger().set_cap("run:hidden/annotate", 1.5)
    Watch("hidden", "annotate", emit, CHANNEL).look_now()
    assert len(until(hook, "hidden", 1)) == 1
    assert TOKEN not in repr(Webhook.load(BLOCK))
    written = [path for path in Path(inside.settings["FOUNDRY_STATE"]).rglob("*") if path.is_file()]
    assert [path for path in written if path.suffix == ".log" and TOKEN.encode() in path.read_bytes()] == []
    monkeypatch.setenv(VARIABLE, f"no-address/{TOKEN}")
    with pytest.raises(ConfigurationError) as refused:
        asyncio.run(make_alerts())
    assert TOKEN not in str(refused.value) and VARIABLE in str(refused.value)
