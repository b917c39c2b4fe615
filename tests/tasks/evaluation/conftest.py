import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.conftest import CLONE
from tests.servers import Server
from tests.tasks.evaluation.made import Served

SCRIPTED_STUDENT = Path(__file__).with_name("scripted_student.py")


@pytest.fixture(scope="session")
def rehearsal_address() -> Iterator[str]:
    """The sandbox's teacher as a process of its own."""
    command = [sys.executable, "-m", "infra.sandbox.teacher", "--port", "0", "--seed", "1"]
    with subprocess.Popen(command, cwd=CLONE, stdout=subprocess.PIPE, text=True) as started:
        try:
            assert started.stdout is not None
            line = started.stdout.readline()
            assert line.startswith("teacher on http://"), line
            yield line.removeprefix("teacher on ").strip()
        finally:
            started.kill()


@pytest.fixture
def rehearsal(rehearsal_address: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The model server of this test is the sandbox's teacher."""
    monkeypatch.setenv("OPENAI_BASE_URL", rehearsal_address)
    return rehearsal_address


@pytest.fixture
def almanac() -> Iterator[Served]:
    """An API that tells when the sun rises, and remembers for which cities it was asked."""
    asked: list[str] = []

    class Almanac(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(parse_qs(urlsplit(self.path).query)["city"][0])
            body = json.dumps({"sunrise": "06:12"}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    server = Server(("127.0.0.1", 0), Almanac)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield Served(f"http://127.0.0.1:{server.server_port}/sunrise", asked)
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def scripted_student(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Students are served by a script that always solves; returns the file it notes each request in."""
    from tasks.evaluation import student

    notes = tmp_path / "student-requests.jsonl"
    monkeypatch.setattr(student, "SERVER", (sys.executable, str(SCRIPTED_STUDENT), "--notes", str(notes)))
    return notes
