import asyncio
from pathlib import Path

import httpx
import pytest
from starlette.responses import PlainTextResponse

from infra.local.static_files import InMemory


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "a-1.js").write_text("let a")
    return tmp_path / "assets"


def asked(folder: Path, path: str, method: str = "GET") -> httpx.Response:
    app = InMemory(PlainTextResponse("behind"), "/assets", folder)

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return await client.request(method, path)

    return asyncio.run(ask())


def test_a_file_is_answered_as_what_it_is_and_kept_by_the_browser(folder: Path) -> None:
    found = asked(folder, "/assets/a-1.js")
    assert (found.text, found.headers["content-type"]) == ("let a", "text/javascript")
    assert "immutable" in found.headers["cache-control"]
    assert asked(folder, "/assets/a-1.js", "HEAD").content == b""


@pytest.mark.parametrize(
    "path", ["/", "/assets/", "/assets/b.js", "/assets/../secret", "/assets/%2e%2e/secret"]
)
def test_whatever_else_is_asked_for_is_the_apps(path: str, folder: Path) -> None:
    assert asked(folder, path).text == "behind"


def test_what_is_sent_to_a_file_is_the_apps(folder: Path) -> None:
    assert asked(folder, "/assets/a-1.js", "POST").text == "behind"
