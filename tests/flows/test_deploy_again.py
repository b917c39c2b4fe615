"""Deploying over what is there: again, after an operator's changes, beside what is somebody else's."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from flows.automations import NAME
from flows.deploy import Deployed, deploy
from flows.deployed import RECORD
from flows.described import FILE
from infra.local.ports import choose
from tasks.errors import ConfigurationError
from tests.flows.conftest import Clone

pytestmark = pytest.mark.prefect

PASSWORD = "admin:correct-horse-4711"
ON_ITS_OWN = {"last_polled", "status"}
"""Changed by workers that ask for work."""
OF_POOLS = ON_ITS_OWN | {"updated"}
"""A worker that comes up sets its pool's status, and when that was: seconds after the worker was started."""


class Api:
    """A Prefect server's REST interface, as the UI uses it."""

    def __init__(self, url: str, auth: tuple[str, str] | None = None):
        self._url, self._auth = url, auth

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """One request; a busy SQLite answers 503 and wants to be asked again."""
        deadline = time.monotonic() + 120
        while True:
            answer = httpx.request(
                method, self._url + path, json=body, auth=self._auth, trust_env=False, timeout=60
            )
            if answer.status_code != 503 or time.monotonic() > deadline:
                return answer.raise_for_status().json() if answer.content else None
            time.sleep(0.5)

    def get(self, path: str) -> Any:
        return self.ask("GET", path)

    def post(self, path: str, **body: Any) -> Any:
        return self.ask("POST", path, body)

    def patch(self, path: str, **body: Any) -> None:
        self.ask("PATCH", path, body)

    def delete(self, path: str) -> None:
        self.ask("DELETE", path)

    def deployments(self) -> dict[str, dict[str, Any]]:
        found = self.post("/deployments/filter")
        return {each["name"]: {k: v for k, v in each.items() if k not in ON_ITS_OWN} for each in found}

    def everything(self) -> dict[str, Any]:
        """All that deploying might touch."""
        pools = [
            {name: value for name, value in each.items() if name not in OF_POOLS}
            for each in self.post("/work_pools/filter")
        ]
        return {
            "deployments": self.deployments(),
            "pools": pools,
            "automations": self.post("/automations/filter"),
            "variables": self.post("/variables/filter"),
            "flows": self.post("/flows/filter"),
        }


@pytest.fixture
def api(inside: Clone) -> Api:
    return Api(inside.settings["PREFECT_API_URL"])


def step(done: Deployed, name: str) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    (found,) = [each for each in done.steps if each.name == name]
    return found.action, found.changed, found.kept


def with_file(change: Callable[[list[dict[str, Any]]], object], folder: Path) -> Path:
    """The file with something changed in its deployments."""
    content = yaml.safe_load(FILE.read_text())
    change(content["deployments"])
    to = folder / "prefect.yaml"
    to.write_text(yaml.safe_dump(content))
    return to


def test_deploying_again_changes_nothing_at_all(api: Api) -> None:
    deploy()
    before = api.everything()
    done = deploy()
    assert done.changes == 0 and {each.action for each in done.steps} == {"unchanged"}
    assert api.everything() == before


def test_what_an_operator_changed_on_the_server_stays_until_it_is_reset(api: Api) -> None:
    deploy()
    original = api.deployments()["annotate"]
    path = f"/deployments/{original['id']}"
    limit = api.get("/work_pools/local")["concurrency_limit"]
    try:
        api.patch(
            path,
            parameters={"parameters": {"budget_usd": 7.5, "concurrency": 2}},
            tags=[*original["tags"], "prod"],
            concurrency_limit=3,
        )
        cron = {"cron": "30 5 * * *", "timezone": "Europe/Berlin"}
        api.ask("POST", f"{path}/schedules", [{"schedule": cron, "active": False}])
        api.post(f"{path}/pause_deployment")
        api.patch("/work_pools/local", concurrency_limit=5)
        before = api.everything()
        assert before["deployments"]["annotate"] != original
        done = deploy()
        assert done.changes == 0
        kept = step(done, "annotate/annotate")[2]
        assert set(kept) == {"parameters", "tags", "concurrency"}
        assert "kept tags, parameters, concurrency, as set on the server" in map(
            lambda s: str(s).partition(": ")[2], done.steps
        )
        assert api.everything() == before
        assert set(step(deploy(reset=True), "annotate/annotate")[1]) == set(kept)
        after = api.deployments()["annotate"]
        assert (after["parameters"], after["tags"]) == (original["parameters"], original["tags"])
        assert after["global_concurrency_limit"] is None
        assert after["paused"] and len(after["schedules"]) == len(original["schedules"]) + 1
        assert api.get("/work_pools/local")["concurrency_limit"] == 5
    finally:
        for schedule in api.deployments()["annotate"]["schedules"]:
            if schedule not in original["schedules"]:
                api.delete(f"{path}/schedules/{schedule['id']}")
        api.post(f"{path}/resume_deployment")
        api.patch("/work_pools/local", concurrency_limit=limit)
    assert deploy().changes == 0


def test_another_default_and_a_new_schedule_in_the_file_reach_what_nobody_changed(
    api: Api, tmp_path: Path
) -> None:
    deploy()
    before = api.deployments()["crawl"]
    schedule = {"cron": "0 4 * * *", "timezone": "UTC", "active": False, "slug": "early"}

    def change(deployments: list[dict[str, Any]]) -> None:
        (crawl,) = [each for each in deployments if each["name"] == "crawl"]
        crawl["parameters"] = {"parameters": {"location": "http://127.0.0.1:1"}}
        crawl["schedules"] = [*crawl.get("schedules", []), schedule]

    file = with_file(change, tmp_path)
    try:
        dry = deploy(file, dry_run=True)
        assert step(dry, "crawl/crawl")[:2] == ("changed", ("parameters", "schedules"))
        assert api.deployments()["crawl"] == before
        assert deploy(file).steps == dry.steps
        changed = api.deployments()["crawl"]
        assert changed["parameters"] == {"parameters": {"location": "http://127.0.0.1:1"}}
        (made,) = [each for each in changed["schedules"] if each not in before["schedules"]]
        assert made["schedule"]["cron"] == "0 4 * * *" and not made["active"]
        api.delete(f"/deployments/{before['id']}/schedules/{made['id']}")
        assert deploy(file).changes == 0, "a schedule that was removed in the UI stays removed"
    finally:
        deploy()
    assert api.deployments()["crawl"]["parameters"] == before["parameters"]


def test_a_deployment_that_is_no_longer_described_is_told_of_and_removed_when_asked(
    api: Api, tmp_path: Path
) -> None:
    deploy()
    before = set(api.deployments())

    def change(deployments: list[dict[str, Any]]) -> None:
        (crawl,) = [each for each in deployments if each["name"] == "crawl"]
        deployments.append({**crawl, "name": "crawl-trial", "schedules": []})

    assert step(deploy(with_file(change, tmp_path)), "crawl/crawl-trial")[0] == "made"
    assert step(deploy(), "crawl/crawl-trial")[0] == "left"
    assert set(api.deployments()) == before | {"crawl-trial"}
    assert step(deploy(prune=True), "crawl/crawl-trial")[0] == "removed"
    assert set(api.deployments()) == before
    assert "crawl/crawl-trial" not in [each.name for each in deploy().steps]


def test_a_record_that_cannot_be_read_is_written_anew(api: Api) -> None:
    deploy()
    before = api.get(f"/variables/name/{RECORD}")["value"]
    api.patch(f"/variables/name/{RECORD}", value="emptied by hand")
    assert deploy().changes == 0
    assert set(api.get(f"/variables/name/{RECORD}")["value"]) == set(before)


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Somebody else's server, which asks for a password."""
    folder = tmp_path_factory.mktemp("theirs")
    port = choose(["prefect"], [], folder)["prefect"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    environment |= {
        "PREFECT_HOME": str(folder),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_API_AUTH_STRING": PASSWORD,
        "PREFECT_SERVER_DATABASE_TIMEOUT": "60",  # as a clone's: SQLite's writer is waited for
    }
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    with (folder / "log").open("w") as log:
        running = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        url = f"http://127.0.0.1:{port}/api"
        deadline = time.monotonic() + 300
        while not answers(f"{url}/health"):
            assert running.poll() is None and time.monotonic() < deadline, (folder / "log").read_text()
            time.sleep(0.2)
        yield url
    finally:
        running.kill()  # how it ends is no matter here, and how long it would take
        running.wait()


def answers(url: str) -> bool:
    try:
        return httpx.get(url, trust_env=False, timeout=5).is_success
    except httpx.HTTPError:
        return False


def at(url: str, auth: str | None) -> AbstractContextManager[object]:
    from prefect.settings import PREFECT_API_AUTH_STRING, PREFECT_API_URL, temporary_settings

    own = {PREFECT_API_URL: url}
    if auth is None:
        return temporary_settings(updates=own, restore_defaults={PREFECT_API_AUTH_STRING})
    return temporary_settings(updates={**own, PREFECT_API_AUTH_STRING: auth})


def test_a_server_that_refuses_us_is_told_of_in_one_sentence_without_the_password(theirs: str) -> None:
    with (
        at(theirs, None),
        pytest.raises(ConfigurationError, match=r"401.*PREFECT_API_AUTH_STRING is not set"),
    ):
        deploy()
    wrong = "admin:wrong-battery-9"
    with at(theirs, wrong), pytest.raises(ConfigurationError, match="AUTH_STRING holds is not it") as refused:
        deploy()
    assert "battery" not in str(refused.value)
    with at(theirs.removesuffix("/api"), PASSWORD), pytest.raises(ConfigurationError) as no_api:
        deploy()
    assert str(no_api.value).count("\n") == 0 and "correct-horse" not in str(no_api.value)


def test_what_is_not_ours_on_a_server_is_left_alone_and_never_taken_over(theirs: str) -> None:
    user, _, password = PASSWORD.partition(":")
    api = Api(theirs, (user, password))
    flow = api.post("/flows/", name="annotate")["id"]
    other = api.post("/flows/", name="their-flow")["id"]
    api.post("/work_pools/", name="local", type="docker", base_job_template=template())
    api.post("/work_pools/", name="their-pool", type="process", concurrency_limit=7)
    squatter = {"name": "annotate", "flow_id": flow}
    tagged = {"flow_id": other, "tags": ["toolfoundry"]}
    for name, entrypoint in (("nightly", "their.py:f"), ("hourly", "flows.py:f"), ("daily", "flows.f.f")):
        api.post("/deployments/", name=name, entrypoint=entrypoint, **tagged)
    api.post("/variables/", name="their_variable", value={"a": 1})
    # Of one event of theirs: an automation that watches all events is set off by its own, without end.
    watch = {"type": "event", "posture": "Reactive", "expect": ["theirs.done"], "threshold": 1, "within": 0}
    api.post("/automations/", name="their automation", trigger=watch, actions=[{"type": "do-nothing"}])
    before = api.everything()
    with at(theirs, PASSWORD):
        for entrypoint in ("their.py:annotate", "flows.py:annotate", "flows.nightly.annotate"):
            made = api.post("/deployments/", **squatter, entrypoint=entrypoint)
            with pytest.raises(
                ConfigurationError, match=rf"annotate/annotate that is not ours .*{re.escape(entrypoint)}"
            ):
                deploy()
            api.delete(f"/deployments/{made['id']}")
        with pytest.raises(
            ConfigurationError, match=r"pool 'local' is of the kind docker.*--pool local=NAME"
        ):
            deploy()
        with pytest.raises(ConfigurationError, match=r"no pool 'nowhere' .* there are local, their-pool"):
            deploy(pools=["local=nowhere"])
        with pytest.raises(ConfigurationError, match="no pool 'gpu' to choose for; ours are control, local"):
            deploy(pools=["gpu=their-pool"])
        assert api.everything() == before
        done = deploy(pools=["local=their-pool"])
        assert {each.name for each in done.steps if each.action == "made" and each.kind == "pool"} == {
            "control",
            "train",
        }
        after = api.everything()
        fresh = [each["base_job_template"] for each in after["pools"] if each["name"] in ("control", "train")]
        assert all("env" in each["job_configuration"] for each in fresh), "no worker has to bring it"
        assert after["deployments"]["annotate-shard"]["work_pool_name"] == "their-pool"
        assert all(after["deployments"][name] == found for name, found in before["deployments"].items())
        assert [each for each in after["pools"] if each["name"] in ("local", "their-pool")] == before["pools"]
        assert [each for each in after["variables"] if each["name"] != RECORD] == before["variables"]
        assert [each for each in after["automations"] if each["name"] != NAME] == before["automations"]
        assert deploy(prune=True).changes == 0, "a pool that was chosen once stays chosen"
        assert api.everything() == after
        moved = deploy(pools=["local=local"])
        assert step(moved, "crawl-shard/crawl-shard")[1] == ("pool", "job variables")
        found = api.deployments()["crawl-shard"]
        assert (found["work_pool_name"], found["job_variables"]) == ("local", {})
        assert deploy().changes == 0


def test_a_secret_block_is_referred_to_and_its_value_is_nowhere(theirs: str) -> None:
    from prefect.blocks.system import Secret

    user, _, password = PASSWORD.partition(":")
    api = Api(theirs, (user, password))
    canary = "sk-canary-0815"
    with at(theirs, PASSWORD):
        deploy(pools=["local=their-pool"])
        Secret(value=canary).save("openai-api-key", _sync=True)
        done = deploy()
        assert step(done, "annotate/annotate") == ("changed", ("job variables",), ())
        assert deploy().changes == 0
    shard = api.deployments()["annotate-shard"]
    assert shard["job_variables"]["env"] == {"OPENAI_API_KEY": "{{ prefect.blocks.secret.openai-api-key }}"}
    assert canary not in str(api.everything()) and canary not in str(done)


def template() -> dict[str, Any]:
    """Of a pool of another kind."""
    variables = {"image": {"type": "string", "default": "none"}}
    return {
        "job_configuration": {"image": "{{ image }}"},
        "variables": {"type": "object", "properties": variables},
    }
