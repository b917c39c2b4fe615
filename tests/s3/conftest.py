"""Real S3 servers of this machine: radosgw, and two that must be refused. `make test-s3` runs them."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from infra.s3.radosgw import NoServer, Radosgw, radosgw
from tests.conftest import CLONE
from tests.tasks.storage.conftest import make_bucket, point_at, s3_server

SERVERS = Path(os.environ.get("FOUNDRY_TEST_S3") or CLONE / ".foundry" / "s3")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long tests run where they are asked for."""
    if not os.environ.get("FOUNDRY_TEST_S3"):
        for item in items:
            if "tests/s3" in str(item.path) and item.get_closest_marker("s3"):
                item.add_marker(pytest.mark.skip(reason="takes minutes and real servers: make test-s3"))


def installed(server: str) -> Path:
    """Folder of an installed server; skips with what the installation said."""
    folder = SERVERS / server
    if not (folder / ".complete").exists():
        missing = folder / ".missing"
        pytest.skip(missing.read_text().strip() if missing.exists() else f"{server} is not installed")
    return folder


@pytest.fixture(scope="session")
def ceph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Radosgw]:
    """A running radosgw with the bucket `tables`."""
    try:
        with radosgw(installed("radosgw"), tmp_path_factory.mktemp("ceph")) as server:
            make_bucket(server.address)
            yield server
    except NoServer as none:
        pytest.skip(str(none))


@pytest.fixture
def rados(ceph: Radosgw, monkeypatch: pytest.MonkeyPatch) -> Radosgw:
    """That server, with the variables that point at it."""
    point_at(ceph.address, monkeypatch)
    return ceph


@contextmanager
def serving(command: list[str], port: int, log: Path) -> Iterator[str]:
    """Address of a server that a command starts on a port; ends with the block."""
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)
    try:
        for _ in range(300):
            if process.poll() is not None:
                pytest.skip(f"{command[0]} ended: {log.read_text(errors='replace')[-300:]}")
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=30)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


__all__ = ["s3_server"]  # the fixture of moto is found here too
