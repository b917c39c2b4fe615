"""Keys in the environment of workers and in a secret block, and a search of all that a clone has written."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from prefect.blocks.system import Secret
from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import VariableCreate
from prefect.client.schemas.objects import FlowRun

from flows.deploy import deploy
from flows.runs import why
from tasks.annotation import stage as annotate
from tasks.records import Trajectory
from tasks.storage.keys import MASK
from tasks.storage.table import Table
from tests.canaries import canary, found_in, said
from tests.commands import tasks_made
from tests.flows.conftest import PLANTED, Clone
from tests.flows.waiting import until
from tests.tasks.environment.served import Seen, serving
from tests.test_canaries import careless, repeated

pytestmark = pytest.mark.prefect

VARIABLE, BLOCK = "OPENAI_API_KEY", "openai-api-key"


@contextmanager
def secret_block(key: str) -> Iterator[None]:
    """The key of models in a secret block that all deployments refer to."""
    Secret(value=key).save(BLOCK, overwrite=True, _sync=True)
    try:
        deploy()
        yield
    finally:
        Secret.delete(BLOCK, _sync=True)
        deploy()


def begun(deployment: str, parameters: dict[str, object], model_server: str = "") -> UUID:
    """A new flow run, whose process may be pointed to another server of models."""
    surroundings = {"env": {"OPENAI_BASE_URL": f"{model_server}/v1"}} if model_server else {}
    with get_client(sync_client=True) as client:
        found = client.read_deployment_by_name(f"{deployment}/{deployment}")
        return client.create_flow_run_from_deployment(
            found.id, parameters=parameters, job_variables=surroundings
        ).id


def ended(run: UUID) -> FlowRun:
    """A flow run that has come to its end."""
    with get_client(sync_client=True) as client:

        def over() -> FlowRun | None:
            now = client.read_flow_run(run)
            return now if now.state is not None and now.state.is_final() else None

        return until(over, within_s=600)


def logged(clone: Clone, run: FlowRun) -> str:
    """What a flow run has logged, as the UI shows it."""
    asked = {"logs": {"flow_run_id": {"any_": [str(run.id)]}}}
    answer = httpx.post(
        f"{clone.settings['PREFECT_API_URL']}/logs/filter", json=asked, trust_env=False, timeout=60
    )
    return "\n".join(each["message"] for each in answer.raise_for_status().json())


def planned(clone: Clone, tasks: str, name: str) -> str:
    """A table of one shard that is ready to be annotated."""
    return annotate.plan(
        annotate.Parameters(
            instructions=tasks,
            trajectories=clone.address("trajectories", name),
            method="CoT@1",
            run_id=f"test-{name}",
        )
    )


def tasks_of(clone: Clone) -> str:
    to = Path(clone.address("canaries.jsonl"))
    to.parent.mkdir(parents=True, exist_ok=True)
    return tasks_made(clone.settings["FOUNDRY_HUB_URL"], seed=5, count=6, to=str(to))


def test_no_key_is_in_anything_that_flow_runs_leave_though_every_server_repeats_it(inside: Clone) -> None:
    canaries = {name: inside.supervisor.shell[name] for name in PLANTED}
    canaries |= {VARIABLE: canary(VARIABLE), "FOUNDRY_HUB_KEY": inside.settings["FOUNDRY_HUB_KEY"]}
    tasks = tasks_of(inside)
    good, bad = planned(inside, tasks, "canaries"), planned(inside, tasks, "canaries-refused")

    def refusing(request: Seen) -> tuple[int, dict[str, str], bytes]:
        text = f"no credit for {request.headers.get('authorization')} {repeated(request)}"
        return 402, {"Content-Type": "text/plain"}, text.encode()

    teacher = inside.settings["OPENAI_BASE_URL"].removesuffix("/v1")
    with (
        secret_block(canaries[VARIABLE]),
        careless(inside.settings["FOUNDRY_HUB_URL"]) as hub,
        careless(teacher) as model,
        serving(refusing) as refuses,
    ):
        crawl = {"location": hub.address, "catalog": inside.address("catalog", "canaries"), "probe": False}
        runs = [
            begun("crawl", {"parameters": crawl}),
            begun("annotate-shard", {"address": good, "shard": 0}, model.address),
            begun("annotate-shard", {"address": bad, "shard": 0}, refuses.address),
        ]
        crawled, searched, failed = map(ended, runs)
    for run in (crawled, searched):
        assert run.state is not None and run.state.is_completed(), why(run)
    assert failed.state is not None and failed.state.is_failed()
    for seen, name in ((hub.seen, "FOUNDRY_HUB_KEY"), (model.seen, VARIABLE), (refuses.seen, VARIABLE)):
        assert any(said(str(each.headers).encode(), canaries[name]) for each in seen), (
            f"{name} was never sent"
        )
    trees = " ".join(row.tree for row in Table.open(good).records(Trajectory, "trajectories"))
    assert f"Bearer {MASK}" in trees, "the teacher's echo is not in the trees: nothing was tried"
    until(lambda: ("Traceback" in (text := logged(inside, failed)) and MASK in text) or None)
    folder = inside.supervisor.folder
    assert found_in(folder, canaries, spared=frozenset({"env"})) == []


def test_the_search_reaches_what_the_server_of_the_clone_has_written(inside: Clone) -> None:
    mark = canary("mark")
    with get_client(sync_client=True) as client:  # which asks again where SQLite is busy
        client.create_variable(VariableCreate(name="canary_mark", value=mark))
    files = {hit.rpartition(": ")[0] for hit in found_in(inside.supervisor.folder, {"mark": mark})}
    assert any(Path(file).name.startswith("prefect.db") for file in files)
