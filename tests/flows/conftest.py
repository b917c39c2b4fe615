"""One clone of its own for all tests of flows: sandbox, Prefect server, deployments, workers."""

import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from infra.local.supervisor import Supervisor
from tests.canaries import canary

# Prefect reads them when a test imports it: nothing is written to the home folder, nothing is sent anywhere.
os.environ["PREFECT_HOME"] = tempfile.mkdtemp(prefix="foundry-prefect-")
os.environ["PREFECT_SERVER_ANALYTICS_ENABLED"] = "false"
os.environ["DO_NOT_TRACK"] = "1"

PLANTED = ("RAPIDAPI_KEY", "TOOLBENCH_KEY", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
           "HF_TOKEN")  # fmt: skip
"""Keys of the shell that the clone was brought up in; none of its tests needs one."""


@dataclass(frozen=True, slots=True)
class Clone:
    """A clone that runs."""

    supervisor: Supervisor
    settings: dict[str, str]

    def address(self, *parts: str) -> str:
        """A place below its root."""
        return "/".join([self.settings["FOUNDRY_ROOT"], *parts])


@pytest.fixture(scope="package")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clone]:
    """Brought up once, and down after the last test of this folder: idle servers and workers cost time."""
    from prefect.settings import PREFECT_API_URL, PREFECT_HOME, temporary_settings

    supervisor = Supervisor(tmp_path_factory.mktemp("clone") / "state", say=lambda text: None)
    for name in [name for name in supervisor.shell if name.startswith(("FOUNDRY_", "OPENAI_"))]:
        del supervisor.shell[name]
    supervisor.shell |= {name: canary(name) for name in PLANTED}
    try:
        known = supervisor.up()
        own = {PREFECT_API_URL: known["PREFECT_API_URL"], PREFECT_HOME: Path(known["PREFECT_HOME"])}
        with temporary_settings(updates=own):
            yield Clone(supervisor, known)
    finally:
        supervisor.down(patience_s=3)


@pytest.fixture
def inside(clone: Clone, own_world: Path, monkeypatch: pytest.MonkeyPatch) -> Clone:
    """The same, with this process's environment set as that of its workers."""
    for name, value in clone.settings.items():
        monkeypatch.setenv(name, value)
    return clone
