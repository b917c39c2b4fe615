"""`foundry show --links` as somebody types it."""

import os
from pathlib import Path

import httpx
import pytest

from flows.__main__ import main
from tasks.records import Trajectory
from tests.tasks.examples import a_trajectory
from tests.tasks.storage.conftest import BUCKET, point_at, s3_server
from tests.tasks.storage.tables_made import a_table

__all__ = ["s3_server"]


def finished(address: str) -> str:
    table = a_table(address)
    table.shard(0).publish({"trajectories": (Trajectory, [a_trajectory(1)])}, finished=True)
    return table.address


def test_links_fetch_the_files_of_a_member_without_a_key(
    s3_server: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    point_at(s3_server, monkeypatch)
    address = finished(f"s3://{BUCKET}/shown-{os.getpid()}/v1")
    with pytest.raises(SystemExit) as ended:
        main(["show", address, "--links", "trajectories"])
    assert ended.value.code == 0
    [signed] = capsys.readouterr().out.split()
    assert "secretkey123" not in signed
    assert httpx.get(signed, timeout=60).content.startswith(b"PAR1")


def test_what_has_no_links_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    address = finished(str(tmp_path / "v1"))
    for member, sentence in (
        ("trajectories", "is no object of a bucket"),
        ("calls", "holds no 'calls'; it holds"),
    ):
        with pytest.raises(SystemExit) as ended:
            main(["show", address, "--links", member])
        assert ended.value.code == 2
        assert sentence in capsys.readouterr().err
