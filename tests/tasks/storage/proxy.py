"""A proxy before an S3 server that misbehaves as told: real requests, real connections."""

import http.client
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

Fault = Callable[[str, str], str]
"""Method and path of a request to what is done: `pass`, `ignore-conditions`, `refuse` (503 before it is
forwarded), `forbid` (403, with a code of the server's after a blank), `unheard` (500 after it was forwarded),
`cut` (connection closed after that), `half` (closed within the answer)."""


class _Server(ThreadingHTTPServer):
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was killed is no error of ours."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


@contextmanager
def faulty(server: str, fault: Fault) -> Iterator[str]:
    """Address of a proxy of `server`; ends with the block."""
    target = urlsplit(server).netloc

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _forward(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            act = fault(self.command, self.path)
            if act == "refuse":
                self._answer(503, b"<Error><Code>SlowDown</Code></Error>")
                return
            if act == "forbid" or act.startswith("forbid "):
                code = act.removeprefix("forbid").strip() or "AccessDenied"
                self._answer(403, f"<Error><Code>{code}</Code></Error>".encode())
                return
            headers = dict(self.headers.items())
            if act == "ignore-conditions":
                headers = {name: value for name, value in headers.items() if name.lower() != "if-none-match"}
            upstream = http.client.HTTPConnection(target)
            upstream.request(self.command, self.path, body, headers)
            answer = upstream.getresponse()
            content = answer.read()
            upstream.close()
            if act == "cut":
                self.close_connection = True
                return
            if act == "half":
                head = f"HTTP/1.1 {answer.status} x\r\nContent-Length: {len(content) + 1}\r\n\r\n".encode()
                self.wfile.write((head + content)[: max(1, (len(head) + len(content)) // 2)])
                self.close_connection = True
                return
            if act == "unheard":
                self._answer(500, b"<Error><Code>InternalError</Code></Error>")
                return
            kept = {name: value for name, value in answer.getheaders() if name in _PASSED_ON}
            self._answer(answer.status, content, kept)

        def _answer(self, status: int, content: bytes, headers: dict[str, str] | None = None) -> None:
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _forward

        def log_message(self, format: str, *args: object) -> None:
            pass

    proxy = _Server(("127.0.0.1", 0), Handler)
    proxy.daemon_threads = True
    serving = threading.Thread(target=proxy.serve_forever, kwargs={"poll_interval": 0.02})
    serving.start()
    try:
        yield f"http://127.0.0.1:{proxy.server_address[1]}"
    finally:
        proxy.shutdown()
        serving.join()
        proxy.server_close()


_PASSED_ON = frozenset({"ETag", "Last-Modified", "Content-Type", "Content-Range", "Accept-Ranges"})
