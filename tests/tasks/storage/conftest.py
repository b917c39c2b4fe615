"""An S3 server of this session (moto: the protocol with its conditions, no durability, no rights)."""

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

BUCKET = "tables"
KEYS = ("accesskey1", "secretkey123")


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    """Address of a running S3 server with the bucket `tables`."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    make_bucket(url)
    yield url
    server.stop()


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
