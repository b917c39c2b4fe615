import httpx
import pytest
from playwright.sync_api import expect

from tests.browsing import browser_page
from tests.flows.conftest import Clone

pytestmark = [pytest.mark.prefect, pytest.mark.browser]


def test_no_page_of_another_site_may_read_the_server_or_start_a_flow(clone: Clone) -> None:
    api = clone.settings["PREFECT_API_URL"]
    ui = api.removesuffix("/api")
    asks = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    for origin, invited in ((ui, ui), ("http://evil.example", None), ("null", None)):
        with httpx.Client(headers={"Origin": origin}, trust_env=False, timeout=60) as client:
            answers = (client.options(f"{api}/flow_runs/", headers=asks), client.get(f"{api}/health"))
        assert [each.headers.get("access-control-allow-origin") for each in answers] == [invited] * 2


def test_the_ui_lists_every_deployment_and_its_form_explains_the_fields(clone: Clone) -> None:
    from tasks.annotation.stage import Parameters

    api = clone.settings["PREFECT_API_URL"]
    annotate = (
        httpx.get(f"{api}/deployments/name/annotate/annotate", trust_env=False, timeout=60)
        .raise_for_status()
        .json()["id"]
    )
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
