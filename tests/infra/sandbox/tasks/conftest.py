"""Hubs on free ports: one with planted faults, one without."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.infra.sandbox.tasks.small_hub import small_hub

ROOT = Path(__file__).resolve().parents[4]
PLANTED = ("--seed", 7, "--plants", 0.06)
"""Enough to meet every kind of fault; each slow or dead one costs seconds of probing."""


@dataclass(frozen=True)
class RunningHub:
    """A hub, and what was planted in it."""

    address: str
    planted: dict[str, str]
    """Kind of fault by ``tool/api``."""


@contextmanager
def hub(folder: Path, *options: object) -> Iterator[RunningHub]:
    truth = folder / "plants.json"
    command = [sys.executable, "-m", "infra.sandbox.hub", "--port", "0", "--plants-to", str(truth)]
    process = subprocess.Popen(
        [*command, *map(str, options)], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        line = process.stdout.readline()
        assert line.startswith("hub on http://"), line + process.stderr.read()
        address = line.removeprefix("hub on ").strip()
        rows = json.loads(truth.read_text())
        planted = [row for row in rows if not row["kind"].startswith("drift_")]
        yield RunningHub(address, {f"{row['tool']}/{row['api']}": row["kind"] for row in planted})
    finally:
        process.terminate()
        process.communicate(timeout=20)


@pytest.fixture(scope="package")
def planted_hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    """Seed 7, with planted faults."""
    with hub(tmp_path_factory.mktemp("planted"), *PLANTED) as running:
        yield running


@pytest.fixture(scope="package")
def sound_hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    """No planted faults, and nothing held back for later."""
    with hub(tmp_path_factory.mktemp("sound"), "--seed", 7, "--plants", 0, "--drift", 0) as running:
        yield running


@pytest.fixture(scope="package")
def tiny_hub() -> Iterator[str]:
    """Six APIs of one tool that no asks file speaks of."""
    with small_hub() as address:
        yield address


@pytest.fixture(scope="package")
def broken_hub() -> Iterator[str]:
    """The same, all of them dead."""
    with small_hub(broken=True) as address:
        yield address
