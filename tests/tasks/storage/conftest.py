"""An S3 server of this session (moto: the protocol with its conditions, no durability, no rights)."""

import logging
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import make_server

BUCKET = "tables"
KEYS = ("accesskey1", "secretkey123")


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    """Address of a running S3 server with the bucket `tables`."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server(
        "127.0.0.1", 0, one_condition_at_a_time(), threaded=True, request_handler=MotoRequestHandler
    )
    serving = threading.Thread(target=server.serve_forever, daemon=True)
    serving.start()
    url = f"http://127.0.0.1:{server.server_port}"
    make_bucket(url)
    yield url
    server.shutdown()
    serving.join()
    server.server_close()


def one_condition_at_a_time() -> Callable[..., Iterable[bytes]]:
    """moto's application; it looks for an object, then writes it: of two at once both may win."""
    application, alone = DomainDispatcherApplication(create_backend_app), threading.Lock()

    def serialised(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if "HTTP_IF_NONE_MATCH" not in environ:
            return application(environ, start_response)
        with alone:
            return list(application(environ, start_response))

    return serialised


def make_bucket(url: str, keys: tuple[str, str] = KEYS) -> None:
    """The tests' bucket at a server."""
    client = boto3.client(
        "s3",
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id=keys[0],
        aws_secret_access_key=keys[1],
    )
    client.create_bucket(Bucket=BUCKET)
    client.close()


@pytest.fixture
def s3(s3_server: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Address of that server, with the variables that point at it."""
    point_at(s3_server, monkeypatch)
    return s3_server


def point_at(url: str, monkeypatch: pytest.MonkeyPatch, keys: tuple[str, str] = KEYS) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", keys[0])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", keys[1])
    monkeypatch.setenv("AWS_REGION", "us-east-1")


@pytest.fixture(params=["folder", "s3"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An address that holds nothing yet, in a folder and in a bucket."""
    if request.param == "folder":
        return str(tmp_path / "tables" / "v1")
    request.getfixturevalue("s3")
    return f"s3://{BUCKET}/{tmp_path.name}-{os.getpid()}/v1"


@pytest.fixture
def a_folder(tmp_path: Path) -> str:
    """An address that holds nothing yet, for what no store changes."""
    return str(tmp_path / "tables" / "v1")
