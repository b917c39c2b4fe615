from uuid import UUID, uuid4

import pytest
from prefect import flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import ArtifactCreate
from prefect.client.schemas.objects import FlowRun, State
from prefect.states import Completed, Failed, Running, Scheduled
from prefect.types._datetime import now

from flows.artifacts import markdown
from flows.funnel import Passage, total
from flows.keeping import artifact_key
from flows.runs import succeeded, why
from flows.watch import _sight, _sights
from tasks.storage.stage import Report
from tests.flows.conftest import Clone


def run(name: str, verb: str, state: State) -> FlowRun:
    return FlowRun(
        flow_id=uuid4(), name=name, tags=["factory-1", verb], state=state, expected_start_time=now()
    )


def test_a_stage_is_as_far_as_its_shards_are() -> None:
    working = run("annotate v2 / shard 1", "annotate", Running())
    runs = [
        run("annotate v2", "annotate", Running()),
        run("annotate v2 / shard 0", "annotate", Completed()),
        working,
        run("annotate v2 / shard 2", "annotate", Scheduled()),
        run("annotate v1 / shard 0", "annotate", Completed()),
        run("crawl v1", "crawl", Completed()),
    ]
    seen = _sight("annotate", runs, {working.id: 50.0})
    assert (seen.state, seen.done, seen.shards, seen.percent) == ("Running", 1, 3, 50.0)


def test_a_stage_without_shards_is_as_far_as_it_says_itself() -> None:
    training = run("finetune v1", "finetune", Running())
    seen = _sight("finetune", [training], {training.id: 30.0})
    assert (seen.state, seen.shards, seen.percent) == ("Running", 0, 30.0)
    assert _sight("tooleval", [training], {}).state == ""


@flow
def nothing() -> None:
    pass


@pytest.mark.prefect
def test_of_more_flow_runs_than_the_server_gives_at_once_all_are_seen(inside: Clone) -> None:
    run_id, shards = f"watched-{uuid4().hex[:6]}", 203
    with get_client(sync_client=True) as client:
        known = str(client.create_flow(nothing))

        def made(name: str, state: str, *tags: str) -> UUID:
            told = {"flow_id": known, "name": name, "tags": [run_id, *tags], "state": {"type": state}}
            return UUID(client.request("POST", "/flow_runs/", json=told).json()["id"])

        main = made(run_id, "COMPLETED")
        made("annotate v1", "RUNNING", "annotate")
        for shard in range(shards - 1):
            made(f"annotate v1 / shard {shard}", "COMPLETED", "annotate")
        last = made(f"annotate v1 / shard {shards - 1}", "RUNNING", "annotate")
        for percent in (90.0, 50.0):  # it was run a second time
            client.create_artifact(ArtifactCreate(type="progress", data=percent, flow_run_id=last))
    ((seen,),) = ([each for each in sights if each.verb == "annotate"] for sights in _sights(main, run_id))
    assert (seen.shards, seen.done) == (shards, shards - 1)
    assert seen.percent == pytest.approx((100 * (shards - 1) + 50) / shards)


def test_a_failed_flow_run_says_why_in_the_words_of_its_error() -> None:
    said = Failed(message="Flow run encountered an exception: AddressError: no hub")
    failed = run("crawl v1", "crawl", said)
    assert why(failed) == "no hub" and not succeeded(failed)
    assert why(run("crawl v1", "crawl", Failed(message=None))) == "it ended Failed"


def test_the_last_row_of_a_funnel_adds_up_what_can_be_added() -> None:
    made = [
        Passage(verb, Report(verb, "/t/v1", "run", 1, {}, rejected, cost_usd=0.25), 10, 8, 1.5, 2.5)
        for verb, rejected in (("crawl", {"slow": 2}), ("instruct", {}))
    ]
    assert made[0].row()["rejected"] == 2
    assert total([each.row() for each in made]) == {
        "stage": "all",
        "rejected": 2,
        "waiting [s]": 3.0,
        "working [s]": 5.0,
        "USD": 0.5,
    }


def test_a_report_becomes_a_page() -> None:
    report = Report(
        "annotate", "/t/v1", "run", 4, {}, {}, figures={"answered_share": 0.5}, notes=["mind this"]
    )
    page = markdown(report)
    assert "| answered share | 0.5 |" in page and "* mind this" in page
    assert artifact_key("factory-9f_X 1") == "factory-9f-x-1"
