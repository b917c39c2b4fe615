"""The dashboard of spend as `make dashboard` serves it, in a browser, over a ledger with hostile rows."""

import csv
import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from tests.browsing import browser_page
from tests.conftest import CLONE
from tests.postgres import a_database
from tests.tasks.llm.spending.booked import HOSTILE, book, ledger_at

NOTEBOOK = CLONE / "notebooks" / "spend.py"
DESK, PHONE = 1280, 390
PATIENCE_MS = 120_000
TOO_WIDE = """[...document.querySelectorAll('.spend, .spend *')].filter(each =>
    !each.closest('.wide') && each.getBoundingClientRect().right > innerWidth + 1)
    .map(each => each.outerHTML)"""


def fill(place: Path | str) -> None:
    """A ledger of two stages under caps, in which every text that can be hostile is, and a model that bills
    more than was reserved."""
    ledger = ledger_at(place)
    ledger.set_cap("run:r/annotate", 0.00005)
    ledger.set_token_cap("run:r", 20_000)
    ledger.set_owner("r", "red", "maps")
    for minute in range(30):
        book(ledger, at=f"2026-11-21T10:{minute:02}", shard=minute % 4, latency_s=minute / 10)
    for minute, text in enumerate(HOSTILE):
        book(
            ledger, at=f"2026-11-21T11:{minute:02}", model=text, stage="instruct", status=text, run=text,
            address=f"/t/{text}/v1", cost=100,
        )  # fmt: skip
    book(ledger, at="2026-11-21T11:30", cost=None)
    book(ledger, at="2026-11-21T11:31", model="tenfold", run="over", cost=9_000, worst=1_000)
    ledger.close()


@contextmanager
def dashboard(world: Path, ledger: Path | str | None = None) -> Iterator[str]:
    """The dashboard over a ledger, by default that of a world; its address."""
    settings = {
        **{name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")},
        "FOUNDRY_LEDGER": str(ledger or world / "ledger.sqlite"),
        "FOUNDRY_ROOT": str(world / "tables"),
        "FOUNDRY_STATE": str(world / "state"),
        "PYTHONPATH": str(CLONE),
        "HOME": str(world / "home"),
    }
    command = [sys.executable, "-m", "infra.local.dashboard"]
    with subprocess.Popen(command, cwd=world, env=settings, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            line = next((each for each in server.stdout if "http://" in each), "")
            address = line.split()[1]
            with httpx.Client(transport=httpx.HTTPTransport(retries=20), timeout=60) as client:
                client.get(f"{address}/health").raise_for_status()
            yield address
        finally:
            server.terminate()


def downloaded(page: Page, label: str) -> list[list[str]]:
    with page.expect_download(timeout=PATIENCE_MS) as download:
        page.get_by_text(label).click()
    return list(csv.reader(io.StringIO(download.value.path().read_text(), newline="")))


@pytest.mark.browser
def test_spend_is_seen_on_a_desk_and_a_phone_and_no_row_of_it_can_act(tmp_path: Path) -> None:
    fill(tmp_path / "ledger.sqlite")
    before = {path: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    with dashboard(tmp_path) as address, browser_page(DESK) as page:
        fetched: list[str] = []
        page.on("request", lambda request: fetched.append(request.url))
        page.on("dialog", lambda dialog: pytest.fail(f"a row opened a dialog: {dialog.message}"))
        page.set_default_timeout(PATIENCE_MS)
        page.set_default_navigation_timeout(PATIENCE_MS)
        page.goto(address)
        expect(page.get_by_role("heading", name="For the money")).to_be_visible(timeout=PATIENCE_MS)
        for said in ("spent today (UTC)", "of prompt tokens from the cache", "an hour of late"):
            expect(page.get_by_text(said).first).to_be_visible()
        for name in ("Spend over time, by stage", "What is left of run:r/annotate"):
            expect(page.get_by_role("img", name=name)).to_be_visible()
        expect(page.get_by_role("heading", name="Dearest shards")).to_be_visible()
        expect(page.get_by_role("heading", name="Failures")).to_be_visible()
        for width in (DESK, PHONE):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate(TOO_WIDE) == []
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.set_viewport_size({"width": DESK, "height": 900})
        for said in ("Overruns", "By kind", "By team", "By project", "By searcher"):
            expect(page.get_by_role("heading", name=said, exact=True)).to_be_visible()
        expect(page.get_by_role("row", name=re.compile(r"^tenfold \S+ 0 9$"))).to_be_visible()
        page.get_by_label("Cap").first.select_option("run:r (tokens)")
        expect(page.get_by_text("left of 20,000 tokens")).to_be_visible(timeout=PATIENCE_MS)
        assert page.locator(".spend img, .spend script, .spend a").count() == 0
        assert page.title() == "Spend"
        for label in ("All sums (CSV)", "Failures (CSV)"):
            rows = downloaded(page, label)
            assert len(rows) > len(HOSTILE)
            for cell in (cell for row in rows for cell in row):
                bare = cell.lstrip(" \t\r\n\u200b\ufeff\u00a0")
                assert not bare.startswith(("=", "+", "-", "@", "\uff1d", "|", "%"))
        elsewhere = [url for url in fetched if not url.startswith((address, "data:", "blob:"))]
        assert [url for url in elsewhere if not url.startswith(address.replace("http", "ws"))] == []
    assert {path: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()} == before
    assert not (tmp_path / "home").exists(), "nothing is kept in the home folder"


@pytest.mark.browser
def test_a_choice_narrows_what_is_shown_and_what_is_new_is_read_by_itself(tmp_path: Path) -> None:
    fill(tmp_path / "ledger.sqlite")
    with dashboard(tmp_path) as address, browser_page(DESK) as page:
        page.set_default_navigation_timeout(PATIENCE_MS)
        page.goto(address)
        calls = page.locator(".card", has_text="calls, ").locator("b")
        expect(calls).to_have_text(str(32 + len(HOSTILE)), timeout=PATIENCE_MS)
        page.get_by_label("Period").first.select_option("last hour")
        expect(page.get_by_text("No calls of this choice.")).to_be_visible(timeout=PATIENCE_MS)
        page.get_by_label("Period").first.select_option("all")
        expect(calls).to_have_text(str(32 + len(HOSTILE)), timeout=PATIENCE_MS)
        book(ledger_at(tmp_path / "ledger.sqlite"), at="2026-11-21T11:40", cost=7)
        page.locator("select", has_text="10s").select_option("10s")
        expect(calls).to_have_text(str(33 + len(HOSTILE)), timeout=PATIENCE_MS)


@pytest.mark.browser
def test_a_ledger_on_a_server_is_seen_as_one_in_a_file(tmp_path: Path) -> None:
    with a_database() as place:
        fill(place)
        with dashboard(tmp_path, place) as address, browser_page(PHONE) as page:
            page.set_default_navigation_timeout(PATIENCE_MS)
            page.goto(address)
            expect(page.get_by_role("heading", name="For the money")).to_be_visible(timeout=PATIENCE_MS)
            calls = page.locator(".card", has_text="calls, ").locator("b")
            expect(calls).to_have_text(str(32 + len(HOSTILE)), timeout=PATIENCE_MS)
            expect(page.get_by_text("left of $5e-05")).to_be_visible(timeout=PATIENCE_MS)


@pytest.mark.browser
def test_the_dashboard_answers_this_machine_only(tmp_path: Path) -> None:
    with dashboard(tmp_path) as address:
        assert address.startswith("http://127.0.0.1:")
        refused = httpx.get(address, headers={"Host": "page.of.somebody"}, timeout=60)
        assert refused.status_code == 400


def test_pages_of_other_sites_get_nothing_and_its_own_are_served(tmp_path: Path) -> None:
    with dashboard(tmp_path) as address:
        port = httpx.URL(address).port
        for origin in ("http://evil.example", "null", "http://127.0.0.1:1", f"https://127.0.0.1:{port}"):
            for method in ("GET", "POST", "OPTIONS"):
                refused = httpx.request(method, address, headers={"Origin": origin}, timeout=60)
                assert refused.status_code == 403
                assert "marimo" not in refused.text
            with pytest.raises(InvalidStatus, match="403"), connected(address, origin):
                pass
        for own in (address, f"http://localhost:{port}"):
            answer = httpx.get(own, headers={"Origin": own}, timeout=60)
            assert answer.status_code == 200
            assert not [name for name in answer.headers if name.startswith("access-control-")]
            with connected(own, own) as opened:
                assert opened.recv(timeout=60)


def connected(address: str, origin: str) -> ClientConnection:
    """The WebSocket of a page, opened by a page of an origin."""
    page = f"{address.replace('http', 'ws')}/ws?session_id=s_123456"
    return connect(page, origin=Origin(origin), proxy=None, open_timeout=60)


@pytest.mark.parametrize("there", ["no ledger", "no ledger of ours", "calls"])
def test_whatever_the_ledger_is_the_notebook_ends_well_and_writes_nothing(there: str, tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.sqlite"
    if there == "calls":
        fill(ledger)
    elif there == "no ledger of ours":
        ledger.write_text("notes " * 200)
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    outcome = subprocess.run(
        [sys.executable, str(NOTEBOOK), "--", "--ledger", str(ledger), "--root", str(tmp_path / "tables")],
        capture_output=True, text=True, check=False, cwd=tmp_path,
        env={**os.environ, "XDG_CONFIG_HOME": str(tmp_path.parent / "config"), "PYTHONPATH": str(CLONE)},
    )  # fmt: skip
    assert outcome.returncode == 0, outcome.stderr
    assert "Traceback" not in outcome.stderr
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before
