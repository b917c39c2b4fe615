"""The notebook of trajectories in a browser: trees of ours, and those that others published."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect

from tasks.search.effects import Reply
from tests.browsing import browser_page
from tests.conftest import CLONE
from tests.free_ports import free_port
from tests.tasks.annotation.analysis.grown import RAIN, WIND, answer, call, trajectory
from tests.tasks.annotation.analysis.test_sources import table

NOTEBOOK = CLONE / "notebooks" / "trajectories.py"
HUNDRED_NODES = 100
PATIENCE_MS = 120_000
HEIGHT = "each => each.getBoundingClientRect().height"
IS_INSIDE = "box => box.getBoundingClientRect().right <= document.documentElement.clientWidth + 1"
SCROLLS = "box => box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight"


def bushy() -> list[Reply]:
    """Replies that grow a tree of more than a hundred nodes before one of them answers."""
    return [call(RAIN if ask % 2 else WIND, thought=f"try {ask}", day=ask) for ask in range(40)]


@contextmanager
def served(place: Path, home: Path) -> Iterator[str]:
    """The notebook served for a place; its address."""
    port = free_port()
    command = [
        *(sys.executable, "-m", "marimo", "run", str(NOTEBOOK), "--headless", "--no-token"),
        *("--host", "127.0.0.1", "--port", str(port), "--", "--address", str(place)),
    ]
    settings = {**os.environ, "XDG_CONFIG_HOME": str(home), "PYTHONPATH": str(CLONE)}
    with subprocess.Popen(command, cwd=home, env=settings, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            assert any("URL" in line for line in server.stdout), "marimo does not serve the notebook"
            address = f"http://127.0.0.1:{port}"
            with httpx.Client(transport=httpx.HTTPTransport(retries=10), timeout=60) as client:
                client.get(f"{address}/health").raise_for_status()
            yield address
        finally:
            server.terminate()


@pytest.mark.browser
def test_a_tree_of_a_hundred_nodes_can_be_read_in_wide_and_in_narrow_windows(tmp_path: Path) -> None:
    replies = [*bushy(), answer("At last.")]
    row = trajectory(replies, searcher="DFS_woFilter_w3")
    assert row.tree.count('"node_id"') > HUNDRED_NODES
    place = Path(table(tmp_path / "t", [row]))
    before = sorted(tmp_path.rglob("*"))
    home = tmp_path.parent / f"{tmp_path.name}-home"
    home.mkdir()
    with served(place, home) as address, browser_page(1400) as page:
        fetched: list[str] = []
        page.on("request", lambda request: fetched.append(request.url))
        page.goto(address)
        cards, frame = page.locator("svg.tree g.card"), page.locator(".tree-frame")
        expect(cards.first).to_be_visible(timeout=PATIENCE_MS)  # the kernel imports half the factory first
        assert cards.count() < 20, "a large tree is folded at first"
        page.get_by_role("switch", name="Fold what failed").click()
        expect(cards).to_have_count(len(replies) + 1)
        for width in (1400, 800):
            page.set_viewport_size({"width": width, "height": 1000})
            assert frame.evaluate(IS_INSIDE)
            assert frame.evaluate(SCROLLS)
            letters = page.locator("svg.tree text.call").first
            assert letters.evaluate(HEIGHT) > 9, "letters of a readable size"
        slider = page.get_by_role("slider").first
        wide = page.locator("svg.tree").evaluate("svg => svg.getBoundingClientRect().width")
        slider.focus()
        slider.press("Home")
        page.wait_for_function(
            "wide => document.querySelector('svg.tree').getBoundingClientRect().width < wide / 2", arg=wide
        )
        expect(page.get_by_text("Reply in full")).to_be_visible()
        elsewhere = [url for url in fetched if "127.0.0.1" not in url]
        assert [url for url in elsewhere if not url.startswith(("data:", "blob:"))] == []
    assert sorted(tmp_path.rglob("*")) == before


def test_published_searches_are_shown_as_well(shared: Path, tmp_path: Path) -> None:
    folder = shared / "data" / "toolbench"
    for place in (folder / "answer", folder / "tooleval_converted" / "G1_tool.json"):
        outcome = subprocess.run(
            [sys.executable, str(NOTEBOOK), "--", "--address", str(place)],
            capture_output=True, text=True, check=False, cwd=tmp_path,
            env={**os.environ, "XDG_CONFIG_HOME": str(tmp_path.parent / "config"), "PYTHONPATH": str(CLONE)},
        )  # fmt: skip
        assert outcome.returncode == 0, outcome.stderr


def test_a_place_without_searches_is_one_sentence(tmp_path: Path) -> None:
    outcome = subprocess.run(
        [sys.executable, str(NOTEBOOK), "--", "--address", str(tmp_path / "nothing")],
        capture_output=True, text=True, check=False, cwd=tmp_path,
        env={**os.environ, "XDG_CONFIG_HOME": str(tmp_path.parent / "config"), "PYTHONPATH": str(CLONE)},
    )  # fmt: skip
    assert "Traceback" not in outcome.stderr
    assert outcome.returncode == 0
