"""Objects below a prefix of an S3 bucket, by obstore.

Server, region and keys come from the usual `AWS_*` variables, keys also from files that `AWS_..._FILE` names;
without keys there, from where boto3 looks (profiles, container and instance roles). The only write that
several workers may race for is `create`, a single `PUT` with `If-None-Match: *`. A server that answers 200 to
the second creation (rclone and s3rver do) is refused before anything is written.
"""

import os
import re
import socket
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import (
    AlreadyExistsError,
    BaseError,
    PermissionDeniedError,
    PreconditionError,
    UnauthenticatedError,
)
from obstore.store import S3Store

from tasks.errors import AddressError, ConfigurationError, FactoryError, StorageUnavailable
from tasks.storage.folder import Stamp, received
from tasks.storage.keys import keys_of_s3
from tasks.storage.probe import FOLDER, keeps_conditions
from tasks.storage.requests import PAGE, count, parts_of

_RETRIES = 5
_RETRY_S = 60
"""Longest time spent on one object while its server refuses or cuts connections [s]."""
_CONNECT_S = 3
_ANSWER_S = 120
"""Longest time of one request; a part of an upload is 5 MiB."""


class Bucket:
    """The objects below `s3://bucket/prefix`; keys are relative to it."""

    def __init__(self, address: str):
        self.address = address
        self._name, _, self._prefix = address.removeprefix("s3://").partition("/")
        self._opened: S3Store | None = None

    def read(self, key: str) -> bytes | None:
        """The bytes of an object, or None where there is none."""
        count("reads")
        with self._named("read"):
            try:
                return bytes(obstore.get(self._client(), key).bytes())
            except FileNotFoundError as error:
                self._require_bucket(error)
                return None

    def write(self, key: str, content: bytes | Path) -> None:
        """Write an object whole, large ones in parts; the key must be this attempt's own."""
        count("writes", parts_of(content.stat().st_size if isinstance(content, Path) else len(content)))
        with self._named("write to"):
            obstore.put(self._client(), key, content)

    def create(self, key: str, content: bytes) -> bool:
        """Write an object if there is none; False when there was one already."""
        count("writes")
        with self._named("write to"):
            try:
                obstore.put(self._client(), key, content, mode="create", use_multipart=False)
            except (AlreadyExistsError, PreconditionError):
                return False
            return True

    def keys(self, prefix: str) -> list[str]:
        """Keys below a prefix, sorted."""
        with self._named("list"):
            pages = obstore.list(self._client(), prefix=prefix)
            found = sorted(each["path"] for page in pages for each in page)
        count("writes", 1 + len(found) // PAGE)
        return found

    def folders(self) -> list[str]:
        """First parts of the keys that have more than one, sorted."""
        with self._named("list"):
            found = obstore.list_with_delimiter(self._client())["common_prefixes"]
        count("writes", 1 + len(found) // PAGE)
        return sorted(found)

    def delete(self, key: str) -> None:
        """Remove an object of this attempt."""
        with self._named("write to"):
            obstore.delete(self._client(), key)

    def fetch(self, key: str, to: Path) -> str | None:
        """Copy an object to a local file; its sha256, or None where there is no such object."""
        count("reads")
        with self._named("read"):
            try:
                chunks = obstore.get(self._client(), key).stream()
            except FileNotFoundError as error:
                self._require_bucket(error)
                return None
            return received((bytes(chunk) for chunk in chunks), to)

    def dated(self, prefix: str) -> list[Stamp]:
        """Objects below a prefix, with the time each was written by the server's clock."""
        with self._named("list"):
            pages = obstore.list(self._client(), prefix=prefix or None)
            found = [(each["path"], each["last_modified"], each["size"]) for page in pages for each in page]
            count("writes", 1 + len(found) // PAGE)
            return sorted(Stamp(key, written.timestamp(), size) for key, written, size in found)

    def time(self) -> float:
        """Now, by the server's clock [s since 1970]; whole seconds."""
        key = f"{FOLDER}/{uuid.uuid4().hex}"
        count("writes")
        count("reads")
        with self._named("write to"):
            obstore.put(self._client(), key, b"", use_multipart=False)
            try:
                return obstore.head(self._client(), key)["last_modified"].timestamp()
            finally:
                obstore.delete(self._client(), key)

    def unfinished(self, before: float, remove: bool) -> int:
        """How many uploads were begun before a moment and never ended; `remove` gives their room back."""
        from tasks.storage.administration import unfinished_uploads  # imports boto3

        self._client()  # says what is wrong with server and keys
        return unfinished_uploads(self._name, self._prefix, before, remove)

    def require_conditions(self) -> None:
        """Refuse a server that does not keep create-if-absent.

        Raises:
            AddressError: a later creation of one key was acknowledged or has replaced the first.
        """
        server = f"{os.environ.get('AWS_ENDPOINT_URL', '')} {self._name}"
        if server in _trusted:
            return
        if not keeps_conditions(self):
            raise AddressError(
                f"the S3 server behind {self.address} does not keep 'If-None-Match: *', so two workers could "
                "publish the same shard; use one that does (AWS, radosgw, MinIO)"
            )
        _trusted.add(server)

    def _client(self) -> S3Store:
        if self._opened is None:
            require_endpoint()
            self._opened = S3Store(
                self._name,
                prefix=self._prefix or None,
                client_options={
                    "allow_http": True,
                    "connect_timeout": f"{_CONNECT_S}s",
                    "timeout": f"{_ANSWER_S}s",
                },
                retry_config={"max_retries": _RETRIES, "retry_timeout": timedelta(seconds=_RETRY_S)},
                **_credentials(),
            )
        return self._opened

    def _require_bucket(self, error: Exception) -> None:
        if "NoSuchBucket" in str(error):
            raise AddressError(f"there is no bucket '{self._name}'; create it, or name another") from error

    def _refusal(self, act: str, error: Exception) -> FactoryError:
        """What a server that says no means, in one sentence."""
        code = _code(error)
        if code in _FULL:
            return StorageUnavailable(
                f"cannot {act} {self.address}: the server has no room ({code}); make room or raise the "
                "quota, and run again"
            )
        if code in _CLOCK:
            return AddressError(
                f"may not {act} {self.address}: this machine's clock differs too much from the server's "
                f"({code}); set it right and run again"
            )
        said = f" ({code})" if code else ""
        return AddressError(
            f"may not {act} {self.address}: the server refuses the key{said}; check AWS_ACCESS_KEY_ID, "
            "AWS_SECRET_ACCESS_KEY and the bucket's policy"
        )

    @contextmanager
    def _named(self, act: str) -> Iterator[None]:
        """Say what the client refuses in one sentence that names the address, never its keys."""
        try:
            yield
        except (AlreadyExistsError, PreconditionError):
            raise
        except (PermissionDeniedError, UnauthenticatedError) as error:
            raise self._refusal(act, error) from error
        except ValueError as error:  # obstore's word for a name that no object may have
            raise AddressError(f"cannot {act} {self.address}: {_line(error)}") from error
        except (BaseError, OSError) as error:
            self._require_bucket(error)
            if _status(error) in ("401", "403") or _code(error) in _FULL:
                raise self._refusal(act, error) from error
            raise StorageUnavailable(f"cannot {act} {self.address}: {_line(error)}; try again") from error


_trusted: set[str] = set()
_FULL = frozenset({"QuotaExceeded", "InsufficientStorage", "XMinioStorageFull", "InsufficientCapacity"})
_CLOCK = frozenset({"RequestTimeTooSkewed", "RequestExpired"})


def _code(error: Exception) -> str:
    """The server's own word for what is wrong; empty where it said none."""
    found = re.search(r"<Code>(\w+)</Code>", str(error))
    return found[1] if found else ""


def _status(error: Exception) -> str:
    """HTTP status of a refusal that the client does not tell apart, as in listings."""
    found = re.search(r"status code: (\d{3})", str(error))
    return found[1] if found else ""


def require_endpoint() -> None:
    """See that the server `AWS_ENDPOINT_URL` names is there: a wrong address is said in seconds.

    Raises:
        ConfigurationError: it is no address.
        StorageUnavailable: nobody answers.
    """
    url = os.environ.get("AWS_ENDPOINT_URL", "")
    if not url:
        return
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        parts, host, port = urlsplit(""), None, 0
    if parts.scheme not in ("http", "https") or not host:
        raise ConfigurationError(
            f"AWS_ENDPOINT_URL='{url}' is no address of an S3 server; write http://HOST:PORT"
        )
    proxied = any(os.environ.get(name) for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"))
    if proxied:
        return  # the way there leads through the proxy; the first request shows whether it exists
    try:
        socket.create_connection((host, port), timeout=_CONNECT_S).close()
    except OSError as error:
        raise StorageUnavailable(
            f"no S3 server answers at {parts.scheme}://{host}:{port} ({_line(error)}); check AWS_ENDPOINT_URL"
        ) from error


def _credentials() -> dict[str, Any]:
    """The keys of the environment or of its files, nothing where none are needed; else what boto3 finds."""
    if (keys := keys_of_s3()) or os.environ.get("AWS_SKIP_SIGNATURE"):
        return keys
    import boto3
    from obstore.auth.boto3 import Boto3CredentialProvider

    session = boto3.Session()
    if session.get_credentials() is None:
        raise ConfigurationError(
            "no keys for S3: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (and AWS_ENDPOINT_URL for a "
            "server that is not AWS)"
        )
    return {"credential_provider": Boto3CredentialProvider(session)}


def _line(error: Exception) -> str:
    said = str(error).strip()
    return said.splitlines()[0][:300] if said else type(error).__name__
