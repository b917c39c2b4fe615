"""`python -m tests.moto_server [--host H] [--port P]`: moto's S3 with a bucket, counting what it is asked.

`GET /counts` tells how often each kind of request came; nothing of moto answers there.
"""

import argparse
import json
import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.serving import make_server

from tests.tasks.storage.conftest import make_bucket, one_condition_at_a_time

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def kind_of(method: str, path: str, query: str) -> str:
    """What S3's price list calls a request."""
    if method == "GET" and ("list-type" in query or path.strip("/").count("/") == 0):
        return "LIST"
    return method


def counting(application: Application) -> Application:
    """The application, and a count of what it was asked."""
    counts: Counter[str] = Counter()
    alone = threading.Lock()

    def counted(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/counts":
            with alone:
                said = json.dumps(counts).encode()
            start_response("200 OK", [("Content-Type", "application/json")])
            return [said]
        kind = kind_of(environ["REQUEST_METHOD"], environ["PATH_INFO"], environ["QUERY_STRING"])
        with alone:
            counts[kind] += 1
            counts["bytes written"] += int(environ.get("CONTENT_LENGTH") or 0)
        return application(environ, start_response)

    return counted


def main() -> None:
    """Serve until ended."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    words = parser.parse_args()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server(
        words.host,
        words.port,
        counting(one_condition_at_a_time()),
        threaded=True,
        request_handler=MotoRequestHandler,
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://{words.host}:{server.server_port}"
    make_bucket(address)
    print(address, flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
