"""Ports of this clone: chosen free on the loopback interface once, and kept, so that addresses stay."""

import json
import socket
from collections.abc import Collection
from pathlib import Path

HOST = "127.0.0.1"


def choose(names: Collection[str], in_use: Collection[str], folder: Path) -> dict[str, int]:
    """A port for each name, recorded in `ports.json`.

    Args:
        names: programs that need a port.
        in_use: those of them that run already and keep theirs.
        folder: the state folder.
    """
    known = recorded(folder)
    chosen: dict[str, int] = {}
    for name in names:
        port = known.get(name, 0)
        if name not in in_use:
            port = _free(port, taken=chosen.values())
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


def _free(wanted: int, taken: Collection[int]) -> int:
    """`wanted` where nobody listens on it, else any free port."""
    for port in (wanted, 0) if wanted else (0,):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            found = int(probe.getsockname()[1])
            if found not in taken:
                return found
    return _free(0, taken)
