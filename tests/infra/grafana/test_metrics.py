"""Spend as Prometheus reads it: the exporter over HTTP, and the dashboard's queries against what it tells."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from tasks.records import Trajectory
from tests.conftest import CLONE
from tests.tasks.environment.served import closed_port
from tests.tasks.examples import a_trajectory
from tests.tasks.llm.spending.booked import HOSTILE, book, ledger_at
from tests.tasks.llm.spending.test_tables import a_table

GRAFANA = CLONE / "infra" / "grafana"
NAME = re.compile(r"\bfoundry_[a-z_]+")
LABEL = re.compile(r"([a-z_]+)=~?\"")


def dashboard() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((GRAFANA / "spend.json").read_text())
    return found


def queries() -> list[str]:
    """All queries of dashboard and alerts."""
    of_panels = [target["expr"] for panel in dashboard()["panels"] for target in panel["targets"]]
    groups = yaml.safe_load((GRAFANA / "alerts.yml").read_text())["groups"]
    return [*of_panels, *(rule["expr"] for group in groups for rule in group["rules"])]


def filled(query: str) -> str:
    """A query as Grafana sends it."""
    query = re.sub(r"\$(run|stage|model|team)\b", ".*", query)
    for name, value in {"$__rate_interval": "1m", "$__range": "6h", "$by": "stage"}.items():
        query = query.replace(name, value)
    assert "$" not in query, query
    return query


@pytest.fixture
def booked(own_world: Path) -> Path:
    path = own_world / "ledger.sqlite"
    ledger = ledger_at(path)
    ledger.set_cap("run:r/annotate", 0.01)
    ledger.set_token_cap("run:r", 9_000)
    for minute in range(10, 40):
        status = "ok" if minute % 5 else "request_refused"
        book(ledger, at=f"2026-11-21T10:{minute}", shard=minute % 4, status=status, latency_s=minute)
    book(ledger, at="2026-11-21T10:50", cost=None, worst=7_000)
    book(ledger, at="2026-11-21T10:51", run="over", model="tenfold", cost=9_000, worst=1_000)
    for minute, text in enumerate(HOSTILE):
        book(ledger, at=f"2026-11-21T11:{minute:02}", model=text, run=text, status=text)
    ledger.close()
    return path


@contextmanager
def exporter(*words: str) -> Iterator[str]:
    command = [sys.executable, "-m", "flows", "serve", "metrics", "--port", "0", *words]
    with subprocess.Popen(command, cwd=CLONE, stdout=subprocess.PIPE, text=True) as started:
        try:
            assert started.stdout is not None
            line = started.stdout.readline()
            assert line.startswith("metrics on http://127.0.0.1:"), line
            yield line.removeprefix("metrics on ").strip()
        finally:
            started.kill()


def samples(text: str) -> dict[str, list[tuple[dict[str, str], float]]]:
    found: dict[str, list[tuple[dict[str, str], float]]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found.setdefault(sample.name, []).append((sample.labels, sample.value))
    return found


def test_the_exporter_tells_what_was_booked_to_the_nano_and_knows_every_metric_that_is_asked_for(
    booked: Path,
) -> None:
    with exporter() as address:
        text = httpx.get(address, trust_env=False, timeout=30).text
    told = samples(text)
    ours = [(labels, value) for labels, value in told["foundry_spend_usd_total"] if labels["run"] == "r"]
    assert [round(value * 1e9) for _, value in ours] == [30 * 1_000]
    assert told["foundry_open_usd"] == [
        ({"run": "r", "stage": "annotate", "model": "m", "kind": "model", "searcher": "", "team": "",
          "project": "", "state": "reserved"}, 7_000 / 1e9)
    ]  # fmt: skip
    calls = {labels["status"]: value for labels, value in told["foundry_calls_total"] if labels["run"] == "r"}
    assert calls == {"ok": 24, "request_refused": 6}
    assert {labels["model"] for labels, _ in told["foundry_calls_total"]} == {"m", "tenfold", *HOSTILE}
    assert told["foundry_cap_usd"] == [({"scope": "run:r/annotate"}, 0.01)]
    assert told["foundry_cap_tokens"] == [({"scope": "run:r"}, 9_000.0)]
    assert told["foundry_cap_settled_tokens"] == [({"scope": "run:r"}, 30.0 * 160)]
    over = {labels["model"]: value for labels, value in told["foundry_overrun_usd_total"] if value}
    assert over == {"tenfold": pytest.approx(8_000 / 1e9)}
    assert told["foundry_reservation_ratio"] == [({"model": "tenfold"}, 9.0)]
    assert told["foundry_up"] == [({}, 1.0)]
    declared = set(re.findall(r"^# TYPE (\S+)", text, re.MULTILINE))
    for query in queries():
        names = NAME.findall(query)
        assert names and {name.removesuffix("_total") for name in names} <= {
            each.removesuffix("_total") for each in declared
        }, query
    labels = {name for every in told.values() for each, _ in every for name in each}
    assert {name for query in queries() for name in LABEL.findall(query)} <= labels | {"rule"}


def test_a_page_whose_name_leads_to_this_machine_reads_nothing(booked: Path) -> None:
    with exporter() as address:
        port = httpx.URL(address).port
        for name in ("page.of.somebody", "127.0.0.1.page.of.somebody", f"page.of.somebody:{port}", "[", ""):
            refused = httpx.get(address, headers={"Host": name}, trust_env=False, timeout=30)
            assert refused.status_code == 400
            assert "foundry_" not in refused.text
        for name in (f"localhost:{port}", "[::1]"):
            told = httpx.get(address, headers={"Host": name}, trust_env=False, timeout=30)
            assert "foundry_up 1.0" in told.text


def test_a_ledger_that_is_none_is_told_as_down(own_world: Path) -> None:
    (own_world / "ledger.sqlite").write_text("no ledger")
    with exporter() as address:
        told = samples(httpx.get(address, trust_env=False, timeout=30).text)
    assert told == {"foundry_up": [({}, 0.0)], "foundry_tables_unreadable": [({}, 0.0)]}


def test_a_damaged_table_hides_neither_spend_and_caps_nor_the_other_tables(
    booked: Path, own_world: Path
) -> None:
    root = own_world / "tables"
    rows = {"trajectories": (Trajectory, [a_trajectory(1, win=True)])}
    good = a_table(root / "trajectories" / "v1", "annotate", rows)
    for number, content in enumerate((b"", b"{", b"[]", b"\xff", b'{"stage": 1}')):
        a_table(root / f"damaged{number}" / "v1", "annotate", rows)
        (root / f"damaged{number}" / "v1" / "table.json").write_bytes(content)
    with exporter() as address:
        told = samples(httpx.get(address, trust_env=False, timeout=30).text)
    assert told["foundry_up"] == [({}, 1.0)]
    assert told["foundry_spend_usd_total"] and told["foundry_cap_usd"]
    assert [(labels["address"], value) for labels, value in told["foundry_paths"]] == [(good, 1.0)]
    assert told["foundry_tables_unreadable"] == [({}, 5.0)]


def test_the_dashboard_asks_nobody_else_and_lays_no_panel_over_another() -> None:
    text = json.dumps(dashboard())
    assert set(re.findall(r"https?://[^\"/]+", text)) == {"http://127.0.0.1:4200"}
    taken: set[tuple[int, int]] = set()
    for panel in dashboard()["panels"]:
        place = panel["gridPos"]
        cells = {
            (place["x"] + right, place["y"] + down)
            for right in range(place["w"])
            for down in range(place["h"])
        }
        assert not cells & taken and max(x for x, _ in cells) < 24, panel["title"]
        taken |= cells


def test_prometheus_itself_scrapes_it_and_answers_every_query(booked: Path, tmp_path: Path) -> None:
    program = os.environ.get("FOUNDRY_TEST_PROMETHEUS") or shutil.which("prometheus")
    if program is None:
        pytest.skip("no prometheus; 'make test-metrics' unpacks it")
    port = closed_port()
    with exporter() as address:
        settings = yaml.safe_load((GRAFANA / "prometheus.yml").read_text())
        settings["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
        settings["scrape_configs"][0]["static_configs"][0]["targets"] = [httpx.URL(address).netloc.decode()]
        (tmp_path / "prometheus.yml").write_text(yaml.safe_dump(settings))
        shutil.copy(GRAFANA / "alerts.yml", tmp_path)
        places = (f"--config.file={tmp_path}/prometheus.yml", f"--storage.tsdb.path={tmp_path}/tsdb")
        command = [program, *places, f"--web.listen-address=127.0.0.1:{port}", "--log.level=error"]
        with subprocess.Popen(command) as started:
            try:
                with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=30) as client:
                    _until_scraped(client, started)
                    for query in map(filled, queries()):
                        answer = client.get("/api/v1/query", params={"query": query}).json()
                        assert answer["status"] == "success", (query, answer)
                    (value,) = _values(client, filled('sum(foundry_spend_usd_total{run="r"})'))
                    assert round(value * 1e9) == 30 * 1_000
                    rules = client.get("/api/v1/rules").json()["data"]["groups"][0]["rules"]
                    assert [rule["health"] for rule in rules if rule["health"] == "err"] == []
            finally:
                started.kill()


def _values(client: httpx.Client, query: str) -> list[float]:
    found = client.get("/api/v1/query", params={"query": query}).json()
    return [float(each["value"][1]) for each in found["data"]["result"]]


def _until_scraped(client: httpx.Client, started: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        assert started.poll() is None, "prometheus ended"
        try:
            if _values(client, "foundry_up") == [1.0] and _values(
                client, "count_over_time(foundry_up[1m]) > 2"
            ):
                return
        except (httpx.TransportError, ValueError):
            pass
        time.sleep(0.2)
    raise AssertionError("nothing was scraped within 90 s")
