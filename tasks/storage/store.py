"""Where a table's objects lie: a folder or a bucket, with one face.

The only write that several workers may race for is `create`, and every store honours it atomically: a hard
link in a folder, `If-None-Match: *` on S3.
"""

import os
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from tasks.storage.addresses import is_s3, normalise
from tasks.storage.folder import Folder, Stamp


class Store(Protocol):
    """The objects below one address; keys are relative to it.

    Every method raises `AddressError` for what the user can mend and `StorageUnavailable` for what time can.
    """

    @property
    def address(self) -> str:
        """Where it is."""

    def read(self, key: str) -> bytes | None:
        """The bytes of an object, or None where there is none."""

    def write(self, key: str, content: bytes | Path) -> None:
        """Write an object whole."""

    def create(self, key: str, content: bytes) -> bool:
        """Write an object if there is none; False when there was one already."""

    def keys(self, prefix: str) -> list[str]:
        """Keys below a prefix, sorted."""

    def folders(self) -> list[str]:
        """First parts of the keys that have more than one, sorted; none is looked into."""

    def delete(self, key: str) -> None:
        """Remove an object of this attempt."""

    def fetch(self, key: str, to: Path) -> str | None:
        """Copy an object to a local file; its sha256, or None where there is no such object."""

    def dated(self, prefix: str) -> list[Stamp]:
        """Objects below a prefix, with the time each was written by the store's own clock."""

    def time(self) -> float:
        """Now, by the clock that dates objects [s since 1970]; the machine's own may be off."""

    def unfinished(self, before: float, remove: bool) -> int:
        """How many writes were begun before a moment and never ended; `remove` gives their room back."""

    def require_conditions(self) -> None:
        """Refuse a store whose `create` cannot be trusted."""


def store_of(address: str) -> Store:
    """The store of an address; one client for each place and each set of `AWS_*` variables in a process."""
    address = normalise(address)
    return _bucket(address, _surroundings()) if is_s3(address) else Folder(address)


def _surroundings() -> tuple[tuple[str, str], ...]:
    return tuple(sorted((name, value) for name, value in os.environ.items() if name.startswith("AWS_")))


@lru_cache(maxsize=64)
def _bucket(address: str, surroundings: tuple[tuple[str, str], ...]) -> Store:
    from tasks.storage.bucket import Bucket  # imports obstore; folders need none of it

    return Bucket(address)
