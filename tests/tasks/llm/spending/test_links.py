"""Against a server of this machine that answers as Prefect's does."""

import threading
from base64 import b64encode
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import orjson
import pytest

from tasks.llm.spending import links
from tasks.llm.spending.links import prefect_ui, shard_pages

SHARD = ("r9", "/t/v1", 3)


class Runs(BaseHTTPRequestHandler):
    """Of run r9 two flow runs of shard 3, a parent, and 300 of another address before that of shard 250."""

    def do_POST(self) -> None:
        asked = orjson.loads(self.rfile.read(int(self.headers["Content-Length"])))
        assert asked["flow_runs"]["tags"]["all_"] == ["r9"]
        runs = [
            {"id": "newest", "parameters": {"address": "/t/v1", "shard": 3}},
            {"id": "older", "parameters": {"address": "/t/v1", "shard": 3}},
            {"id": "parent", "parameters": {}},
            *({"id": f"other{n}", "parameters": {"address": "/t/v2", "shard": n}} for n in range(300)),
            {"id": "long-ago", "parameters": {"address": "/t/v1", "shard": 250}},
        ]
        let_in = self.server.password in (None, self.headers["Authorization"])  # type: ignore[attr-defined]
        self.send_response(200 if let_in else 401)
        self.end_headers()
        shown = runs[asked["offset"] : asked["offset"] + min(asked["limit"], 200)] if let_in else []
        self.wfile.write(orjson.dumps(shown))

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def api(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.delenv("PREFECT_UI_URL", raising=False)
    monkeypatch.delenv("PREFECT_API_AUTH_STRING", raising=False)
    monkeypatch.setattr(links, "_WITHIN_S", 60.0)  # a page that is waited for; a test may wait longer
    monkeypatch.setattr(links, "_ALL_WITHIN_S", 60.0)
    with HTTPServer(("127.0.0.1", 0), Runs) as server:
        server.password = getattr(request, "param", None)  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/api"
        server.shutdown()
        thread.join()


def test_a_shard_leads_to_its_newest_flow_run(api: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_API_URL", api)
    ui = api.removesuffix("/api")
    assert prefect_ui() == ui
    assert shard_pages([SHARD, ("r9", "/t/v1", 4)]) == {SHARD: f"{ui}/runs/flow-run/newest"}


def test_flow_runs_of_long_ago_are_found_beyond_the_servers_first_page(
    api: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREFECT_API_URL", api)
    shards = [("r9", "/t/v1", 250), ("r9", "/t/v1", 9999)]
    assert shard_pages(shards) == {shards[0]: f"{api.removesuffix('/api')}/runs/flow-run/long-ago"}


@pytest.mark.parametrize("api", [f"Basic {b64encode(b'factory:tweety').decode()}"], indirect=True)
def test_a_server_with_a_password_is_asked_with_it(api: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_API_URL", api)
    assert shard_pages([SHARD]) == {}
    monkeypatch.setenv("PREFECT_API_AUTH_STRING", "factory:tweety")
    assert shard_pages([SHARD]) != {}


def test_a_server_elsewhere_is_linked_to_and_never_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PREFECT_UI_URL", raising=False)
    monkeypatch.setenv("PREFECT_API_URL", "https://prefect.invalid/api")
    assert shard_pages([SHARD]) == {SHARD: "https://prefect.invalid/runs"}


def test_a_server_that_is_down_or_unknown_has_no_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PREFECT_UI_URL", raising=False)
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
    assert shard_pages([SHARD]) == {}
    monkeypatch.setenv("PREFECT_API_URL", "javascript:alert(1)//api")
    assert prefect_ui() == ""
