"""The hub as a process: its ready line, its options, its end, and equal answers on unequal machines."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.infra.sandbox.test_hub_tools import TOOL_FILE

ROOT = Path(__file__).parents[3]
READY = re.compile(r"hub on (http://127\.0\.0\.1:[0-9]+)\n")


@contextmanager
def hub(*options, **environment):
    """Start a hub on a free port; yield its process and a client that holds a key."""
    process = subprocess.Popen(
        [sys.executable, "-m", "infra.sandbox.hub", "--port", "0", *map(str, options)],
        cwd=ROOT,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    watchdog = threading.Timer(60, process.kill)
    watchdog.start()
    try:
        line = process.stdout.readline()
        ready = READY.fullmatch(line)
        assert ready, line + process.stderr.read()
        with httpx.Client(base_url=ready[1], timeout=20) as client:
            key = client.post("/hub/keys", json={"name": "demo"}).json()["key"]
            client.headers["X-Hub-Key"] = key
            yield process, client
    finally:
        watchdog.cancel()
        process.kill()
        process.communicate()


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    truth = tmp_path_factory.mktemp("hub") / "plants.json"
    with hub("--seed", 3, "--plants-to", truth) as (_, client):
        yield client, json.loads(truth.read_text())


def refusal(*options):
    run = subprocess.run(
        [sys.executable, "-m", "infra.sandbox.hub", *map(str, options)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert run.returncode == 2 and run.stdout == ""
    assert "Traceback" not in run.stderr
    return run.stderr


def documents(client):
    """Return the page of each tool, with the examples it computes, but for its address."""
    slugs = [tool["slug"] for tool in client.get("/hub/tools?per_page=100").json()["results"]]
    pages = {slug: client.get(f"/hub/tools/{slug}").json() for slug in slugs}
    for page in pages.values():
        assert page.pop("base_url") == f"{client.base_url}/api/{page['slug']}"
    return pages


def test_answers_are_byte_equal_under_other_hash_seeds_languages_and_time_zones():
    def state(environment):
        with hub("--seed", 7, **environment) as (_, client):
            pages = documents(client)
            health = client.get("/healthz").content
            key = client.headers["X-Hub-Key"]
            raw = client.get("/api/unit-converter/dimension/horsepower").content
        return json.dumps(pages), health, key, raw

    machines = (
        {"PYTHONHASHSEED": "1", "LANG": "C", "LC_ALL": "C", "LANGUAGE": "en", "TZ": "UTC"},
        {
            "PYTHONHASHSEED": "2",
            "LANG": "de_DE.UTF-8",
            "LC_ALL": "de_DE",
            "LANGUAGE": "de",
            "TZ": "Asia/Tokyo",
        },
    )
    with ThreadPoolExecutor() as pool:
        here, there = pool.map(state, machines)
    assert here == there


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_cleanly_even_while_it_answers_slowly(number, tmp_path):
    with hub("--plants-to", tmp_path / "plants.json") as (process, client):
        plants = json.loads((tmp_path / "plants.json").read_text())
        slow = next(p for p in plants if p["kind"] == "slow")
        page = client.get(f"/hub/tools/{slow['tool']}").json()
        api = next(a for a in page["apis"] if a["slug"] == slow["api"])
        with pytest.raises(httpx.TimeoutException):
            client.request(api["method"], page["base_url"] + api["path"], timeout=0.2)
        process.send_signal(number)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (0, "")
    assert [line for line in err.splitlines() if "is left out" not in line] == []


def test_plants_are_written_where_asked_and_broken_over_http(running):
    client, plants = running
    assert {tuple(sorted(plant)) for plant in plants} == {("api", "kind", "tool")}
    for plant in plants:
        if plant["kind"] == "slow":
            continue
        page = client.get(f"/hub/tools/{plant['tool']}").json()
        api = next(a for a in page["apis"] if a["slug"] == plant["api"])
        path = re.sub(r"\{\w+\}", "x", api["path"])
        answer = client.request(api["method"], f"/api/{plant['tool']}{path}")
        assert answer.status_code == {"404": 404, "500": 500}.get(plant["kind"], 200)
        assert (answer.content == b"") == (plant["kind"] == "empty")
        assert ("<html" in answer.text) == (plant["kind"] == "html")


def test_a_folder_of_tool_files_adds_and_replaces_tools(running, tmp_path):
    before = running[0].get("/healthz").json()
    (tmp_path / "tides.py").write_text(TOOL_FILE.format(name="Tide Tables"))
    (tmp_path / "ours_instead.py").write_text(TOOL_FILE.format(name="Sun Times"))
    (tmp_path / "_notes.py").write_text("raise RuntimeError('not a tool')")
    with hub("--plants", 0, "--tools", tmp_path) as (_, client):
        after = client.get("/healthz").json()
        assert after["tools"] == before["tools"] + 1 and after["catalogue"] != before["catalogue"]
        for slug in ("tide-tables", "sun-times"):
            page = client.get(f"/hub/tools/{slug}").json()
            assert [api["name"] for api in page["apis"]] == ["Tide"]
            assert client.get(f"/api/{slug}/tides/18").json() == {"metres": 0.5}
        shelf = client.get("/hub/tools?collection=outdoor-day&category=weather&per_page=100").json()[
            "results"
        ]
        assert {"tide-tables", "sun-times"} <= {tool["slug"] for tool in shelf}


def test_wrong_options_are_refused_in_one_sentence(running, tmp_path):
    assert "holds no tool file" in refusal("--tools", tmp_path)
    assert "is not a share" in refusal("--plants", "1.5")
    assert "is not a port" in refusal("--port", "70000")
    assert "cannot use" in refusal("--plants-to", tmp_path / "no" / "folder.json")
    assert "cannot use port" in refusal("--port", running[0].base_url.port)
