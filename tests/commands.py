"""Commands that are to succeed: what they said on stderr is part of the failure, as it tells why."""

import subprocess
import sys
from collections.abc import Mapping, Sequence

from tests.conftest import CLONE


def ran(module: str, words: Sequence[str], env: Mapping[str, str] | None = None) -> str:
    """Run `python -m MODULE WORDS...` in the clone; its stdout."""
    command = [sys.executable, "-m", module, *words]
    done = subprocess.run(command, cwd=CLONE, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{module} ended with {done.returncode}: {done.stderr[-4000:]}"
    return done.stdout


def tasks_made(hub: str, seed: int, count: int, to: str) -> str:
    """Tasks with known answers for a hub, written to a file; its path."""
    ran("infra.sandbox.tasks", ["--hub", hub, "--seed", str(seed), "--count", str(count), "--to", to])
    return to
