import httpx
import pytest

from tasks.errors import AddressError, StorageUnavailable
from tasks.storage.administration import LONGEST_LINK_S, link, unfinished_uploads
from tasks.storage.store import store_of
from tests.tasks.storage.conftest import BUCKET, point_at
from tests.tasks.storage.proxy import faulty


def test_a_link_fetches_one_object_without_a_key(s3: str) -> None:
    store_of(f"s3://{BUCKET}/linked").write("a b.parquet", b"content")
    signed = link(f"s3://{BUCKET}/linked/a b.parquet", 60)
    assert "secretkey123" not in signed
    assert httpx.get(signed).content == b"content"


@pytest.mark.parametrize("address", ["/a/folder/x", f"s3://{BUCKET}", f"s3://{BUCKET}/"])
def test_only_an_object_of_a_bucket_has_a_link(s3: str, address: str) -> None:
    with pytest.raises(AddressError, match="is no object of a bucket"):
        link(address)


@pytest.mark.parametrize("seconds", [0, -1, LONGEST_LINK_S + 1])
def test_a_link_does_not_hold_for_ever(s3: str, seconds: int) -> None:
    with pytest.raises(AddressError, match="a link holds from 1 to 604800 s"):
        link(f"s3://{BUCKET}/x", seconds)


def test_what_is_refused_is_said_and_no_key_is_shown(s3: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(AddressError, match="there is no bucket 'no-such-bucket'"):
        unfinished_uploads("no-such-bucket", "", 0.0, False)
    with faulty(s3, lambda method, path: "forbid") as url:
        point_at(url, monkeypatch)
        with pytest.raises(AddressError, match=r"the server refuses the key \(AccessDenied\)") as error:
            unfinished_uploads(BUCKET, "", 0.0, False)
    assert "secretkey123" not in str(error.value)


def test_a_server_that_is_gone_is_a_matter_of_time(s3: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with faulty(s3, lambda method, path: "pass") as url:
        point_at(url, monkeypatch)
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with pytest.raises(StorageUnavailable, match="cannot be administered"):
        unfinished_uploads(BUCKET, "", 0.0, False)
