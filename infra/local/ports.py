"""Ports of this clone: chosen free on the loopback interface once, and kept, so that addresses stay.

None of those that a system gives to whoever asks for any (Linux from 32768 on, others from 49152): between
the choice and the moment when the program listens, or while it is started again, another program would be
given it now and then.
"""

import hashlib
import json
import socket
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from infra.local.errors import LocalError

HOST = "127.0.0.1"
OURS = range(20_000, 32_000)


def choose(names: Collection[str], in_use: Collection[str], folder: Path) -> dict[str, int]:
    """A port for each name, recorded in `ports.json`.

    Args:
        names: programs that need a port.
        in_use: those of them that run already and keep theirs.
        folder: the state folder.

    Raises:
        LocalError: there is none.
    """
    known = recorded(folder)
    chosen: dict[str, int] = {}
    for name in names:
        port = known.get(name, 0)
        if name not in in_use:
            port = _free([*([port] if port else []), *_in_turn(folder)], chosen.values())
        chosen[name] = port
    folder.joinpath("ports.json").write_text(json.dumps(chosen, indent=1) + "\n")
    return chosen


def recorded(folder: Path) -> dict[str, int]:
    """Ports chosen earlier; none when the file is missing or damaged."""
    try:
        found = json.loads(folder.joinpath("ports.json").read_text())
        return {str(name): int(port) for name, port in found.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}


def _in_turn(folder: Path) -> Iterator[int]:
    """All of ours, for each clone from another one on; in the end whichever the system gives."""
    digest = hashlib.blake2b(str(folder.absolute()).encode(), digest_size=8).digest()
    first = int.from_bytes(digest, "big") % len(OURS)
    yield from (*OURS[first:], *OURS[:first], 0)


def _free(wanted: Iterable[int], taken: Collection[int]) -> int:
    """The first of them on which nobody listens."""
    for port in wanted:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            found = int(probe.getsockname()[1])
            if found not in taken:
                return found
    raise LocalError(f"no port is free on {HOST}")
