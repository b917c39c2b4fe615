import asyncio
import importlib
from datetime import UTC, datetime
from uuid import UUID

import httpx
import pytest
import yaml
from prefect.client.orchestration import get_client
from prefect.states import Running

from flows import deploy
from flows.journey import STAGES
from tasks.errors import ConfigurationError
from tests.flows.conftest import Clone

pytestmark = pytest.mark.prefect

SHARDED = ("crawl", "instruct", "annotate", "tooleval")


def described() -> list[dict[str, object]]:
    content: dict[str, list[dict[str, object]]] = yaml.safe_load(deploy.FILE.read_text())
    return content["deployments"]


def test_every_stage_and_the_factory_have_a_deployment_named_as_their_flow() -> None:
    wanted = {stage.verb for stage in STAGES} | {f"{verb}-shard" for verb in SHARDED} | {"factory"}
    assert {each["name"] for each in described()} == wanted
    for each in described():
        module, _, name = str(each["entrypoint"]).rpartition(".")
        assert getattr(importlib.import_module(module), name).name == each["name"]


def test_the_server_runs_and_has_every_deployment(inside: Clone) -> None:
    api = inside.settings["PREFECT_API_URL"]
    assert httpx.get(f"{api}/health", trust_env=False).json() is True
    found = httpx.post(f"{api}/deployments/filter", json={}, trust_env=False).json()
    assert {each["name"] for each in found} == {each["name"] for each in described()}
    assert all(each["pull_steps"] in (None, []) for each in found)
    assert not any(schedule["active"] for each in found for schedule in each["schedules"])
    assert set(inside.supervisor.running()) == {
        "hub",
        "teacher",
        "prefect",
        "worker-control",
        "worker-local",
        "worker-train",
    }


def test_every_field_of_every_form_is_described_in_words(inside: Clone) -> None:
    api = inside.settings["PREFECT_API_URL"]
    found = httpx.post(f"{api}/deployments/filter", json={}, trust_env=False).json()
    forms = {each["name"]: each["parameter_openapi_schema"] for each in found}
    parents = {name: form for name, form in forms.items() if not name.endswith("-shard")}
    assert len(parents) == len(STAGES) + 1
    for name, form in parents.items():
        assert list(form["properties"]) == ["parameters"], name
        (model,) = form["definitions"].values()
        assert model["description"], name
        for field, schema in model["properties"].items():
            assert schema.get("description"), f"{name}: {field}"
    for name in set(forms) - set(parents):
        assert list(forms[name]["properties"]) == ["address", "shard"]


def test_without_the_name_of_a_server_deploying_starts_none_of_its_own() -> None:
    from prefect.settings import PREFECT_API_URL, temporary_settings

    with (
        temporary_settings(restore_defaults={PREFECT_API_URL}),
        pytest.raises(ConfigurationError, match="no Prefect server is named; set PREFECT_API_URL"),
    ):
        deploy.deploy()


def test_without_a_server_deploying_ends_in_one_sentence() -> None:
    from prefect.settings import PREFECT_API_URL, temporary_settings

    with (
        temporary_settings(updates={PREFECT_API_URL: "http://127.0.0.1:9/api"}),
        pytest.raises(ConfigurationError, match=r"no Prefect server answers at http://127\.0\.0\.1:9/api"),
    ):
        deploy.deploy()


def test_flow_runs_that_a_dead_worker_left_behind_are_called_crashed_and_no_others(inside: Clone) -> None:
    left_behind = going_on("finetune/finetune", inside)
    elsewhere = going_on("annotate/annotate", inside)
    moment = datetime.now(UTC)
    begun_since = going_on("train-retriever/train-retriever", inside)
    assert asyncio.run(deploy.crash_abandoned(["train"], moment)) == 1
    assert state_of(left_behind) == "CRASHED"
    assert state_of(elsewhere) == state_of(begun_since) == "RUNNING"


def going_on(deployment: str, clone: Clone) -> UUID:
    """A flow run that says it runs; no process belongs to it."""
    names = {"finetune": ("samples", "student"), "annotate": ("instructions", "trajectories")}
    fields = names.get(deployment.partition("/")[0], ("samples", "retriever"))
    with get_client(sync_client=True) as client:
        run = client.create_flow_run_from_deployment(
            client.read_deployment_by_name(deployment).id,
            parameters={"parameters": {field: clone.address(field, "v1") for field in fields}},
            state=Running(),
        )
    return run.id


def state_of(run: UUID) -> str:
    with get_client(sync_client=True) as client:
        state = client.read_flow_run(run).state
    assert state is not None
    return state.type.value
