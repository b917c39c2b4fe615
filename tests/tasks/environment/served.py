"""A real HTTP server of one function, for tests of what talks to servers."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler

from tests.free_ports import free_port
from tests.servers import Server


@dataclass
class Seen:
    """One request, as it arrived."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Served:
    """Address and log of a running server."""

    address: str
    seen: list[Seen] = field(default_factory=list)


Responder = Callable[[Seen], tuple[int, dict[str, str], bytes]]


@contextmanager
def serving(respond: Responder) -> Iterator[Served]:
    """Serve `respond` on a free port of loopback until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = Seen(self.command, self.path, headers, self.rfile.read(length))
            served.seen.append(request)
            status, headers, body = respond(request)
            try:
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)
            except OSError:
                self.close_connection = True

        do_GET = do_POST = do_PUT = do_DELETE = answer

        def log_message(self, *_: object) -> None:
            """Tests say what they saw themselves."""

    server = Server(("127.0.0.1", 0), Handler)
    served = Served(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def json_answer(body: bytes, status: int = 200) -> tuple[int, dict[str, str], bytes]:
    """A response of JSON."""
    return status, {"Content-Type": "application/json"}, body


def closed_port() -> int:
    """A port on which nobody listens, nor will soon."""
    return free_port()
