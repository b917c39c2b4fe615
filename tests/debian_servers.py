"""PostgreSQL and Redis as Debian packages them, started for one test or one benchmark."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.free_ports import free_port

READY_WITHIN_S = 60.0
_ROOTS_PLACE = ["runuser", "-u", "postgres", "--"]
"""PostgreSQL refuses to run as root."""


class NotInstalled(Exception):
    """The program is not on this machine."""


@contextmanager
def own_postgres(host: str = "127.0.0.1", allowed: str = "127.0.0.1/32") -> Iterator["Postgres"]:
    """A cluster of one's own; it trusts the addresses of `allowed`, and keeps nothing over a power cut.

    Raises:
        NotInstalled: there is no PostgreSQL here.
    """
    binaries = _postgres_binaries()
    folder = Path(tempfile.mkdtemp(prefix="foundry-pg-", dir=_fast_folder()))
    as_whom: list[str] = []
    if os.geteuid() == 0:
        if not shutil.which("runuser"):
            raise NotInstalled("PostgreSQL refuses to run as root, and runuser is not there")
        as_whom = _ROOTS_PLACE
        shutil.chown(folder, "postgres")
    place, log = folder / "data", folder / "log"
    port = free_port()
    try:
        _quietly(
            [*as_whom, str(binaries / "initdb"), "-D", str(place), "-U", "postgres", "-A", "trust", "-N"]
        )
        with (place / "pg_hba.conf").open("a") as rules:
            rules.write(f"host all all {allowed} trust\n")
        options = f"-p {port} -c listen_addresses={host} -k {folder} -c fsync=off -c max_connections=200"
        _quietly(
            [
                *as_whom,
                str(binaries / "pg_ctl"),
                "-D",
                str(place),
                "-l",
                str(log),
                "-o",
                options,
                "-w",
                "start",
            ]
        )
        try:
            pid = int((place / "postmaster.pid").read_text().split("\n", 1)[0])
            yield Postgres(host, port, pid, binaries)
        finally:
            _quietly([*as_whom, str(binaries / "pg_ctl"), "-D", str(place), "-m", "immediate", "-w", "stop"])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Postgres:
    """A running cluster."""

    def __init__(self, host: str, port: int, pid: int, binaries: Path):
        self.host, self.port, self.pid, self._binaries = host, port, pid, binaries

    def database(self, name: str) -> str:
        """Make a database; its address without scheme."""
        where = ["-h", self.host, "-p", str(self.port), "-U", "postgres"]
        _quietly([str(self._binaries / "createdb"), *where, name])
        return f"postgres@{self.host}:{self.port}/{name}"

    def ask(self, database: str, query: str) -> list[list[str]]:
        """Rows of a query as text."""
        where = ["-h", self.host, "-p", str(self.port), "-U", "postgres", "-d", database]
        said = _quietly([str(self._binaries / "psql"), *where, "-XAtF", "\t", "-c", query])
        return [line.split("\t") for line in said.splitlines()]


@contextmanager
def own_redis(host: str = "127.0.0.1") -> Iterator["Redis"]:
    """A Redis of one's own, in memory only.

    Raises:
        NotInstalled: there is no Redis here.
    """
    program = shutil.which("redis-server")
    if program is None:
        raise NotInstalled("redis-server is not installed (Debian package redis-server)")
    port = free_port()
    command = [program, "--bind", host, "--port", str(port), "--save", "", "--protected-mode", "no"]
    server = subprocess.Popen(command, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _until_listening(host, port, server)
        yield Redis(host, port, server.pid)
    finally:
        server.terminate()
        server.wait(timeout=20)


class Redis:
    """A running Redis."""

    def __init__(self, host: str, port: int, pid: int):
        self.host, self.port, self.pid = host, port, pid

    @property
    def address(self) -> str:
        """Its first database."""
        return f"redis://{self.host}:{self.port}/0"


def _postgres_binaries() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), key=lambda each: each.parts[-3])
    if found:
        return found[-1].parent
    elsewhere = shutil.which("pg_ctl")
    if elsewhere is None:
        raise NotInstalled("PostgreSQL is not installed (Debian package postgresql)")
    return Path(elsewhere).resolve().parent


def _fast_folder() -> str | None:
    """Memory where the system has such a folder: initdb writes 40 MB."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def _until_listening(host: str, port: int, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + READY_WITHIN_S
    while True:
        try:
            socket.create_connection((host, port), timeout=1).close()
            return
        except OSError:
            if server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"no server listens at {host}:{port}") from None
            time.sleep(0.05)


def _quietly(command: list[str]) -> str:
    # pg_ctl's server would inherit a pipe and keep it open: what is said goes to a file
    with tempfile.TemporaryFile("w+") as said:
        ended = subprocess.run(command, cwd="/", stdin=subprocess.DEVNULL, stdout=said, stderr=said)
        said.seek(0)
        text = said.read()
    if ended.returncode:
        raise RuntimeError(f"{command[0]} failed: {text.strip()[-400:]}")
    return text
