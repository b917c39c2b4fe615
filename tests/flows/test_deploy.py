import importlib
from typing import Any

import httpx
import pytest
import yaml

from flows import deploy
from flows.described import FILE, read
from flows.forms import bounds
from flows.journey import STAGES
from tasks.errors import ConfigurationError
from tests.flows.conftest import Clone

pytestmark = pytest.mark.prefect

SHARDED = ("crawl", "instruct", "annotate", "tooleval")


def described() -> list[dict[str, object]]:
    content: dict[str, list[dict[str, object]]] = yaml.safe_load(FILE.read_text())
    return content["deployments"]


def test_every_stage_and_the_factory_have_a_deployment_named_as_their_flow() -> None:
    shards = {f"{verb}-shard" for verb in SHARDED}
    wanted = {stage.verb for stage in STAGES} | shards | {"factory", "reconcile"}
    assert {each["name"] for each in described()} == wanted
    for each in described():
        module, _, name = str(each["entrypoint"]).rpartition(".")
        assert getattr(importlib.import_module(module), name).name == each["name"]


def test_the_server_runs_and_has_every_deployment(inside: Clone) -> None:
    api = inside.settings["PREFECT_API_URL"]
    assert httpx.get(f"{api}/health", trust_env=False, timeout=60).json() is True
    found = httpx.post(f"{api}/deployments/filter", json={}, trust_env=False, timeout=60).json()
    assert {each["name"] for each in found} == {each["name"] for each in described()}
    assert all(each["pull_steps"] in (None, []) for each in found)
    assert not any(schedule["active"] for each in found for schedule in each["schedules"])
    nightly = {"location": inside.settings["FOUNDRY_HUB_URL"], "since": "latest"}
    schedules = next(each["schedules"] for each in found if each["name"] == "factory")
    assert {"parameters": nightly} in [schedule["parameters"] for schedule in schedules]
    assert set(inside.supervisor.running()) == {
        "hub",
        "teacher",
        "prefect",
        "worker-control",
        "worker-local",
        "worker-train",
        "reconciler",
    }


def test_what_the_environment_says_is_filled_into_parameters_of_schedules_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def nightly() -> dict[str, Any]:
        (factory,) = [each for each in read()[1] if each.full_name == "factory/factory"]
        (schedule,) = factory.schedules.values()
        return schedule.parameters

    assert nightly() == {"parameters": {"since": "latest"}}
    monkeypatch.setenv("FOUNDRY_HUB_URL", "http://127.0.0.1:1")
    assert nightly() == {"parameters": {"location": "http://127.0.0.1:1", "since": "latest"}}


QUANTITIES = {"s": "[s]", "usd": "[USD]", "tokens": "[tokens]", "length": "[tokens]"}
"""Last words of the names of quantities to the unit their descriptions must give."""


def test_every_field_of_every_form_is_described_with_its_bounds_and_unit(inside: Clone) -> None:
    api = inside.settings["PREFECT_API_URL"]
    found = httpx.post(f"{api}/deployments/filter", json={}, trust_env=False, timeout=60).json()
    forms = {each["name"]: each["parameter_openapi_schema"] for each in found}
    assert set(forms) == {each["name"] for each in described()}
    fields = [
        (f"{name}: {field}", field, schema) for name in forms for field, schema in fields_of(forms[name])
    ]
    assert len(fields) > 80
    for where, field, schema in fields:
        told = schema.get("description", "")
        assert told, where
        kinds = [each for each in (schema, *schema.get("anyOf", ())) if "enum" not in each]
        numbers = [each for each in kinds if each.get("type") in ("integer", "number")]
        bounded = {"minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"}
        for number in numbers:
            assert bounded & set(number), f"{where} has no bounds"
            assert told.endswith(f"({bounds(schema)})"), f"{where} does not tell its bounds"
        unit = QUANTITIES.get(field.rpartition("_")[2], "")
        assert not numbers or unit in told, f"{where} has no unit {unit}"


def test_a_form_is_one_model_and_a_shard_takes_an_address_and_a_number(inside: Clone) -> None:
    api = inside.settings["PREFECT_API_URL"]
    found = httpx.post(f"{api}/deployments/filter", json={}, trust_env=False, timeout=60).json()
    for each in found:
        form = each["parameter_openapi_schema"]
        shard = each["name"].endswith("-shard")
        assert list(form["properties"]) == (["address", "shard"] if shard else ["parameters"]), each["name"]


def fields_of(form: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Fields a person fills in: those of the model, or of the flow itself."""
    models = form.get("definitions") or {}
    assert all(model["description"] for model in models.values())
    own = [(name, field) for name, field in form["properties"].items() if "$ref" not in field]
    return [
        *own,
        *((name, field) for model in models.values() for name, field in model["properties"].items()),
    ]


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
