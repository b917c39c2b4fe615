"""What is asked of a hub beside its APIs arrives, also where a connection ends under it."""

import http.server
import json
import threading

import pytest

from infra.sandbox.tasks.errors import TasksError
from infra.sandbox.tasks.hub import Hub


@pytest.fixture
def losing():
    """A hub that ends so many of the next connections without an answer, and the requests that it had."""

    class Page(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        lost, asked = 0, []

        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            self.answer({"key": "k"})

        def do_GET(self):
            Page.asked.append(self.path)
            if len(Page.asked) <= Page.lost:
                self.close_connection = True
                return
            self.answer({"catalogue": "7"})

        def answer(self, document):
            body = json.dumps(document).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Page, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_connection_that_ends_without_an_answer_is_made_anew(losing):
    page, address = losing
    page.lost = 2
    with Hub(address) as hub:
        assert hub.catalogue() == "7"
    assert page.asked == ["/healthz"] * 3


def test_a_hub_that_answers_nothing_at_all_is_one_sentence(losing):
    page, address = losing
    page.lost = 99
    with Hub(address) as hub, pytest.raises(TasksError, match=f"no hub answers at {address}"):
        hub.catalogue()
    assert page.asked == ["/healthz"] * 3
