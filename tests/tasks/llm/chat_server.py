"""A chat server for tests: real HTTP, answers as scripted."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.servers import Server

USAGE = {"prompt_tokens": 100, "completion_tokens": 7, "prompt_tokens_details": {"cached_tokens": 40}}


@dataclass
class Answer:
    """What the server does with one request."""

    body: Any = None
    """JSON, or bytes sent as they are."""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False
    """Close the connection instead of answering."""
    until: threading.Event | None = None
    """Answer only after this is set."""


def completion(message: dict[str, Any], **more: Any) -> Answer:
    choice = {"index": 0, "message": {"role": "assistant", **message}, "finish_reason": "stop"}
    return Answer({"id": "x", "object": "chat.completion", "choices": [choice], "usage": USAGE, **more})


def continuation(text: str) -> Answer:
    """The answer to a plain prompt."""
    choice = {"index": 0, "text": text, "finish_reason": "stop", "logprobs": None}
    return Answer({"id": "x", "object": "text_completion", "choices": [choice], "usage": USAGE})


def failure(status: int, message: str = "as told", code: str = "", **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer({"error": {"message": message, "code": code or None, "type": "x"}}, status, named)


@dataclass
class ChatServer:
    """A running server and what it was asked."""

    url: str
    answers: list[Answer]
    """For one request each; the last one stays."""
    bodies: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    """Of the requests with a body."""


@contextmanager
def chat_server(*answers: Answer) -> Iterator[ChatServer]:
    """A server on a free port of this machine; ends with the block."""

    one_at_a_time = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            with one_at_a_time:  # whoever counts the requests knows that each has its answer
                answer = known.answers.pop(0) if len(known.answers) > 1 else known.answers[0]
                known.paths.append(self.path)
                known.headers.append({name.lower(): value for name, value in self.headers.items()})
                known.bodies.append(json.loads(content))
            self._send(answer)

        def do_GET(self) -> None:
            known.headers.append({name.lower(): value for name, value in self.headers.items()})
            self._send(known.answers[0])

        def _send(self, answer: Answer) -> None:
            if answer.until is not None:
                answer.until.wait(30)
            if answer.cut:
                self.close_connection = True
                return
            content = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
            self.send_response(answer.status)
            for name, value in {"Content-Type": "application/json", **answer.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = Server(("127.0.0.1", 0), Handler)
    known = ChatServer(f"http://127.0.0.1:{server.server_address[1]}/v1", list(answers))
    serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    serving.start()
    try:
        yield known
    finally:
        server.shutdown()
        serving.join()
        server.server_close()
