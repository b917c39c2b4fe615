"""What every store keeps, in a folder and in a bucket."""

import hashlib
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tasks.errors import AddressError
from tasks.storage.store import store_of


def test_an_object_is_read_as_it_was_written(address: str) -> None:
    store = store_of(address)
    assert store.read("commits/a.json") is None
    store.write("commits/a.json", b"one")
    assert store.read("commits/a.json") == b"one"
    store.write("commits/a.json", b"two")
    assert store.read("commits/a.json") == b"two"
    store.delete("commits/a.json")
    assert store.read("commits/a.json") is None


def test_an_object_is_created_once(address: str) -> None:
    store = store_of(address)
    assert store.create("table.json", b"first")
    assert not store.create("table.json", b"second")
    assert store.read("table.json") == b"first"


def test_of_many_who_create_one_object_at_once_exactly_one_wins(address: str) -> None:
    store = store_of(address)
    together = threading.Barrier(8)

    def create(who: int) -> bool:
        together.wait()
        return store.create(f"round-{turn}", str(who).encode())

    with ThreadPoolExecutor(8) as threads:
        for turn in range(5):
            won = list(threads.map(create, range(8)))
            assert won.count(True) == 1
            assert store.read(f"round-{turn}") == str(won.index(True)).encode()


def test_keys_are_listed_below_a_prefix_and_no_other(address: str) -> None:
    store = store_of(address)
    assert store.keys("commits") == []
    for key in ("commits/b/2.json", "commits/a/1.json", "commits-of-others/1.json", "data/x"):
        store.write(key, b"")
    assert store.keys("commits") == ["commits/a/1.json", "commits/b/2.json"]
    assert store.keys("commits/b") == ["commits/b/2.json"]
    store.write("table.json", b"")
    assert store.folders() == ["commits", "commits-of-others", "data"]


def test_a_file_above_the_size_of_one_upload_comes_back_whole(address: str, tmp_path: Path) -> None:
    store, content = store_of(address), os.urandom(12_000_000)
    (tmp_path / "model.safetensors").write_bytes(content)
    store.write("data/model", tmp_path / "model.safetensors")
    assert store.read("data/model") == content
    assert store.fetch("data/model", tmp_path / "sub" / "copy") == hashlib.sha256(content).hexdigest()
    assert (tmp_path / "sub" / "copy").read_bytes() == content
    assert [each.name for each in (tmp_path / "sub").iterdir()] == ["copy"]


def test_fetching_what_is_not_there_leaves_no_file(address: str, tmp_path: Path) -> None:
    assert store_of(address).fetch("data/none", tmp_path / "copy") is None
    assert not (tmp_path / "copy").exists()


@pytest.mark.parametrize(
    "name", ["a b.txt", "100%.bin", "a%20b", "ü.json", "[1].bin", "~", ".hidden", "a#b", "#1"]
)
def test_names_that_models_files_may_have_are_kept(address: str, name: str) -> None:
    store = store_of(address)
    store.write(f"data/{name}", b"content")
    assert store.read(f"data/{name}") == b"content"
    assert store.keys("data") == [f"data/{name}"]


def test_a_name_that_no_object_may_have_is_refused_in_a_sentence(s3: str) -> None:
    with pytest.raises(AddressError, match="cannot write to s3://tables/v1: "):
        store_of("s3://tables/v1").write("data/a\tb", b"")
