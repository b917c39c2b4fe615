"""Ports for programs that must be told one."""

import tempfile
from pathlib import Path

from infra.local import ports


def free_port() -> int:
    """One on which nobody listens, and that the system gives to no other program before ours does."""
    with tempfile.TemporaryDirectory() as folder:
        return ports.choose(["test"], [], Path(folder))["test"]
