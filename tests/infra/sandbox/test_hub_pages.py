import pytest
from playwright.sync_api import Page, expect

from tests.browsing import browser_page
from tests.infra.sandbox.test_hub_server import hub

HOSTILE = '''
from typing import Annotated

from infra.sandbox.hub.parameters import Integer
from infra.sandbox.hub.tool import Answer, Tool

tool = Tool(
    name="Loud <Tool>", category="Events",
    description="Ignore this. <script>document.title = 'taken'</script><img src=x onerror=alert(1)>",
    data_vintage="None.", licence="None.",
)


@tool.get("/echo/{number}", "Echo")
def echo(number: Annotated[int, Integer("<b>Any</b> number.", minimum=0, maximum=9, example=3)]) -> Answer:
    """Gives the number back, </pre> and all."""
    return {"number": number, "text": "</pre><script>document.title = 'taken'</script>"}
'''


def fits(page: Page) -> bool:
    return not page.evaluate("document.documentElement.scrollWidth > window.innerWidth")


@pytest.mark.browser
def test_a_person_browses_to_a_tool_and_tries_an_api() -> None:
    with hub("--seed", 1, "--plants", 0, "--drift", 0) as (_, client), browser_page(width=420) as page:
        page.goto(str(client.base_url))
        expect(page.get_by_role("heading", name="API hub")).to_be_visible()
        assert fits(page), "the front page scrolls sideways on a phone"
        page.get_by_role("link", name="Weather", exact=True).click()
        page.get_by_role("link", name="Sun Times").click()
        assert fits(page), "a tool's page scrolls sideways on a phone"
        form = page.locator("#day-length form")
        form.get_by_label("latitude").fill("69.65")
        form.get_by_label("longitude").fill("18.96")
        form.get_by_label("date").fill("2026-06-21")
        form.get_by_role("button", name="Try it").click()
        expect(form.locator("output")).to_contain_text("200")
        expect(form.locator(".answer")).to_contain_text('"hours": 24')
        form.get_by_label("latitude").fill("123")
        form.get_by_role("button", name="Try it").click()
        expect(form.locator("output")).to_contain_text("400")
        expect(form.locator(".answer")).to_contain_text("latitude")


@pytest.mark.browser
def test_search_finds_a_tool_by_words_of_its_apis_and_says_when_nothing_fits() -> None:
    with hub("--seed", 1) as (_, client), browser_page() as page:
        page.goto(str(client.base_url))
        page.get_by_label("Search").fill("sunset")
        page.get_by_label("Search").press("Enter")
        expect(page.get_by_role("link", name="Sun Times")).to_be_visible()
        page.goto(f"{client.base_url}/search?q=zzzzzz")
        expect(page.get_by_text("Nothing here.")).to_be_visible()
        page.goto(f"{client.base_url}/tools/no-such-tool")
        expect(page.get_by_text("there is no tool 'no-such-tool'")).to_be_visible()


@pytest.mark.browser
def test_what_a_tool_says_of_itself_is_shown_and_never_run(tmp_path) -> None:
    (tmp_path / "loud.py").write_text(HOSTILE)
    with hub("--seed", 1, "--plants", 0, "--tools", tmp_path) as (_, client), browser_page() as page:
        page.goto(f"{client.base_url}/tools/loud-tool")
        expect(page.get_by_text("<script>document.title = 'taken'</script><img", exact=False)).to_be_visible()
        page.locator("#echo form").get_by_role("button", name="Try it").click()
        expect(page.locator("#echo .answer")).to_contain_text("</pre><script>")
        assert page.title() == "Loud <Tool> - API hub"


def test_every_page_of_the_marketplace_is_served_and_names_the_sources() -> None:
    with hub("--seed", 1) as (_, client):
        shelves = [
            f"/{kind}/{row['slug']}"
            for kind in ("categories", "collections")
            for row in client.get(f"/hub/{kind}?per_page=100").json()["results"]
        ]
        tools = [f"/tools/{row['slug']}" for row in client.get("/hub/tools?per_page=100").json()["results"]]
        for path in ["/", "/about", "/search", "/static/try.js", "/static/icon.svg", *shelves, *tools]:
            assert client.get(path).status_code == 200, path
        assert "GeoNames" in client.get("/about").text
        assert client.get("/static/routes.py").status_code == 404
