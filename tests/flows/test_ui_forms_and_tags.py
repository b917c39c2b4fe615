"""Clicking in the Prefect UI: a form that refuses what lies out of bounds, and shards found by their tags."""

from uuid import UUID, uuid4

import httpx
import pytest
from playwright.sync_api import Page, expect
from prefect.client.orchestration import get_client
from prefect.states import Completed

from flows.shards import shard_tags
from tests.browsing import browser_page
from tests.flows.conftest import Clone
from tests.tasks.storage.tables_made import a_table

pytestmark = [pytest.mark.prefect, pytest.mark.browser]


def deployment(clone: Clone, name: str) -> str:
    found = httpx.get(
        f"{clone.settings['PREFECT_API_URL']}/deployments/name/{name}/{name}", trust_env=False, timeout=60
    )
    return str(found.raise_for_status().json()["id"])


def runs_of(clone: Clone, deployment_id: str) -> int:
    asked = {"flow_runs": {"deployment_id": {"any_": [deployment_id]}}}
    return int(
        httpx.post(
            f"{clone.settings['PREFECT_API_URL']}/flow_runs/count", json=asked, trust_env=False, timeout=60
        ).json()
    )


def fill(page: Page, title: str, value: str) -> None:
    """Write into the field under a title."""
    below = page.get_by_text(title, exact=True).first
    below.locator("xpath=following::*[self::input or self::textarea][1]").fill(value)


def test_a_form_tells_its_bounds_and_refuses_what_lies_outside_before_anything_runs(clone: Clone) -> None:
    annotate = deployment(clone, "annotate")
    before = runs_of(clone, annotate)
    ui = clone.settings["PREFECT_API_URL"].removesuffix("/api")
    with browser_page(height=3000) as page:
        page.goto(f"{ui}/deployments/deployment/{annotate}/run")
        expect(page.get_by_text("Instructions searched at once, per shard (1 to 512)")).to_be_visible()
        expect(page.get_by_text("Cap of this stage's spend in its run [USD] (at least 0)")).to_be_visible()
        fill(page, "Instructions", clone.address("instructions", "v1"))
        fill(page, "Trajectories", clone.address("trajectories", "v1"))
        fill(page, "Concurrency (Optional)", "9999")
        page.get_by_role("button", name="Submit").click()
        expect(page.get_by_text("9999 is greater than the maximum of 512").first).to_be_visible()
    assert runs_of(clone, annotate) == before


def test_shards_are_found_by_their_tags(inside: Clone) -> None:
    run_id = f"tags-{uuid4().hex[:6]}"
    plan = tuple({"first": n, "count": 1, "splits": ["I1_train" if n < 25 else "I3_test"]} for n in range(40))
    table = a_table(inside.address("trajectories", run_id), plan=plan, run_id=run_id)
    annotate_shard = deployment(inside, "annotate-shard")
    with get_client(sync_client=True) as client:
        for shard in table.shards:
            client.create_flow_run_from_deployment(
                UUID(annotate_shard),
                parameters={"address": table.address, "shard": shard},
                tags=list(shard_tags("annotate", table, shard)),
                state=Completed(),
            )
        client.create_flow_run_from_deployment(
            UUID(annotate_shard),
            parameters={"address": table.address, "shard": 0},
            tags=["toolfoundry", "another-run", "annotate", "I3", "I3_test", "another-run/I3_test"],
            state=Completed(),
        )
    ui = inside.settings["PREFECT_API_URL"].removesuffix("/api")
    with browser_page() as page:
        for tag, count in ((run_id, 40), (f"{run_id}/I3_test", 15)):
            page.goto(f"{ui}/v2/runs")
            page.get_by_role("textbox", name="All tags").fill(tag)
            page.keyboard.press("Enter")
            expect(page.get_by_text(f"{count} Flow runs", exact=True)).to_be_visible()
