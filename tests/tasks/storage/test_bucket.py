import os
import socket
import traceback
import uuid
from collections import Counter
from pathlib import Path

import pytest

from tasks.errors import AddressError, ConfigurationError, StorageUnavailable
from tasks.storage.administration import link
from tasks.storage.store import store_of
from tests.tasks.storage.conftest import point_at
from tests.tasks.storage.proxy import faulty


def test_a_server_that_keeps_conditions_is_trusted_and_keeps_no_trace_of_the_question(s3: str) -> None:
    store = store_of("s3://tables/asked/v1")
    store.require_conditions()
    assert store.keys("") == []


def test_a_server_that_ignores_conditions_is_refused_in_a_sentence(
    s3_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with faulty(s3_server, lambda method, path: "ignore-conditions") as url:
        point_at(url, monkeypatch)
        with pytest.raises(AddressError, match=r"s3://tables/v1 does not keep 'If-None-Match: \*'"):
            store_of("s3://tables/v1").require_conditions()


def test_a_server_that_loses_the_first_acknowledgement_is_not_accused(
    s3_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: Counter[str] = Counter()

    def fault(method: str, path: str) -> str:
        seen[method] += 1
        return "unheard" if method == "PUT" and seen["PUT"] == 1 else "pass"

    with faulty(s3_server, fault) as url:
        point_at(url, monkeypatch)
        store_of("s3://tables/unheard/v1").require_conditions()
    assert seen["PUT"] > 2


def test_a_server_that_is_overloaded_for_a_moment_is_waited_for(
    s3_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: Counter[str] = Counter()

    def fault(method: str, path: str) -> str:
        seen[method] += 1
        return "refuse" if seen[method] <= 2 else "pass"

    with faulty(s3_server, fault) as url:
        point_at(url, monkeypatch)
        store = store_of("s3://tables/overloaded/v1")
        store.write("data/x", b"content")
        assert store.read("data/x") == b"content"


def test_a_bucket_that_does_not_exist_is_said(s3: str) -> None:
    store = store_of("s3://no-such-bucket/v1")
    for act in (
        lambda: store.read("table.json"),
        lambda: store.write("x", b""),
        lambda: store.create("x", b""),
        lambda: store.keys("commits"),
        store.require_conditions,
    ):
        with pytest.raises(AddressError, match="there is no bucket 'no-such-bucket'; create it"):
            act()


def test_a_server_that_is_not_there_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: connections are refused
        point_at(f"http://127.0.0.1:{taken.getsockname()[1]}", monkeypatch)
        with pytest.raises(StorageUnavailable, match=r"no S3 server answers at .*; check AWS_ENDPOINT_URL"):
            store_of("s3://tables/v1").read("table.json")


@pytest.mark.parametrize("url", ["127.0.0.1:9000", "nonsense", "ftp://host", "http://", "http://[::1"])
def test_an_endpoint_that_is_no_address_is_said(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    point_at(url, monkeypatch)
    with pytest.raises(ConfigurationError, match=r"AWS_ENDPOINT_URL='.*' is no address"):
        store_of("s3://tables/v1").read("table.json")


def test_missing_keys_are_said_without_asking_anybody(
    s3_server: str, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3_server)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", f"{tmp_path}/none")
    monkeypatch.setenv("AWS_CONFIG_FILE", f"{tmp_path}/none")
    with pytest.raises(ConfigurationError, match="no keys for S3: set AWS_ACCESS_KEY_ID"):
        store_of("s3://tables/v1").read("table.json")


def test_keys_are_also_found_where_boto3_keeps_them(
    s3_server: str, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    with open(f"{tmp_path}/credentials", "w") as profile:
        profile.write("[lab]\naws_access_key_id = accesskey1\naws_secret_access_key = secretkey123\n")
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3_server)
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    monkeypatch.setenv("AWS_PROFILE", "lab")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", f"{tmp_path}/credentials")
    store = store_of(f"s3://tables/{uuid.uuid4().hex}")
    store.write("x", b"content")
    assert store.read("x") == b"content"


def test_keys_may_lie_in_files_for_reading_writing_and_links(
    s3_server: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    point_at(s3_server, monkeypatch)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        (tmp_path / name).write_text(os.environ[name] + "\n")
        monkeypatch.delenv(name)
        monkeypatch.setenv(f"{name}_FILE", str(tmp_path / name))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    address = f"s3://tables/{uuid.uuid4().hex}"
    store_of(address).write("x", b"content")
    assert store_of(address).read("x") == b"content"
    assert "Credential=accesskey1" in link(f"{address}/x")


def test_a_client_follows_when_the_variables_change(s3_server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    point_at("nonsense", monkeypatch)
    with pytest.raises(ConfigurationError):
        store_of("s3://tables/v1").read("table.json")
    point_at(s3_server, monkeypatch)
    assert store_of("s3://tables/nothing-here").read("table.json") is None


def test_a_refused_key_is_said_and_not_shown(s3_server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with faulty(s3_server, lambda method, path: "forbid") as url:
        point_at(url, monkeypatch)
        with pytest.raises(
            AddressError, match=r"the server refuses the key \(AccessDenied\); check AWS_ACCESS_KEY_ID"
        ) as error:
            store_of("s3://tables/v1").write("x", b"")
    shown = "".join(traceback.format_exception(error.value))
    assert "secretkey123" not in shown and "accesskey1" not in shown


@pytest.mark.parametrize(
    ("code", "kind", "said"),
    [
        ("QuotaExceeded", StorageUnavailable, r"has no room \(QuotaExceeded\); make room or raise the quota"),
        ("RequestTimeTooSkewed", AddressError, "this machine's clock differs too much from the server's"),
        ("UserSuspended", AddressError, r"the server refuses the key \(UserSuspended\)"),
    ],
)
def test_what_a_server_refuses_is_told_apart_by_every_act(
    code: str, kind: type[Exception], said: str, s3_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with faulty(s3_server, lambda method, path: f"forbid {code}") as url:
        point_at(url, monkeypatch)
        store = store_of("s3://tables/v1")
        for act in (
            lambda: store.read("x"),
            lambda: store.write("x", b""),
            lambda: store.create("x", b""),
            lambda: store.keys("commits"),
            lambda: store.dated("data"),
            store.time,
            store.require_conditions,
        ):
            with pytest.raises(kind, match=said):
                act()
