"""What the Prefect UI is shown of a run, on a real server: figures, links, hostile text that stays text."""

import asyncio
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from playwright.sync_api import expect
from prefect import flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import FlowRun
from prefect.states import Failed, Running

from flows.artifacts import ProgressArtifact, StageArtifacts, publish
from flows.funnel import JourneyArtifacts, Passage
from flows.keeping import Pace, artifact_key, page_of
from flows.labels import PROJECT
from flows.shards import shard_tags, stage_key
from tasks.llm.ledger import caps_of, open_ledger
from tasks.llm.metered import open_session
from tasks.llm.protocol import ChatRequest
from tasks.records import Call, Instruction, Reject, Spend
from tasks.rollout.instructions import parts_of
from tasks.storage.stage import Report, report_of
from tasks.storage.table import Table
from tests.browsing import browser_page
from tests.flows.conftest import Clone
from tests.flows.rendering import MEANS_SOMETHING, rendered
from tests.tasks.llm.chat_server import chat_server, completion
from tests.tasks.storage.tables_made import a_table

pytestmark = pytest.mark.prefect

MODEL = "priced-model"
HOSTILE = "<img src=x onerror=alert(1)> | [retry](http://evil.example) `x` **42**"


@dataclass
class Work:
    """A table of two shards, one of them finished, whose calls were paid for."""

    table: Table
    run_id: str

    def key(self, what: str) -> str:
        return artifact_key(self.run_id, "annotate", what)

    def finish(self) -> None:
        publish_shard(self.table, 1)


@pytest.fixture
def work(inside: Clone, monkeypatch: pytest.MonkeyPatch) -> Iterator[Work]:
    run_id = f"artifacts-{uuid4().hex[:6]}"
    prices = inside.supervisor.folder / f"{run_id}.json"
    prices.write_text(json.dumps({MODEL: {"input": 100.0, "cached": 25.0, "output": 400.0}}))
    monkeypatch.setenv("FOUNDRY_PRICES", str(prices))
    table = a_table(inside.address("artifacts", run_id), shards=2, run_id=run_id)
    caps_of(open_ledger(), run_id, "annotate", 2.0, 100_000)
    with chat_server(completion({"content": "At 6:12."})) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        monkeypatch.setenv("OPENAI_API_KEY", "none")
        publish_shard(table, 0)
        yield Work(table, run_id)


def publish_shard(table: Table, number: int) -> None:
    async def ask() -> tuple[list[Call], list[Spend]]:
        async with open_session(table, number, MODEL) as model:
            for ordinal in range(3):
                await model.ask(
                    ChatRequest(MODEL, [{"role": "user", "content": "?"}], max_tokens=50),
                    f"i{number}",
                    ordinal,
                )
            calls = model.take_calls()
            return calls, model.spend_of(calls)

    calls, spend = asyncio.run(ask())
    rejects = [Reject("annotate", f"{number}-{each}", "unknown_api", HOSTILE) for each in range(2 + number)]
    members: dict[str, Any] = {"calls": (Call, calls), "spend": (Spend, spend), "rejects": (Reject, rejects)}
    table.shard(number).publish(members, finished=True)


def artifacts(key: str) -> list[dict[str, Any]]:
    from prefect.settings import PREFECT_API_URL

    asked = {"artifacts": {"key": {"any_": [key]}}}
    found: list[dict[str, Any]] = httpx.post(
        f"{PREFECT_API_URL.value()}/artifacts/filter", json=asked, trust_env=False, timeout=60
    ).json()
    return found


def rows(key: str) -> list[dict[str, Any]]:
    (found,) = artifacts(key)
    read: list[dict[str, Any]] = json.loads(found["data"])
    return read


def a_failed_run(name: str, message: str, run_id: str) -> FlowRun:
    with get_client(sync_client=True) as client:
        deployment = client.read_deployment_by_name("annotate-shard/annotate-shard")
        run = client.create_flow_run_from_deployment(
            deployment.id,
            name=name,
            parameters={"address": "/nowhere", "shard": 1},
            state=Failed(message=message),
            tags=[PROJECT, run_id],
        )
        return client.read_flow_run(run.id)


def test_figures_are_brought_up_to_date_in_place_and_agree_with_the_tables_in_the_end(work: Work) -> None:
    seen: dict[str, Any] = {}

    @flow(name="shows-artifacts")
    def parent() -> None:
        live = StageArtifacts(work.table)
        live.seen(())
        seen["rows"], seen["spend"] = rows(work.key("rows")), rows(work.key("spend"))
        work.finish()
        live.seen(())  # within 30 s: nothing is sent
        assert rows(work.key("rows")) == seen["rows"]
        live.report(report_of(work.table.address))

    parent()
    assert seen["rows"][0] == {"what": "shards finished", "rows": 1, "of": 2}
    assert {row["what"]: row["rows"] for row in rows(work.key("rows"))} == {
        "shards finished": 2,
        **{member: work.table.rows(member) for member in work.table.members()},
    }
    [spent] = rows(work.key("spend"))
    booked = work.table.records(Spend, "spend")
    assert spent["cost [USD]"] == sum(row.cost_nano_usd for row in booked) / 1e9 > 0
    assert (spent["stage"], spent["model"], spent["calls"]) == ("annotate", MODEL, 6)
    assert spent["cached tokens"] == sum(row.cached_tokens for row in booked) == 6 * 40
    assert spent["from cache [%]"] == 40.0
    assert spent["saved by cache [USD]"] == pytest.approx(240 * 75e-6)
    run, stage, tokens = rows(work.key("caps"))
    assert (run["scope"], run["unit"], run["cap"]) == (f"run:{work.run_id}", "USD", "no cap")
    assert (stage["unit"], stage["settled"], stage["cap"]) == ("USD", spent["cost [USD]"], 2.0)
    assert stage["used [%]"] == round(100 * spent["cost [USD]"] / 2, 1)
    all_tokens = sum(spent[name] for name in spent if name.endswith(" tokens"))
    assert (tokens["unit"], tokens["settled"]) == ("tokens", all_tokens)
    assert (tokens["scope"], tokens["left"]) == (stage["scope"], 100_000 - all_tokens)
    [rejected] = rows(work.key("rejects"))
    assert (rejected["rows"], rejected["example"]) == (5, "0-0")
    assert len(artifacts(work.key("report"))) == 1


def test_a_stage_that_goes_on_is_in_the_funnel_with_what_it_has_published(work: Work) -> None:
    going_on = FlowRun(
        flow_id=uuid4(),
        name="renamed",
        state=Running(),
        idempotency_key=stage_key("annotate", work.table),
        parameters={"parameters": {"trajectories": work.table.address}},
    )

    @flow(name="shows-a-funnel")
    def parent() -> None:
        JourneyArtifacts(work.run_id).seen([going_on])

    parent()
    annotate, total = rows(artifact_key(work.run_id, "funnel"))
    assert (annotate["stage"], annotate["state"]) == ("annotate", "running")
    assert annotate["rejected"] == total["rejected"] == 2
    [spent] = work.table.records(Spend, "spend", partial=True)
    assert annotate["USD"] == total["USD"] == round(spent.cost_nano_usd / 1e9, 6) > 0


def test_failures_are_grouped_by_reason_with_links_to_flow_runs_and_rejects(work: Work) -> None:
    runs = [a_failed_run(f"annotate x / shard {n}", f"shard {n}: {HOSTILE}", work.run_id) for n in (10, 9)]
    runs.append(a_failed_run("annotate x / shard 3", "the budget is spent", work.run_id))

    @flow(name="shows-failures")
    def parent() -> UUID:
        from prefect.runtime import flow_run

        StageArtifacts(work.table).publish(runs)
        return UUID(str(flow_run.get_id()))

    shown_by = parent()
    [page] = artifacts(work.key("failures"))
    assert UUID(page["flow_run_id"]) == shown_by
    lines = [line for line in page["data"].splitlines() if "/runs/flow-run/" in line]
    assert len(lines) == 2 and lines[0].startswith("| 2 |")
    assert lines[0].index("shard 9]") < lines[0].index("shard 10]")
    assert not re.search(r"(?<!\\)(<img|\]\(http://evil)", page["data"])  # escaped, or not there
    for run in runs:
        assert page_of(run.id) in page["data"]
    assert f"/artifacts/artifact/{artifacts(work.key('rejects'))[0]['id']})" in page["data"]


@pytest.mark.browser
def test_in_the_ui_hostile_text_is_text_and_the_links_lead_to_the_flow_runs(work: Work) -> None:
    failed = a_failed_run("annotate x / shard 1", HOSTILE, work.run_id)

    @flow(name="shows-in-the-ui")
    def parent() -> None:
        StageArtifacts(work.table).publish([failed])

    parent()
    ui = page_of(failed.id).partition("/runs/")[0]

    def shown(what: str) -> str:
        return f"{ui}/artifacts/artifact/{artifacts(work.key(what))[0]['id']}"

    with browser_page(height=1400) as page:
        alerts: list[str] = []
        page.on("dialog", lambda dialog: (alerts.append(dialog.message), dialog.dismiss()))
        page.goto(shown("failures"))
        expect(page.get_by_text(HOSTILE)).to_have_count(2)
        assert page.locator("img[src=x]").count() == 0
        assert page.locator("a[href*='evil.example']").count() == 0
        page.get_by_role("link", name="All reasons with ids").click()
        page.get_by_text("unknown_api").first.wait_for()
        assert page.locator("img[src=x]").count() == 0
        assert page.locator("a[href*='evil.example']").count() == 0
        page.goto(shown("failures"))
        page.get_by_text(HOSTILE).first.wait_for()
        found = page.get_by_role("link", name="annotate x / shard 1").first
        assert found.get_attribute("href") == page_of(failed.id)
        assert not alerts


def test_names_and_addresses_that_are_markdown_or_html_are_text_wherever_they_stand(inside: Clone) -> None:
    wild = f"**{uuid4().hex[:6]}** <img src=x onerror=alert(1)> [retry](javascript:alert(1)) `x`"
    table = a_table(inside.address("artifacts", wild), run_id=wild)
    figures = {wild: wild, "rate": 0.5}
    report = Report("annotate", table.address, wild, 1, {}, {wild: 1}, figures=figures, notes=[wild])

    @flow(name="shows-wild-names")
    def parent() -> str:
        from prefect.runtime import flow_run

        StageArtifacts(table).report(report)
        journey = JourneyArtifacts(wild)
        journey.passed([Passage("annotate", report, 3, 2, 1.0, 1.0)])
        ProgressArtifact().show(wild, 1, 1)
        return str(flow_run.get_id())

    asked = {"artifacts": {"flow_run_id": {"any_": [parent()]}}}
    api = inside.settings["PREFECT_API_URL"]
    found = httpx.post(f"{api}/artifacts/filter", json=asked, trust_env=False, timeout=60).json()
    assert {"rows", "failures", "report", "funnel", "stages"} <= {
        str(each["key"]).rsplit("-")[-1] for each in found
    }
    for each in found:
        texts = [each["description"]]
        if each["type"] == "markdown":
            texts.append(each["data"])
        elif each["type"] == "table":
            texts += [
                cell for row in json.loads(each["data"]) for cell in row.values() if isinstance(cell, str)
            ]
        tokens = [token for text in texts for token in rendered(text)]
        links = [token.attrs["href"] for token in tokens if token.type == "link_open"]
        assert not MEANS_SOMETHING - {"link_open"} & {token.type for token in tokens}, each["key"]
        assert all(str(href).startswith("file:///") for href in links), each["key"]


def test_progress_is_sent_at_the_beginning_and_at_the_end_and_seldom_between(inside: Clone) -> None:
    @flow(name="shows-progress")
    def parent() -> str:
        from prefect.runtime import flow_run

        progress = ProgressArtifact()
        for done in range(101):
            progress.show("rows", done, 100)
        return str(flow_run.get_id())

    asked = {"artifacts": {"flow_run_id": {"any_": [parent()]}}}
    api = inside.settings["PREFECT_API_URL"]
    [found] = httpx.post(f"{api}/artifacts/filter", json=asked, trust_env=False, timeout=60).json()
    assert (found["type"], float(found["data"])) == ("progress", 100.0)


def test_a_figure_is_due_at_once_and_then_only_after_its_time() -> None:
    pace = Pace(every_s=3600)
    assert [pace.due() for _ in range(4)] == [True, False, False, False]
    slow = Pace(every_s=0)
    assert slow.due() and slow._last is not None
    slow._last -= 60
    slow.done()
    assert not slow.due(), "what takes long is done less often"
    always = Pace(every_s=0)
    assert [always.due() for _ in range(3)] == [True, True, True]


def test_a_server_that_is_gone_stops_no_work(work: Work, caplog: pytest.LogCaptureFixture) -> None:
    from prefect.settings import PREFECT_API_URL, PREFECT_CLIENT_MAX_RETRIES, temporary_settings

    work.finish()
    with temporary_settings(
        updates={PREFECT_API_URL: "http://127.0.0.1:9/api", PREFECT_CLIENT_MAX_RETRIES: 0}
    ):
        ProgressArtifact().show("rows", 1, 2)
        publish(report_of(work.table.address))
    assert "an artifact was not sent" in caplog.text


def test_a_shard_bears_the_tags_of_the_groups_and_splits_it_holds() -> None:
    def instruction(group: str, split: str) -> Instruction:
        return Instruction(uuid4().hex[:16], group, "?", (), (), "c", split, "m", "rehearsal")  # type: ignore[arg-type]

    written = [instruction("I1", "train")] * 3 + [instruction("I1", "test")] + [instruction("I2", "test")] * 2
    parts = parts_of(written, 4)
    assert parts == [
        {"first": 0, "count": 4, "splits": ["I1_test", "I1_train"]},
        {"first": 4, "count": 2, "splits": ["I2_test"]},
    ]
    assert parts_of(written, 5)[0]["splits"] == ["I1_test", "I1_train", "I2_test"]


def test_plans_of_every_stage_and_age_give_tags(inside: Clone) -> None:
    plan = (
        {"first": 0, "count": 4, "splits": ["I1_test", "I2_test"]},
        {"group": "I3", "slice": 0, "of": 1, "count": 5},
        {"tools": []},
        {"first": 0, "count": 1},
    )
    table = a_table(inside.address("tags", uuid4().hex), plan=plan, run_id="r-1")
    own = [shard_tags("annotate", table, shard)[3:] for shard in table.shards]
    assert own == [
        ("I1", "I2", "I1_test", "I2_test", "r-1/I1_test", "r-1/I2_test"),
        ("I3", "r-1/I3"),
        (),
        (),
    ]
    assert shard_tags("annotate", table, 2) == (PROJECT, "r-1", "annotate")
