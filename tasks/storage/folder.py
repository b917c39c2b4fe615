"""Objects in a local folder: whole or not there, on disk before they are acknowledged.

An object is written beside its place under a name that readers pass over, brought to disk, then renamed
(`write`) or linked (`create`: the link fails where a name exists, whoever made it).
"""

import errno
import hashlib
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from tasks.errors import AddressError, StorageUnavailable

_UNFINISHED = ".part-"
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EIO}
_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EMLINK}


class Stamp(NamedTuple):
    """An object and when it was written."""

    key: str
    written: float
    """By the store's clock [s since 1970]."""
    size: int
    """Bytes."""


class Folder:
    """The objects below one folder; keys are paths relative to it."""

    def __init__(self, address: str):
        self.address = address
        self._root = Path(address)

    def read(self, key: str) -> bytes | None:
        """The bytes of an object, or None where there is none."""
        with _named(self.address, "read"):
            try:
                return (self._root / key).read_bytes()
            except (FileNotFoundError, NotADirectoryError):
                return None

    def write(self, key: str, content: bytes | Path) -> None:
        """Write an object whole; an older one of this key is replaced."""
        with _named(self.address, "write to"):
            place = self._root / key
            unfinished = self._written_beside(place, content)
            os.replace(unfinished, place)
            _to_disk(place.parent)

    def create(self, key: str, content: bytes) -> bool:
        """Write an object if there is none; False when there was one already."""
        with _named(self.address, "write to"):
            place = self._root / key
            unfinished = self._written_beside(place, content)
            try:
                os.link(unfinished, place)
            except FileExistsError:
                return False
            except OSError as error:
                if error.errno not in _NO_LINKS:
                    raise
                raise AddressError(
                    f"the file system of {self.address} has no hard links, so two workers could publish the "
                    "same shard; use another folder"
                ) from error
            finally:
                unfinished.unlink()
            _to_disk(place.parent)
            return True

    def keys(self, prefix: str) -> list[str]:
        """Keys below a prefix, sorted."""
        with _named(self.address, "list"):
            top = self._root / prefix
            found = [
                os.path.relpath(os.path.join(folder, name), self._root)
                for folder, _, names in os.walk(top, onerror=_refuse)
                for name in names
                if not name.startswith(_UNFINISHED)
            ]
            return sorted(found)

    def folders(self) -> list[str]:
        """Folders that lie directly below, sorted."""
        with _named(self.address, "list"):
            try:
                return sorted(each.name for each in os.scandir(self._root) if each.is_dir())
            except FileNotFoundError:
                return []

    def delete(self, key: str) -> None:
        """Remove an object of this attempt."""
        with _named(self.address, "write to"):
            (self._root / key).unlink(missing_ok=True)

    def fetch(self, key: str, to: Path) -> str | None:
        """Copy an object to a local file; its sha256, or None where there is no such object."""
        with _named(self.address, "read"):
            try:
                return copied(self._root / key, to)
            except FileNotFoundError:
                return None

    def dated(self, prefix: str) -> list[Stamp]:
        """Objects below a prefix, with the time each was written by the file system's clock."""
        with _named(self.address, "list"):
            return self._stamps(prefix, unfinished=False)

    def time(self) -> float:
        """Now, by the clock of the file system, which may be another machine's [s since 1970]."""
        with _named(self.address, "write to"):
            asked = self._written_beside(self._root / "time", b"")
            try:
                return asked.stat().st_mtime
            finally:
                asked.unlink()

    def unfinished(self, before: float, remove: bool) -> int:
        """How many writes were begun before a moment and never ended; `remove` gives their room back."""
        with _named(self.address, "write to"):
            old = [each for each in self._stamps("", unfinished=True) if each.written < before]
            for each in old if remove else ():
                (self._root / each.key).unlink(missing_ok=True)
            return len(old)

    def require_conditions(self) -> None:
        """Refuse a place where `create` cannot be trusted; a folder shows that at its first `create`."""

    def _stamps(self, prefix: str, unfinished: bool) -> list[Stamp]:
        found = []
        for folder, _, names in os.walk(self._root / prefix, onerror=_refuse):
            for name in names:
                path = Path(folder, name)
                if name.startswith(_UNFINISHED) == unfinished:
                    with suppress(FileNotFoundError):  # ended, or removed, since it was listed
                        at = path.stat()
                        key = path.relative_to(self._root).as_posix()
                        found.append(Stamp(key, at.st_mtime, at.st_size))
        return sorted(found)

    def _written_beside(self, place: Path, content: bytes | Path) -> Path:
        _make(place.parent)
        unfinished = place.parent / f"{_UNFINISHED}{uuid.uuid4().hex}"
        try:
            with unfinished.open("xb") as sink:
                if isinstance(content, Path):
                    with content.open("rb") as source:
                        shutil.copyfileobj(source, sink, 1 << 20)
                else:
                    sink.write(content)
                sink.flush()
                os.fsync(sink.fileno())
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise
        return unfinished


def copied(source: Path, to: Path) -> str:
    """Copy a file whole; sha256 of what was copied."""
    with source.open("rb") as content:
        return received(iter(lambda: content.read(1 << 20), b""), to)


def received(chunks: Iterator[bytes], to: Path) -> str:
    """Write chunks to a local file that appears when it is whole; their sha256."""
    sha256 = hashlib.sha256()
    to.parent.mkdir(parents=True, exist_ok=True)
    unfinished = to.with_name(f"{_UNFINISHED}{uuid.uuid4().hex}")
    try:
        with unfinished.open("xb") as sink:
            for chunk in chunks:
                sha256.update(chunk)
                sink.write(chunk)
        os.replace(unfinished, to)
    finally:
        unfinished.unlink(missing_ok=True)
    return sha256.hexdigest()


def _make(folder: Path) -> None:
    """A folder and those above it, whose names are on disk too: else a power cut takes what lies in them."""
    missing = []
    above = folder
    while not above.exists() and above != above.parent:
        missing.append(above)
        above = above.parent
    folder.mkdir(parents=True, exist_ok=True)
    for each in missing:
        _to_disk(each.parent)


def _to_disk(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _refuse(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError | NotADirectoryError):
        raise error


@contextmanager
def _named(address: str, act: str) -> Iterator[None]:
    """Say what the operating system refuses in one sentence that names the folder."""
    try:
        yield
    except OSError as error:
        why = error.strerror or type(error).__name__
        if error.errno in _FULL:
            raise StorageUnavailable(f"cannot {act} {address}: {why}; make room and run again") from error
        raise AddressError(f"cannot {act} {address}: {why}; use another folder, or mend this one") from error
