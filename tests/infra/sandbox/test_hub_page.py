import pytest
from playwright.sync_api import expect

from tests.browsing import browser_page
from tests.infra.sandbox.test_hub_server import hub


@pytest.mark.browser
def test_a_person_can_open_a_tool_on_the_front_page_and_read_its_apis() -> None:
    with hub("--seed", 1) as (_, client), browser_page(width=420) as page:
        page.goto(str(client.base_url))
        expect(page.get_by_role("heading", name="API hub")).to_be_visible()
        line = page.get_by_text("GET /api/sun-times", exact=False).first
        expect(line).to_be_hidden()
        page.get_by_text("Sun Times", exact=True).click()
        expect(line).to_be_visible()
        wider = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
        assert not wider, "the page scrolls sideways on a phone"
