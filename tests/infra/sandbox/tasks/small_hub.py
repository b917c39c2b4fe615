"""A marketplace of one tool with few APIs, which speaks the hub's protocol."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, urlsplit

from tests.infra.sandbox.tasks.builders import api_page, parameter
from tests.servers import Server


def _apis(broken: bool) -> list[dict]:
    hour = parameter("hour", "INTEGER", minimum=0, maximum=23, example=6)
    words = "How high the water stands in {harbour} at an hour of the day. In metres."
    return [
        api_page(f"tide-{n}", [hour], {"wrong": 1} if broken else {"metres": 1.5}, description=words)
        for n in range(6)
    ]


@contextmanager
def small_hub(broken: bool = False) -> Iterator[str]:
    """Serve it on a free port; its APIs answer 500 if `broken`. Yields the address."""

    class Desk(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            self.rfile.read(int(self.headers["content-length"]))
            self._send({"key": "k"})

        def do_DELETE(self):
            self._send({})

        def do_GET(self):
            address = urlsplit(self.path)
            if address.path == "/hub/tools":
                self._send({"results": [{"slug": "tides"}], "next": None})
            elif address.path == "/hub/tools/tides":
                page = {"slug": "tides", "name": "Tides", "category": "Sea", "description": "Water."}
                origin = f"http://{self.headers['host']}"
                self._send(
                    {**page, "base_url": f"{origin}/api/tides", "collections": [], "apis": _apis(broken)}
                )
            elif address.path.startswith("/hub/sessions/"):
                self._send({"state": {}})
            elif broken:
                self._send({"message": "Internal server error"}, 500)
            else:
                hour = int(parse_qs(address.query)["hour"][0])
                harbour = int(address.path[-1])
                self._send({"metres": round(2 + hour / 7 + harbour / 3, 3)})

        def _send(self, content, status=200):
            body = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = Server(("127.0.0.1", 0), Desk)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
