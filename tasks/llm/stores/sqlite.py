"""A ledger in one sqlite file in WAL mode, for all processes of a host.

Who lives is told by locks, not by process numbers, which mean nothing in another container and are given
anew: each process that reserves holds the lock of a file of its own in `<ledger>-alive/`, which the kernel
drops with it, however it dies. WAL needs one kernel for all processes anyway, and so do these locks.
"""

import contextlib
import fcntl
import os
import socket
import sqlite3
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from tasks.errors import ConfigurationError, StorageUnavailable
from tasks.llm.accounts import Process
from tasks.llm.stores.rows import SqlRows
from tasks.llm.stores.schema import INDEXES, TABLES, VERSION, lacking, table
from tasks.llm.stores.write_ahead import opened

Outcome = TypeVar("Outcome")
KINDS = {"id": "INTEGER PRIMARY KEY", "text": "TEXT", "int": "INTEGER", "real": "REAL"}


class SqliteStore:
    """See `Store`."""

    group = 256
    quick = True

    def __init__(self, path: Path):
        """Open the file, or make it, or take one of an earlier version along.

        Raises:
            ConfigurationError: it is no ledger, one of a later version, or cannot be written.
        """
        self.path = path
        self._lives: Lives | None = None
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._rows = opened(path)
            self._rows.execute("PRAGMA synchronous=FULL")
            version = self._migrated()
        except (sqlite3.Error, OSError) as error:
            raise ConfigurationError(
                f"the ledger {path} cannot be opened ({error}); check FOUNDRY_LEDGER"
            ) from error
        if version > VERSION:
            self._rows.close()
            raise ConfigurationError(
                f"the ledger {path} is of a later version ({version}) than this factory reads ({VERSION})"
            )
        self._durable = True
        self._books = SqlRows(self._rows.execute)

    @property
    def shown(self) -> str:
        """Path of the file."""
        return str(self.path)

    def process(self) -> Process:
        """This process; its lock is taken when it first reserves."""
        if self._lives is None:
            with self._guarded():
                self._lives = Lives(self.path)
        return Process(socket.gethostname(), os.getpid(), self._lives.name)

    def dead(self, process: Process) -> bool:
        """Whether a process no longer holds its lock."""
        own = self._lives is not None and process.born == self._lives.name
        return not own and Lives.gone(self.path, process.born)

    def transact(self, work: Callable[[SqlRows], Outcome], durable: bool) -> Outcome:
        """All of some work or nothing."""
        with self._guarded():
            if durable != self._durable:
                self._rows.execute(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
                self._durable = durable
            self._rows.execute("BEGIN IMMEDIATE")
            try:
                outcome = work(self._books)
                self._rows.execute("COMMIT")
            except BaseException:
                if self._rows.in_transaction:
                    self._rows.execute("ROLLBACK")
                raise
            return outcome

    def read(self, work: Callable[[SqlRows], Outcome]) -> Outcome:
        """Some work that only reads."""
        with self._guarded():
            return work(self._books)

    def close(self) -> None:
        """Give lock and file back."""
        if self._lives is not None:
            self._lives.end()
        self._rows.close()

    def _migrated(self) -> int:
        """Make the tables, or bring them up to date; the version that stands."""
        if self._rows.execute("PRAGMA user_version").fetchone()[0] >= VERSION:
            return int(self._rows.execute("PRAGMA user_version").fetchone()[0])
        self._rows.execute("BEGIN IMMEDIATE")
        try:
            for name in TABLES:
                self._rows.execute(table(name, KINDS))
                there = {row[1] for row in self._rows.execute(f"PRAGMA table_info({name})")}
                for statement in lacking(name, there, KINDS):
                    self._rows.execute(statement)
            for statement in INDEXES:
                self._rows.execute(statement)
            if self._rows.execute("PRAGMA user_version").fetchone()[0] < VERSION:
                self._rows.execute(f"PRAGMA user_version={VERSION}")
        except BaseException:
            self._rows.execute("ROLLBACK")
            raise
        self._rows.execute("COMMIT")
        return VERSION

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise StorageUnavailable(
                f"the ledger {self.path} cannot be used ({error}); make room or mend it, and run again"
            ) from error


class Lives:
    """The lock of one open ledger."""

    def __init__(self, ledger: Path):
        """Take it; files of processes that died without one to bury are removed."""
        folder = _folder(ledger)
        self._file: int | None = None
        while (
            self._file is None
        ):  # whoever starts beside us may remove the folder, or our file before it is locked
            self.name = uuid.uuid4().hex[:16]
            folder.mkdir(exist_ok=True)
            with contextlib.suppress(FileNotFoundError):
                self._file = _locked(folder / self.name)
        self._path = folder / self.name
        os.register_at_fork(after_in_child=self._forget)  # a child would keep the lock of its dead parent
        for other in folder.iterdir():
            if other.name != self.name:
                self.gone(ledger, other.name)

    @staticmethod
    def gone(ledger: Path, name: str) -> bool:
        """Whether nobody holds the lock of this name; its file is removed then."""
        path = _folder(ledger) / (Path(name).name or "-")
        try:
            file = os.open(path, os.O_RDWR)
        except (FileNotFoundError, IsADirectoryError):
            return True
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        else:
            path.unlink(missing_ok=True)
            return True
        finally:
            os.close(file)

    def end(self) -> None:
        """Give it back."""
        if self._file is not None:
            self._path.unlink(missing_ok=True)
            self._forget()
            with contextlib.suppress(OSError):  # others live
                self._path.parent.rmdir()

    def _forget(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None


def _locked(path: Path) -> int | None:
    """A new file with its lock; None where somebody had the lock first, and removed it as a dead one's.

    Raises:
        FileNotFoundError: the folder is gone.
    """
    file = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    fcntl.flock(file, fcntl.LOCK_EX)
    if os.fstat(file).st_nlink:
        return file
    os.close(file)
    return None


def _folder(ledger: Path) -> Path:
    return ledger.with_name(f"{ledger.name}-alive")
