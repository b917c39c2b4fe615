"""A hub of six tools in this process, which can be stopped in the middle and started again at its address."""

import json
import threading
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.servers import Server

TOOLS = tuple(f"tool-{number}" for number in range(6))


class TinyHub:
    def __init__(self, port: int = 0):
        hub = self

        class Answers(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                found = hub.answer(self.path)
                self.send_response(200 if found is not None else 404)
                self.end_headers()
                self.wfile.write(json.dumps(found).encode())

            def log_message(self, *arguments: object) -> None:
                """Say nothing."""

        self.calls = 0
        self.elsewhere = ""
        """Where its APIs are served, when not here."""
        self.pricing = ""
        self.server = Server(("127.0.0.1", port), Answers)
        self.location = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def answer(self, path: str) -> Any:
        head, _, name = path.partition("?")[0].rpartition("/")
        if path == "/healthz":
            return {"catalogue": "tiny"}
        if head == "/hub" and name == "tools":
            return {"results": [{"slug": each} for each in TOOLS], "next": None}
        if head == "/hub" and name == "collections":
            return {"results": [{"slug": "all", "name": "All", "tools": list(TOOLS)}], "next": None}
        if head == "/hub/tools" and name in TOOLS:
            apis = [
                {"name": each, "path": f"/{each}", "example_response": {"n": 0}} for each in ("one", "two")
            ]
            base_url = f"{self.elsewhere or self.location}/api/{name}"
            about = {"name": name, "category": "Tiny", "pricing": self.pricing}
            return {**about, "base_url": base_url, "apis": apis}
        self.calls += 1
        return {"n": self.calls}
