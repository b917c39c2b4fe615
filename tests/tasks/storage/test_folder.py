import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tasks.errors import AddressError, FactoryError, StorageUnavailable
from tasks.storage.folder import Folder


@contextmanager
def an_ordinary_user() -> Iterator[None]:
    """Root may write everywhere, so it steps down for a moment."""
    who = os.geteuid()
    if who == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(who)


def refused(address: Path | str) -> str:
    with pytest.raises(AddressError) as error:
        Folder(str(address)).create("table.json", b"{}")
    return str(error.value)


def test_a_place_taken_by_a_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "v1").write_text("a file")
    assert refused(tmp_path / "v1").startswith(f"cannot write to {tmp_path}/v1: ")
    assert refused(tmp_path / "v1" / "deeper").startswith(
        f"cannot write to {tmp_path}/v1/deeper: Not a directory"
    )
    assert (tmp_path / "v1").read_text() == "a file"
    assert Folder(str(tmp_path / "v1")).read("table.json") is None
    assert Folder(str(tmp_path / "v1")).keys("commits") == []


def test_a_name_that_is_too_long_is_said(tmp_path: Path) -> None:
    assert "File name too long" in refused(tmp_path / ("x" * 300))


def test_a_folder_that_may_not_be_written_is_said() -> None:
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o555)
        with an_ordinary_user():
            said = refused(f"{place}/v1")
        assert said.startswith(f"cannot write to {place}/v1: Permission denied; use another folder")
        assert list(Path(place).iterdir()) == []


def test_a_table_that_may_not_be_read_is_said() -> None:
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o755)
        Folder(place).write("table.json", b"{}")
        Path(place, "table.json").chmod(0o000)
        with an_ordinary_user(), pytest.raises(AddressError, match=r"cannot read .*: Permission denied"):
            Folder(place).read("table.json")


def test_a_full_disk_is_a_matter_of_time_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Folder(str(tmp_path / "v1"))

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageUnavailable, match="No space left on device; make room and run again"):
        folder.write("data/part", b"content")
    assert list((tmp_path / "v1" / "data").iterdir()) == []


def test_what_a_killed_writer_left_is_neither_listed_nor_in_the_way(tmp_path: Path) -> None:
    folder = Folder(str(tmp_path))
    (tmp_path / "commits").mkdir()
    (tmp_path / "commits" / ".part-0123456789").write_bytes(b"half")
    assert folder.keys("commits") == []
    assert folder.create("commits/1.json", b"{}")
    assert folder.keys("commits") == ["commits/1.json"]


def test_reading_makes_no_folder(tmp_path: Path) -> None:
    folder = Folder(str(tmp_path / "nothing"))
    assert folder.read("table.json") is None
    assert folder.keys("commits") == []
    assert not (tmp_path / "nothing").exists()


def test_a_file_system_without_links_is_refused_before_anything_is_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(source: object, target: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(os, "link", no_links)
    with pytest.raises(AddressError, match="no hard links"):
        Folder(str(tmp_path)).create("table.json", b"{}")
    assert list(tmp_path.iterdir()) == []


def test_every_refusal_is_one_of_the_factory(tmp_path: Path) -> None:
    (tmp_path / "table.json").mkdir()
    with pytest.raises(FactoryError):
        Folder(str(tmp_path)).read("table.json")


def test_names_of_new_folders_are_on_disk_before_what_lies_in_them_is_acknowledged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    fsync = os.fsync

    def noted(descriptor: int) -> None:
        synced.append(os.readlink(f"/proc/self/fd/{descriptor}"))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", noted)
    folder = Folder(str(tmp_path / "v1"))
    folder.create("commits/shard-00000/00001.json", b"{}")
    above = [str(tmp_path), *(f"{tmp_path}/v1/{each}".rstrip("/") for each in ("", "commits"))]
    assert set(above) <= set(synced)
    assert synced[-1] == f"{tmp_path}/v1/commits/shard-00000"
    before = len(synced)
    folder.create("commits/shard-00000/00002.json", b"{}")
    assert len(synced) == before + 2  # the object and its folder, and no more
