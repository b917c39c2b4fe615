from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.errors import AddressError
from tasks.storage import addresses


@pytest.mark.parametrize(
    "spelled", ["tables/v1", "./tables/v1/", "tables//v1", "tables/../tables/v1", "file://{here}/tables/v1"]
)
def test_a_folder_has_one_address_however_it_is_spelled(
    spelled: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert addresses.normalise(spelled.format(here=tmp_path)) == str(tmp_path / "tables" / "v1")


def test_a_folder_reached_by_a_link_has_the_address_of_its_target(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert addresses.normalise(f"{tmp_path}/link/v1") == f"{tmp_path}/real/v1"


def test_the_home_folder_is_meant_by_a_tilde(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert addresses.normalise("~/tables") == str(tmp_path / "tables")


@pytest.mark.parametrize(
    "spelled", ["s3://tables/a/v1", "s3://tables/a/v1/", "s3://tables//a/v1//", " s3://tables/a/v1\n"]
)
def test_a_prefix_has_one_address_however_it_is_spelled(spelled: str) -> None:
    assert addresses.normalise(spelled) == "s3://tables/a/v1"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("s3://", "names no bucket"),
        ("s3:///prefix", "names no bucket"),
        ("s3://Tables/v1", "names no bucket"),
        ("s3://tables/../other", "'..'"),
        ("https://example.org/v1", "no address"),
        ("a\0b", "control characters"),
    ],
)
def test_what_is_no_address_is_refused_in_a_sentence(text: str, said: str) -> None:
    with pytest.raises(AddressError, match=said):
        addresses.normalise(text)


@given(st.text(max_size=30))
def test_any_text_is_an_address_or_refused_and_normalising_twice_changes_nothing(text: str) -> None:
    try:
        once = addresses.normalise(text)
    except AddressError:
        return
    assert addresses.normalise(once) == once


def test_an_address_lies_below_a_root_only_strictly_inside_it(tmp_path: Path) -> None:
    assert addresses.is_below(f"{tmp_path}/tables/v1", f"{tmp_path}/tables/")
    assert not addresses.is_below(f"{tmp_path}/tables", f"{tmp_path}/tables")
    assert not addresses.is_below(f"{tmp_path}/tables-of-others/v1", f"{tmp_path}/tables")
    assert not addresses.is_below(f"{tmp_path}/tables/../v1", f"{tmp_path}/tables")
    assert addresses.is_below("s3://bucket/tables/v1", "s3://bucket")
    assert not addresses.is_below("s3://bucket-2/v1", "s3://bucket")


def test_a_link_does_not_lead_out_of_the_root(tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "away").symlink_to(tmp_path)
    assert not addresses.is_below(f"{tmp_path}/root/away/v1", f"{tmp_path}/root")


@pytest.mark.parametrize(
    ("address", "following"),
    [("/t/v3", "/t/v4"), ("/t/v9", "/t/v10"), ("/t/mine", "/t/mine-2"), ("s3://b/p/v1", "s3://b/p/v2")],
)
def test_the_next_version_counts_on(address: str, following: str) -> None:
    assert addresses.next_version(address) == following


def test_a_whole_bucket_has_no_next_version() -> None:
    with pytest.raises(AddressError, match="whole bucket"):
        addresses.next_version("s3://bucket")


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_a_commit_key_is_read_back(shard: int, generation: int) -> None:
    assert addresses.parse_commit_key(addresses.commit_key(shard, generation)) == (shard, generation)


@pytest.mark.parametrize(
    "key", ["commits/shard-00000/.nfs01", "commits/.DS_Store", "commits/shard-00000/00001.json#1"]
)
def test_what_others_leave_among_commits_is_no_commit(key: str) -> None:
    assert addresses.parse_commit_key(key) is None


def test_keys_of_parts_stay_below_their_member() -> None:
    assert addresses.is_data_key(addresses.data_key("calls", 3, 1, "0a1b"))
    assert addresses.is_data_key(addresses.data_key("model", 3, 1, "0a1b", "") + "/sub/a.bin")
    for key in ("../../etc/passwd", "data/model/shard-00003/part-00001-0a1b/../../x", "table.json", ""):
        assert not addresses.is_data_key(key)
    assert (
        addresses.name_in_folder(addresses.data_key("model", 3, 1, "0a1b", "") + "/sub/a.bin") == "sub/a.bin"
    )
