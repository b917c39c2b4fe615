"""A model server that takes its time: in front of another one, with a latency that a test sets; it counts.

What a test holds back is not answered before it is let go, or the server ends.
"""

import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class SlowModel:
    """What the gateway counts; `latency_s` and `held` may be changed while it runs."""

    def __init__(self, behind: str, latency_s: float):
        self.behind, self.latency_s = behind.removesuffix("/v1"), latency_s
        self.held: Callable[[str], bool] = lambda request: False
        """Which completions, by the JSON of what is asked, wait until that is no longer so."""
        self.ended = threading.Event()
        self.asked: list[float] = []
        """When each completion was asked for, on the monotonic clock [s]."""
        self.answered = 0
        """Completions whose answer was sent to somebody who still listened."""
        self.most_in_flight = 0
        self.url = ""
        """For OPENAI_BASE_URL."""
        self._in_flight = 0
        self._lock = threading.Lock()

    def enter(self) -> None:
        """A completion is asked for."""
        with self._lock:
            self.asked.append(time.monotonic())
            self._in_flight += 1
            self.most_in_flight = max(self.most_in_flight, self._in_flight)

    def leave(self, answered: bool) -> None:
        """It is over."""
        with self._lock:
            self._in_flight -= 1
            self.answered += answered


@contextmanager
def slow_model(behind: str, latency_s: float) -> Iterator[SlowModel]:
    """A gateway to the model server `behind` (ends in /v1), on a port of its own."""
    model = SlowModel(behind, latency_s)

    class Gateway(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._pass(None)

        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            model.enter()
            answered = False
            try:
                model.ended.wait(model.latency_s)
                while model.held(content.decode()) and not model.ended.wait(0.05):
                    pass
                answered = self._pass(content)
            finally:
                model.leave(answered)

        def _pass(self, content: bytes | None) -> bool:
            request = urllib.request.Request(model.behind + self.path, data=content)
            request.add_header("Content-Type", "application/json")
            try:
                with urllib.request.urlopen(request, timeout=60) as answer:
                    status, body = answer.status, answer.read()
            except urllib.error.HTTPError as error:
                status, body = error.code, error.read()
            try:
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except OSError:  # nobody waits for it any more
                return False
            return bool(status == 200)

        def log_message(self, *words: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    model.url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield model
    finally:
        model.ended.set()
        server.shutdown()
        server.server_close()
