"""A real teacher on a free port."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import fields
from pathlib import Path

import pytest

from infra.sandbox.teacher.skills import SKILLS, Skill
from tests.infra.sandbox.teacher.conversations import FLAWLESS

ROOT = Path(__file__).resolve().parents[4]


def start(seed: int, options: Sequence[str] = (), **environment: str) -> tuple[subprocess.Popen[str], str]:
    """Start a teacher; returns the process and the address of its ready line."""
    command = [sys.executable, "-m", "infra.sandbox.teacher", "--port", "0", "--seed", str(seed), *options]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    process = subprocess.Popen(command, cwd=ROOT, text=True, env=environment or None, **pipes)  # type: ignore[call-overload]
    line = process.stdout.readline()
    assert line.startswith("teacher on http://127.0.0.1:"), line + process.stderr.read()
    return process, line.removeprefix("teacher on ").strip()


def stop(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """End a teacher by SIGTERM; returns exit code, the rest of stdout, and stderr."""
    process.terminate()
    stdout, stderr = process.communicate(timeout=20)
    return process.returncode, stdout, stderr


def flawless_skill(**rates: float) -> Skill:
    """A skill without a mistake but those given; it notices whatever is wrong in a conversation."""
    none = {field.name: 0.0 for field in fields(Skill) if field.name != "name"}
    return Skill(FLAWLESS, **{**none, "notice": 1.0, **rates})


@pytest.fixture(autouse=True)
def flawless(monkeypatch: pytest.MonkeyPatch) -> None:
    """A model that never errs on purpose, so that a test of the rules fails by the rules only."""
    monkeypatch.setitem(SKILLS, FLAWLESS, flawless_skill())


@pytest.fixture(scope="module")
def teacher() -> Iterator[str]:
    """Address of a teacher with seed 7, ending in /v1."""
    process, address = start(7)
    yield address
    stop(process)
