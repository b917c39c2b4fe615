import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tasks.errors import ConfigurationError
from tasks.llm.servers import base_url, is_loopback, key_for, model_named, require_reachable
from tests.tasks.llm.chat_server import Answer, chat_server, failure


def test_a_model_is_used_only_where_one_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-present")
    with pytest.raises(ConfigurationError, match="no model is named; give --model NAME or set FOUNDRY_MODEL"):
        model_named("")
    monkeypatch.setenv("FOUNDRY_MODEL", "of-the-shell")
    assert model_named(None) == "of-the-shell"
    assert model_named("given") == "given"


@pytest.mark.parametrize(
    "url",
    [
        "localhost:8000/v1",
        "nonsense",
        "ftp://host/v1",
        "http://",
        "http://[::1",
        "http://host:99999/v1",
        "http://host:x/",
    ],
)
def test_what_is_no_address_is_said(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", url)
    with pytest.raises(ConfigurationError, match="OPENAI_BASE_URL is no address"):
        base_url()


@pytest.mark.parametrize("url", ["https://user:sk-canary@host/v1", "https://host/v1?key=sk-canary"])
def test_an_address_that_holds_a_key_is_refused_and_not_shown(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", url)
    with pytest.raises(ConfigurationError, match="must hold no key") as error:
        base_url()
    assert "canary" not in str(error.value)


def test_the_address_is_that_of_the_shell_or_the_hosted_one(monkeypatch: pytest.MonkeyPatch) -> None:
    assert base_url() == "https://api.openai.com/v1"
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:8000/v1/")
    assert base_url() == "http://127.0.0.1:8000/v1"


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("http://127.0.0.1:1/v1", True),
        ("http://127.8.9.10/v1", True),
        ("http://localhost/v1", True),
        ("http://[::1]:8000/v1", True),
        ("http://127.0.0.1.example.org/v1", False),
        ("http://127.evil.example/v1", False),
        ("http://localhost.example.org/v1", False),
        ("https://api.openai.com/v1", False),
        ("http://10.0.0.1/v1", False),
    ],
)
def test_only_this_machine_is_loopback(url: str, here: bool) -> None:
    assert is_loopback(url) is here


def test_a_hosted_server_needs_a_key_and_one_of_this_machine_none(monkeypatch: pytest.MonkeyPatch) -> None:
    assert key_for("http://127.0.0.1:1/v1") == ""
    with pytest.raises(ConfigurationError, match=r"no key for https://api.openai.com/v1: set OPENAI_API_KEY"):
        key_for("https://api.openai.com/v1")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-1\n")
    assert key_for("https://api.openai.com/v1") == "sk-1"


@pytest.mark.parametrize("key", ["sk-ä", "sk-1\nsk-2", "sk-\x07"])
def test_a_key_that_no_header_can_carry_is_said_and_not_shown(
    key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", key)
    with pytest.raises(ConfigurationError, match="characters that no key has") as error:
        key_for("https://api.openai.com/v1")
    assert key not in str(error.value)


def test_a_server_is_asked_before_anything_is_paid(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-1")
    with chat_server(Answer({"data": []})) as server:
        require_reachable(server.url)
    assert server.headers[0]["authorization"] == "Bearer sk-1"
    with chat_server(failure(404)) as server:
        require_reachable(server.url)  # many servers list no models
    with chat_server(failure(401)) as server, pytest.raises(ConfigurationError, match="refuses the key"):
        require_reachable(server.url)


def test_a_server_that_is_not_there_is_said() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/v1"
        with pytest.raises(ConfigurationError, match=r"no model server answers at .* \(ConnectError\)"):
            require_reachable(url)


class _Listing(BaseHTTPRequestHandler):
    """A model server that lists `known`, and says of one name whether it has it only where told."""

    tells = True

    def do_GET(self) -> None:
        name = self.path.removeprefix("/v1/models").lstrip("/")
        found = not name or (self.tells and name == "known")
        body = b'{"data": [{"id": "known"}]}' if found else b"{}"
        self.send_response(200 if found else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None: ...


@contextmanager
def listing(tells: bool) -> Iterator[str]:
    handler = type("Handler", (_Listing,), {"tells": tells})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,)).start()
        yield f"http://127.0.0.1:{server.server_port}/v1"
        server.shutdown()


def test_a_model_that_the_server_denies_is_refused_with_those_it_has() -> None:
    with listing(tells=True) as url:
        require_reachable(url, "known")
        with pytest.raises(ConfigurationError, match="has no model 'zzz'; it lists known"):
            require_reachable(url, "zzz")


def test_a_server_that_shows_no_single_model_may_take_names_it_does_not_list() -> None:
    with listing(tells=False) as url:
        require_reachable(url, "zzz")
