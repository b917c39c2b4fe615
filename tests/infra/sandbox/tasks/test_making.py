"""Tasks made for a hub with planted faults: what they promise is held against the hub itself."""

import hashlib
import json
import os
import re
import subprocess
import sys
from collections import Counter
from urllib.parse import quote

import httpx
import pytest

from infra.sandbox.tasks.documents import tool_of
from infra.sandbox.tasks.hub import wire_text
from infra.sandbox.tasks.natural import Manner, written
from infra.sandbox.tasks.paths import leaves, value_at
from tests.infra.sandbox.tasks.conftest import ROOT

COUNT = 150
DEAD = {"404", "500", "html", "empty", "error_under_200", "placeholder", "login_wall", "binary"}
"""Kinds of fault under which an API never tells anything."""
DOUBTFUL = {"slow", "huge", "truncated", "flaky_80", "lying_omission", "lying_parameter"}
"""Kinds under which it might, to somebody patient or clever."""


def make(address, to, count=COUNT, seed=7, **environment):
    run = subprocess.run(
        [
            *(sys.executable, "-m", "infra.sandbox.tasks", "--hub", address, "--seed", str(seed)),
            *("--count", str(count), "--to", str(to)),
        ],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


@pytest.fixture(scope="module")
def made(planted_hub, tmp_path_factory):
    folder = tmp_path_factory.mktemp("tasks")
    said = make(planted_hub.address, folder / "tasks.jsonl")
    return folder / "tasks.jsonl", said


@pytest.fixture(scope="module")
def tasks(made):
    return [json.loads(line) for line in made[0].read_text().splitlines()]


@pytest.fixture(scope="module")
def solvable(tasks):
    return [task for task in tasks if task["solvable"]]


@pytest.fixture(scope="module")
def client(planted_hub):
    kept = httpx.Limits(keepalive_expiry=2)  # the hub closes idle connections after five seconds
    with httpx.Client(base_url=planted_hub.address, timeout=30, limits=kept) as client:
        client.headers["X-Hub-Key"] = client.post("/hub/keys", json={"name": "replay"}).json()["key"]
        yield client


@pytest.fixture(scope="module")
def pages(client):
    rows = client.get("/hub/tools?per_page=100").json()
    slugs = [row["slug"] for row in rows["results"]]
    while rows["next"]:
        rows = client.get(rows["next"]).json()
        slugs += [row["slug"] for row in rows["results"]]
    return {slug: tool_of(client.get(f"/hub/tools/{slug}").json()) for slug in slugs}


@pytest.fixture(scope="module")
def replayed(client, solvable):
    """Answers of each solvable task's calls, made again by what the task itself says, and its end state."""
    found = {}
    for task in solvable:
        session = f"replay-{task['id']}"
        answers = [call(client, task, step["api"], step["arguments"], session) for step in task["calls"]]
        found[task["id"]] = answers, client.get(f"/hub/sessions/{session}").json()["state"]
        client.delete(f"/hub/sessions/{session}")
    return found


def offered(task):
    return {f"{row['tool']['slug']}/{row['api']['slug']}": row for row in task["apis"]}


def call(client, task, api, arguments, session):
    row = offered(task)[api]
    places = {p["name"]: p["place"] for p in row["api"]["parameters"]}
    path = row["tool"]["base_path"] + row["api"]["path"]
    for name, value in arguments.items():
        path = path.replace(f"{{{name}}}", quote(wire_text(value), safe=""))
    for _ in range(20):
        reply = client.request(
            row["api"]["method"],
            path,
            params={name: wire_text(v) for name, v in arguments.items() if places[name] == "query"},
            json={n: v for n, v in arguments.items() if places[n] == "body"}
            if row["api"]["method"] == "POST"
            else None,
            headers={"X-Hub-Session": session},
        )
        if reply.status_code == 200:
            return reply.json()
    raise AssertionError(reply.text)


def test_every_line_has_the_fields_of_a_task(tasks, planted_hub):
    assert len(tasks) == COUNT
    for number, task in enumerate(tasks):
        assert list(task) == [
            *("id", "group", "instruction", "hub", "apis", "relevant", "calls", "edges", "facts"),
            *("solvable", "why"),
        ]
        assert task["id"] == f"s7-{number:06d}" and task["hub"] == planted_hub.address
        assert 5 <= len(task["apis"]) <= 10 and len(offered(task)) == len(task["apis"])
        assert set(task["relevant"]) <= offered(task).keys()
        assert {step["api"] for step in task["calls"]} <= set(task["relevant"])


def test_offered_apis_are_documented_as_the_hub_does(tasks, pages):
    for task in tasks:
        for row in task["apis"]:
            tool = pages[row["tool"]["slug"]]
            assert row["tool"] == tool.heading()
            assert row["api"] in [api.raw for api in tool.apis]


def test_offered_apis_stand_in_no_telling_order(solvable):
    first = [task["apis"][0] for task in solvable]
    share = sum(
        f"{row['tool']['slug']}/{row['api']['slug']}" in task["relevant"]
        for row, task in zip(first, solvable, strict=True)
    )
    assert 0.1 < share / len(solvable) < 0.6


def test_instructions_are_distinct(tasks):
    assert len({task["instruction"] for task in tasks}) == len(tasks)


def test_every_fact_stands_in_the_answer_to_its_call(solvable, replayed):
    for task in solvable:
        answers, state = replayed[task["id"]]
        for fact in task["facts"]:
            first, _, rest = fact["path"].partition(".")
            told = state[rest] if first == "state" else value_at(answers[int(first)], rest)
            assert told == fact["value"], (task["id"], fact)


def test_every_call_is_needed_for_a_fact_that_no_constant_satisfies(solvable, replayed, pages):
    for task in solvable:
        counted = {fact["path"].split(".")[0] for fact in task["facts"] if fact["kind"] != "boolean"}
        written = {path for path in counted if path == "state"}
        answers, _ = replayed[task["id"]]
        feeding = set()
        for index, step in enumerate(task["calls"]):
            values = list(step["arguments"].values())
            feeding |= {
                earlier
                for earlier in range(index)
                if any(leaf in values for _, leaf in leaves(answers[earlier]) if not isinstance(leaf, bool))
            }
        for index, step in enumerate(task["calls"]):
            posts = offered(task)[step["api"]]["api"]["method"] == "POST"
            assert str(index) in counted or index in feeding or (posts and written), (task["id"], step)


def test_every_argument_is_said_in_the_instruction_or_told_by_an_earlier_answer(solvable, replayed, pages):
    manners = [Manner(d, h, s) for d in ("iso", "day first", "month first") for h in (0, 1) for s in (0, 1)]
    for task in solvable:
        answers, _ = replayed[task["id"]]
        for index, step in enumerate(task["calls"]):
            tool, _, slug = step["api"].partition("/")
            api = next(api for api in pages[tool].apis if api.slug == slug)
            known = [leaf for answer in answers[:index] for _, leaf in leaves(answer)]
            for name, value in step["arguments"].items():
                forms = {written(api.parameter(name), value, manner) for manner in manners}
                said = any(form in task["instruction"] for form in forms)
                assert said or value in known, (task["id"], name, value, task["instruction"])


def test_no_text_that_is_a_fact_stands_in_its_instruction(solvable):
    for task in solvable:
        for fact in task["facts"]:
            if fact["kind"] == "text" and len(fact["value"]) > 2:
                assert fact["value"].casefold() not in task["instruction"].casefold(), task["id"]


def test_no_fact_but_a_boolean_beside_others_is_true_false_zero_or_one(solvable):
    for task in solvable:
        for fact in task["facts"]:
            assert fact["value"] not in (0, 1) or fact["kind"] == "boolean", task["id"]
        assert any(fact["kind"] != "boolean" for fact in task["facts"])


def test_the_most_frequent_value_of_a_place_satisfies_few_of_its_tasks(solvable):
    seen = {}
    for task in solvable:
        for fact in task["facts"]:
            call, _, path = fact["path"].partition(".")
            if fact["kind"] not in ("boolean", "state"):
                place = f"{task['calls'][int(call)]['api']} {path}"
                seen.setdefault(place, Counter())[json.dumps(fact["value"])] += 1
    for place, values in seen.items():
        assert values.most_common(1)[0][1] <= 1 + values.total() / 5, (place, values)


def test_groups_keep_to_a_tool_a_category_a_collection(solvable, pages):
    for task in solvable:
        tools = [pages[slug] for slug in {step["api"].split("/")[0] for step in task["calls"]}]
        if task["group"] == "I1":
            assert len(tools) == 1
        elif task["group"] == "I2":
            assert len(tools) > 1 and len({tool.category for tool in tools}) == 1
        else:
            assert len(tools) > 1 and set.intersection(*(set(tool.collections) for tool in tools))


def test_tasks_are_spread_over_groups_sizes_edges_and_apis(tasks, solvable):
    groups = Counter(task["group"] for task in tasks)
    assert all(COUNT * 0.25 <= groups[group] <= COUNT * 0.42 for group in ("I1", "I2", "I3"))
    assert {len(task["calls"]) for task in solvable} == {1, 2, 3, 4, 5}
    assert {0, 1, 2} <= {task["edges"] for task in solvable} <= {0, 1, 2, 3, 4}
    called = Counter(api for task in solvable for api in {step["api"] for step in task["calls"]})
    assert len(called) > 100 and called.most_common(1)[0][1] <= 3 + COUNT // 20


def test_one_task_in_ten_is_unsolvable_for_each_reason_in_turn(tasks):
    whys = Counter(task["why"] for task in tasks if not task["solvable"])
    assert whys == dict.fromkeys(
        ("no_fitting_api", "missing_api", "dead_api", "invalid_parameter", "missing_parameter"), COUNT // 50
    )
    for task in tasks:
        assert task["solvable"] == (task["why"] == "")
        if not task["solvable"]:
            assert task["facts"] == task["calls"] == [] and task["edges"] == 0


def test_solvable_tasks_need_no_api_that_is_dead_or_doubtful(solvable, planted_hub):
    broken = {api for api, kind in planted_hub.planted.items() if kind in DEAD | DOUBTFUL}
    assert broken and not broken & {api for task in solvable for api in task["relevant"]}


def test_an_api_that_ignores_its_input_is_asked_for_its_example_at_most(solvable, planted_hub):
    deaf = {api for api, kind in planted_hub.planted.items() if kind == "ignores_input"}
    for task in solvable:
        for step in task["calls"]:
            if step["api"] in deaf:
                parameters = offered(task)[step["api"]]["api"]["parameters"]
                assert step["arguments"] == {p["name"]: p["example"] for p in parameters if p["required"]}


def test_a_dead_api_is_one_that_was_planted_so(tasks, planted_hub):
    for task in tasks:
        if task["why"] == "dead_api":
            kinds = [planted_hub.planted[api] for api in task["relevant"] if api in planted_hub.planted]
            assert set(kinds) & DEAD, task["id"]


def test_no_fitting_api_means_that_nothing_offered_is_relevant(tasks):
    for task in tasks:
        assert (task["relevant"] == []) == (task["why"] == "no_fitting_api"), task["id"]


def test_a_missing_parameter_is_told_by_nobody(tasks):
    for task in tasks:
        if task["why"] == "missing_parameter":
            assert re.search(
                r"in my notes|my last message|yesterday|agreed on|always use", task["instruction"]
            )


def test_no_session_is_left_behind(client, tasks):
    for task in tasks:
        assert client.get(f"/hub/sessions/{task['id']}").json()["state"] == {}


def test_closing_lines_tell_the_distribution(made):
    assert f"{COUNT} tasks, {COUNT - COUNT // 10} solvable" in made[1]
    assert "no_fitting_api 3" in made[1] and "the busiest" in made[1]


def test_another_process_makes_the_same_bytes_under_another_hash_seed_time_zone_and_language(
    made, planted_hub, tmp_path
):
    """Fewer tasks are the beginning of more."""
    away = {"PYTHONHASHSEED": "12345", "TZ": "Asia/Tokyo", "LC_ALL": "C"}
    make(planted_hub.address, tmp_path / "again.jsonl", count=60, **away)
    assert digest((tmp_path / "again.jsonl").read_bytes(), 60) == digest(made[0].read_bytes(), 60)


def test_another_seed_makes_other_tasks(sound_hub, tasks, tmp_path):
    make(sound_hub.address, tmp_path / "other.jsonl", count=5, seed=8)
    other = [json.loads(line)["instruction"] for line in (tmp_path / "other.jsonl").read_text().splitlines()]
    assert not set(other) & {task["instruction"] for task in tasks}


def digest(lines, count):
    return hashlib.sha256(b"\n".join(lines.splitlines()[:count])).hexdigest()
