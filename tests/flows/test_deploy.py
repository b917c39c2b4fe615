import importlib

import httpx
import pytest
import yaml

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
