"""Hosts on this machine: network namespaces on a bridge, each with an address and a name of its own.

Everything lies inside namespaces that are made here, the bridge too; the network of this machine is left
alone. A host shares files with the others, so what must be its own (state, Prefect's home) is given to its
programs as folders of their own. Each program has process numbers of its own, so nothing on one host can look
at, or signal, what runs on another.
"""

import contextlib
import ctypes
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

_NETWORK = 0x40000000
"""CLONE_NEWNET of setns(2)."""
NET = "10.77.0"
CENTRE = f"{NET}.1"
EVERYBODY = f"{NET}.0/24"


class NotPermitted(Exception):
    """This machine or user may not make network namespaces."""


class Network:
    """A bridge in a namespace of its own, and hosts that hang on it."""

    def __init__(self) -> None:
        """Make the centre.

        Raises:
            NotPermitted: the programs or the rights for it are missing.
        """
        missing = [name for name in ("ip", "unshare", "hostname") if not shutil.which(name)]
        if missing:
            raise NotPermitted(f"not installed: {', '.join(missing)}")
        self._stem = f"tf{os.getpid()}"
        self.centre = f"{self._stem}-centre"
        self._made: list[str] = []
        try:
            self._make(self.centre)
            self._inside(self.centre, "link", "add", "bridge", "type", "bridge")
            self._inside(self.centre, "addr", "add", f"{CENTRE}/24", "dev", "bridge")
            self._inside(self.centre, "link", "set", "bridge", "up")
        except subprocess.CalledProcessError as error:
            self.remove()
            raise NotPermitted(f"no network namespaces here: {error.stderr.strip()}") from error

    def add(self, number: int) -> "Host":
        """A host with the address `10.77.0.<number>`."""
        host = Host(self, f"{self._stem}-{number}", f"{NET}.{number}", f"host{number}")
        self._make(host.namespace)
        self._inside(
            self.centre, "link", "add", host.cable, "type", "veth", "peer", "eth0", "netns", host.namespace
        )
        self._inside(self.centre, "link", "set", host.cable, "master", "bridge", "up")
        self._inside(host.namespace, "addr", "add", f"{host.address}/24", "dev", "eth0")
        self._inside(host.namespace, "link", "set", "eth0", "up")
        return host

    def pull(self, host: "Host") -> None:
        """Pull the host's cable: nothing passes, and nobody is told."""
        self._inside(self.centre, "link", "set", host.cable, "down")

    def plug(self, host: "Host") -> None:
        """Put it back."""
        self._inside(self.centre, "link", "set", host.cable, "up")

    def remove(self) -> None:
        """Remove all of it."""
        for namespace in reversed(self._made):
            subprocess.run(["ip", "netns", "del", namespace], capture_output=True)

    @contextlib.contextmanager
    def entered(self) -> Iterator[None]:
        """This thread, and what it starts, in the centre's network until the block ends."""
        library = ctypes.CDLL(None, use_errno=True)
        with Path("/proc/thread-self/ns/net").open() as home, Path("/run/netns", self.centre).open() as there:
            _enter(library, there.fileno())
            try:
                yield
            finally:
                _enter(library, home.fileno())

    def _make(self, namespace: str) -> None:
        _ip("netns", "add", namespace)
        self._made.append(namespace)
        self._inside(namespace, "link", "set", "lo", "up")

    @staticmethod
    def _inside(namespace: str, *words: str) -> None:
        _ip("-n", namespace, *words)


class Host:
    """One of them; a program that is killed takes all that it has started with it."""

    def __init__(self, network: Network, namespace: str, address: str, name: str):
        self.network, self.namespace, self.address, self.name = network, namespace, address, name
        self.cable = f"v{namespace}"[:15]

    def start(
        self, command: list[str], environment: Mapping[str, str], log: Path
    ) -> "subprocess.Popen[bytes]":
        """Start a program on this host; ledger and worker see the host's name."""
        alone = ["unshare", "--uts", "--pid", "--fork", "--kill-child", "--mount-proc"]
        named = [*alone, "sh", "-c", 'hostname "$0" && exec "$@"', self.name, *command]
        with log.open("ab") as output:
            return subprocess.Popen(
                ["ip", "netns", "exec", self.namespace, *named],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env=dict(environment),
            )


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True, text=True)


def _enter(library: ctypes.CDLL, namespace: int) -> None:
    if library.setns(namespace, _NETWORK):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
