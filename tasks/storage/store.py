"""Objects in a folder or a bucket: read, write, create if absent, list.

One client (obstore) serves both. The only write that several workers may race for is `create`, which the
store must honour atomically: `PUT` with `If-None-Match: *` on S3, a hard link in a folder. An S3 server that
answers 200 to the second creation (rclone and s3rver do) is refused before anything is written.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import lru_cache
from pathlib import Path

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError, NotFoundError, PreconditionError
from obstore.store import LocalStore, S3Store

from tasks.errors import AddressError, StorageUnavailable
from tasks.storage.addresses import is_s3, join, normalise


class Store:
    """The objects below one address; keys are relative to it."""

    def __init__(self, address: str):
        self.address = normalise(address)
        self._client: LocalStore | S3Store | None = None

    def read(self, key: str) -> bytes | None:
        """The bytes of an object, or None where there is none."""
        if not is_s3(self.address) and not Path(self.address, key).exists():
            return None
        with _named(self.address, "read"):
            try:
                return bytes(obstore.get(self._open(), key).bytes())
            except (NotFoundError, FileNotFoundError):
                return None

    def write(self, key: str, content: bytes | Path) -> None:
        """Write an object whole; the key must be this attempt's own."""
        with _named(self.address, "write to"):
            obstore.put(self._open(), key, content)

    def create(self, key: str, content: bytes) -> bool:
        """Write an object if there is none; False when there was one already."""
        with _named(self.address, "write to"):
            try:
                obstore.put(self._open(), key, content, mode="create", use_multipart=False)
            except (AlreadyExistsError, PreconditionError):
                return False
            return True

    def keys(self, prefix: str) -> list[str]:
        """Keys below a prefix, sorted."""
        if not is_s3(self.address) and not Path(self.address, prefix).exists():
            return []
        with _named(self.address, "list"):
            return sorted(each["path"] for page in obstore.list(self._open(), prefix=prefix) for each in page)

    def delete(self, key: str) -> None:
        """Remove an object of this attempt."""
        with _named(self.address, "write to"):
            obstore.delete(self._open(), key)

    def fetch(self, key: str, to: Path) -> None:
        """Copy an object to a local file."""
        content = self.read(key)
        if content is None:
            raise AddressError(f"{join(self.address, key)} is missing; the table was damaged, make it again")
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_bytes(content)

    def require_conditions(self) -> None:
        """Refuse a store that does not keep create-if-absent.

        Raises:
            AddressError: the second creation of one key was acknowledged.
        """
        if is_s3(self.address):
            _probe_conditions(self.address.split("/")[2], self)

    def _open(self) -> LocalStore | S3Store:
        if self._client is None:
            self._client = _s3(self.address) if is_s3(self.address) else _folder(self.address)
        return self._client


def _folder(address: str) -> LocalStore:
    Path(address).mkdir(parents=True, exist_ok=True)
    return LocalStore(prefix=address)


def _s3(address: str) -> S3Store:
    """Credentials, region and endpoint come from the usual `AWS_*` environment variables."""
    bucket, _, prefix = address.removeprefix("s3://").partition("/")
    return S3Store(
        bucket,
        prefix=prefix or None,
        client_options={"allow_http": True, "timeout": "60s", "connect_timeout": "5s"},
        retry_config={"max_retries": 5, "retry_timeout": timedelta(seconds=60)},
    )


_probed: set[str] = set()


def _probe_conditions(bucket: str, store: Store) -> None:
    if bucket in _probed:
        return
    key = f".probe/{uuid.uuid4().hex}"
    first, second = store.create(key, b"1"), store.create(key, b"2")
    store.delete(key)
    if not first or second:
        raise AddressError(
            f"the S3 server behind {store.address} does not keep 'If-None-Match: *', so two "
            "workers could publish "
            "the same shard; use one that does (AWS, radosgw, MinIO)"
        )
    _probed.add(bucket)


@contextmanager
def _named(address: str, act: str) -> Iterator[None]:
    """Turn the client's errors into one sentence that names the address."""
    try:
        yield
    except (AlreadyExistsError, PreconditionError, NotFoundError, FileNotFoundError):
        raise
    except PermissionError as error:
        raise AddressError(f"may not {act} {address}: {error.strerror or 'permission denied'}") from error
    except (BaseError, OSError) as error:
        first_line = str(error).strip().splitlines()[0][:300] if str(error).strip() else type(error).__name__
        raise StorageUnavailable(f"cannot {act} {address}: {first_line}") from error


@lru_cache(maxsize=64)
def store_of(address: str) -> Store:
    """The store of an address; one client for each in a process."""
    return Store(address)
