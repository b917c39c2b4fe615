import httpx
import pytest
from playwright.sync_api import expect

from tests.browsing import browser_page
from tests.flows.conftest import Clone

pytestmark = [pytest.mark.prefect, pytest.mark.browser]


def test_the_ui_lists_every_deployment_and_its_form_explains_the_fields(clone: Clone) -> None:
    from tasks.annotation.stage import Parameters

    api = clone.settings["PREFECT_API_URL"]
    annotate = httpx.get(f"{api}/deployments/name/annotate/annotate").raise_for_status().json()["id"]
    ui = api.removesuffix("/api")
    with browser_page(height=3000) as page:
        page.goto(f"{ui}/deployments")
        for name in ("crawl", "annotate-shard", "finetune", "factory"):
            expect(page.get_by_role("link", name=name, exact=True).first).to_be_visible()
        page.goto(f"{ui}/deployments/deployment/{annotate}/run")
        for field in ("instructions", "trajectories", "budget_usd"):
            description = Parameters.model_fields[field].description
            assert description is not None
            expect(page.get_by_text(description).first).to_be_visible()
