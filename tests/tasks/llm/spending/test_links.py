"""Against a server of this machine that answers as Prefect's does."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import orjson
import pytest

from tasks.llm.spending.links import prefect_ui, shard_pages

SHARD = ("r9", "/t/v1", 3)


class Runs(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        asked = orjson.loads(self.rfile.read(int(self.headers["Content-Length"])))
        assert asked["flow_runs"]["tags"]["all_"] == ["r9"]
        runs = [
            {"id": "newest", "parameters": {"address": "/t/v1", "shard": 3}},
            {"id": "older", "parameters": {"address": "/t/v1", "shard": 3}},
            {"id": "parent", "parameters": {}},
        ]
        self.send_response(200)
        self.end_headers()
        self.wfile.write(orjson.dumps(runs))

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def api() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Runs) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/api"
        server.shutdown()
        thread.join()


def test_a_shard_leads_to_its_newest_flow_run(api: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PREFECT_UI_URL", raising=False)
    monkeypatch.setenv("PREFECT_API_URL", api)
    ui = api.removesuffix("/api")
    assert prefect_ui() == ui
    assert shard_pages([SHARD, ("r9", "/t/v1", 4)]) == {SHARD: f"{ui}/runs/flow-run/newest"}


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
