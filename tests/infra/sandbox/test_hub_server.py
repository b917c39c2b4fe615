"""The hub as a process: its ready line, its options, its end, and equal answers on unequal machines."""

import hashlib
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

from infra.sandbox.hub.catalogue import load_catalogue
from infra.sandbox.hub.drift import DRIFT_KINDS
from infra.sandbox.hub.plants import load_faults
from infra.sandbox.hub.trials import try_faults
from tests.infra.sandbox.hub_calls import call, every_api, examples, pages_of
from tests.infra.sandbox.test_hub_fault_files import FAULT_FILE
from tests.infra.sandbox.test_hub_tools import TOOL_FILE, WRITING_TOOL_FILE

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
    watchdog = threading.Timer(120, process.kill)  # of its start: tests of a whole file may share it
    watchdog.start()
    try:
        line = process.stdout.readline()
        watchdog.cancel()
        ready = READY.fullmatch(line)
        assert ready, line + process.stderr.read()
        kept = httpx.Limits(keepalive_expiry=2)  # the hub closes idle connections after five seconds
        with httpx.Client(base_url=ready[1], timeout=20, limits=kept) as client:
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


def everything(client, slow):
    """Return every page and the raw answer to every example, but for the address of the hub."""
    pages = pages_of(client)
    yield json.dumps(pages).replace(str(client.base_url), "")
    for page, api in every_api(pages):
        if (page["slug"], api["slug"]) not in slow:
            answer = call(client, page, api, examples(api), session="default")
            yield answer.status_code, answer.headers["content-type"], answer.content
    yield client.get("/hub/sessions/default").content
    yield client.get("/healthz").content


def test_answers_are_byte_equal_under_other_hash_seeds_languages_and_time_zones(tmp_path):
    def told(environment):
        truth = tmp_path / f"{environment['TZ'][:3]}.json"
        with hub("--seed", 7, "--size", 130, "--plants-to", truth, **environment) as (_, client):
            rows = json.loads(truth.read_text())
            slow = {(row["tool"], row["api"]) for row in rows if "slow" in row["kind"]}
            digest = hashlib.sha256(truth.read_bytes() + client.headers["X-Hub-Key"].encode())
            for each in everything(client, slow):
                digest.update(repr(each).encode())
            client.post("/clock", json={"time": "2027-03-01T00:00:00Z"})
            digest.update(json.dumps(pages_of(client)).replace(str(client.base_url), "").encode())
        return digest.hexdigest()

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
        here, there = pool.map(told, machines)
    assert here == there


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_cleanly_even_while_it_answers_slowly(number, tmp_path):
    with hub("--plants", 0.3, "--drift", 0, "--plants-to", tmp_path / "plants.json") as (process, client):
        plants = json.loads((tmp_path / "plants.json").read_text())
        slow = next(p for p in plants if p["kind"] == "slow")
        page = client.get(f"/hub/tools/{slow['tool']}").json()
        api = next(a for a in page["apis"] if a["slug"] == slow["api"])
        client.timeout = 0.3
        with pytest.raises(httpx.TimeoutException):
            call(client, page, api, examples(api))
        process.send_signal(number)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (0, "")
    assert [line for line in err.splitlines() if "is left out" not in line] == []


def test_plants_are_written_where_asked_and_broken_over_http(running):
    client, truth = running
    plants = [row for row in truth if "at" not in row]
    assert {tuple(sorted(plant)) for plant in plants} == {("api", "expected", "kind", "tool")}
    for plant in plants:
        page = client.get(f"/hub/tools/{plant['tool']}").json()
        api = next(a for a in page["apis"] if a["slug"] == plant["api"])
        if plant["kind"] in ("404", "500", "html", "empty", "binary"):
            answer = call(client, page, api, examples(api))
            assert answer.status_code == {"404": 404, "500": 500}.get(plant["kind"], 200)
            assert (answer.content == b"") == (plant["kind"] == "empty")
            assert ("<html" in answer.text) == (plant["kind"] == "html")


def test_the_clock_at_the_start_and_a_moved_one_show_the_same_marketplace(running, tmp_path):
    client, truth = running
    gone = next(row for row in truth if row["kind"] == "drift_gone")
    client.post("/clock", json={"time": gone["at"]})
    moved = client.get("/healthz").json()
    pages = client.get(f"/hub/tools/{gone['tool']}").json()["apis"]
    with hub("--seed", 3, "--clock", gone["at"], "--plants-to", tmp_path / "plants.json") as (_, other):
        assert other.get("/clock").json() == {"time": gone["at"]}
        assert other.get("/healthz").json() == moved
        assert other.get(f"/hub/tools/{gone['tool']}").json()["apis"] == pages
        assert json.loads((tmp_path / "plants.json").read_text()) == truth
    client.post("/clock", json={"time": "2026-07-01T09:00:00Z"})
    assert client.get("/healthz").json() != moved
    assert gone["api"] not in [api["slug"] for api in pages]


def test_folders_of_tools_and_of_faults_work_together(tmp_path):
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools" / "notebook.py").write_text(WRITING_TOOL_FILE)
    (tmp_path / "faults").mkdir()
    (tmp_path / "faults" / "teapot.py").write_text(FAULT_FILE)
    folders = "--tools", tmp_path / "tools", "--plants-from", tmp_path / "faults"
    with hub("--plants", 1, "--plants-to", tmp_path / "plants.json", *folders) as (_, client):
        plants = json.loads((tmp_path / "plants.json").read_text())
        teapot = next(plant for plant in plants if plant["kind"] == "teapot")
        page = client.get(f"/hub/tools/{teapot['tool']}").json()
        api = next(a for a in page["apis"] if a["slug"] == teapot["api"])
        assert call(client, page, api, {}).status_code == 418
        assert client.post("/api/notebook/notes", json={"text": "one"}).json() == {"on": "2026-07-01"}
        assert client.get("/hub/sessions/default").json()["state"] == {"notebook": {"notes": ["one"]}}


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
    assert "is not a size" in refusal("--size", "many")
    assert "a size of 3 is less than" in refusal("--size", "3")
    assert "holds no fault file" in refusal("--plants-from", tmp_path)
    (tmp_path / "broken.py").write_text("import nothing_of_this_name")
    assert "broken.py fails when it is imported" in refusal("--plants-from", tmp_path)
    assert "broken.py fails when it is imported" in refusal("--tools", tmp_path)
    assert "is not a speed" in refusal("--drift", "-1")
    assert "is not a speed" in refusal("--drift", "fast")
    assert "must be a time such as" in refusal("--clock", "tomorrow")
    assert "must lie between" in refusal("--clock", "1970-01-01T00:00:00Z")
    assert "cannot use" in refusal("--plants-to", tmp_path / "no" / "folder.json")
    assert "cannot use port" in refusal("--port", running[0].base_url.port)


def test_the_readme_lists_every_option_kind_of_fault_and_kind_of_drift():
    readme = (ROOT / "infra" / "sandbox" / "README.md").read_text()
    command = [sys.executable, "-m", "infra.sandbox.hub", "--help"]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60).stdout
    options = set(re.findall(r"--[a-z-]+", told)) - {"--help"}
    assert len(options) == 9 and all(f"`{option} " in readme for option in options)
    kinds = {fault.kind for fault in load_faults()} | set(DRIFT_KINDS)
    assert [kind for kind in sorted(kinds) if f"`{kind}`" not in readme] == []


def test_the_files_that_the_readme_shows_work(tmp_path):
    readme = (ROOT / "infra" / "sandbox" / "README.md").read_text()
    shown = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    for number, block in enumerate(block for block in shown if block.startswith('"""')):
        folder = tmp_path / ("tools" if "tool = Tool(" in block else "faults")
        folder.mkdir(exist_ok=True)
        (folder / f"block_{number}.py").write_text(block)
    catalogue = load_catalogue(tmp_path / "tools")
    faults = load_faults(tmp_path / "faults")
    try_faults(catalogue, faults)
    assert "tide-tables" in catalogue.tools and "maintenance" in {fault.kind for fault in faults}
