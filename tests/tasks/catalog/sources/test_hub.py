import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tasks.catalog.sources import hub as hub_source
from tasks.catalog.sources.hub import Hub, hub_location
from tasks.errors import ApiUnreachable, ConfigurationError, RecordError
from tests.tasks.catalog.conftest import Crawled


async def with_hub(location: str, act: Any) -> Any:
    hub = Hub(location)
    try:
        return await act(hub)
    finally:
        await hub.aclose()


@contextmanager
def answering(*answers: tuple[int, Any]) -> Iterator[str]:
    """A server that gives these answers in turn, the last one again and again."""
    left = list(answers)

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = left.pop(0) if len(left) > 1 else left[0]
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, *arguments: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize("spelled", ["http://h:9000", "http://h:9000/", " http://h:9000/hub/ "])
def test_a_hub_has_one_address_however_it_is_spelled(spelled: str):
    assert hub_location(spelled) == "http://h:9000"


def test_listings_are_followed_from_page_to_page(crawled: Crawled, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("FOUNDRY_HUB_KEY", crawled.hub.key)
    whole = asyncio.run(with_hub(crawled.hub.location, Hub.tools))
    monkeypatch.setattr(hub_source, "PER_PAGE", 5)
    assert asyncio.run(with_hub(crawled.hub.location, Hub.tools)) == whole
    assert len(whole) > 10


def test_a_tool_that_is_listed_and_not_documented_is_a_reject(
    crawled: Crawled, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("FOUNDRY_HUB_KEY", crawled.hub.key)
    with pytest.raises(RecordError) as refusal:
        asyncio.run(with_hub(crawled.hub.location, lambda hub: hub.page("no-such-tool")))
    assert refusal.value.reason == "no_page"


def test_the_key_follows_no_listing_to_another_host():
    page = {"results": [{"slug": "a"}], "next": "http://elsewhere.test/hub/tools?page=2"}
    with (
        answering((200, page)) as location,
        pytest.raises(ConfigurationError, match="elsewhere, at http://elsew"),
    ):
        asyncio.run(with_hub(location, Hub.tools))


def test_a_listing_that_leads_back_to_itself_ends():
    page = {"results": [{"slug": "a"}], "next": "/hub/tools?page=1"}
    with answering((200, page)) as location:
        assert asyncio.run(with_hub(location, Hub.tools)) == [("a", "hub/a")]


def test_a_hub_that_stumbles_is_asked_again(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(hub_source, "_PAUSE_S", 0.0)
    good = (200, {"results": [{"slug": "a"}], "next": None})
    with answering((503, {}), (429, {}), good) as location:
        assert asyncio.run(with_hub(location, Hub.tools)) == [("a", "hub/a")]
    with answering((503, {})) as location, pytest.raises(ApiUnreachable, match="status 503"):
        asyncio.run(with_hub(location, Hub.tools))
