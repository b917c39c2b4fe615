import re
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tasks.catalog import stage as crawl
from tasks.storage.stage import Silent
from tests.conftest import CLONE
from tests.tasks.catalog.sandbox import running_hub


@pytest.fixture(scope="session")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The sandbox's whole hub as a catalogue; nothing is called, so that it is there soon."""
    address = str(tmp_path_factory.mktemp("catalog") / "hub")
    with running_hub("--plants", "0") as hub, pytest.MonkeyPatch.context() as patch:
        patch.setenv("FOUNDRY_HUB_KEY", hub.key)
        crawl.run(crawl.Parameters(location=hub.location, catalog=address, probe=False), Silent())
    return address


@pytest.fixture(scope="session")
def teacher_url() -> Iterator[str]:
    """The sandbox's rehearsal teacher, met over HTTP."""
    command = [sys.executable, "-m", "infra.sandbox.teacher", "--port", "0", "--seed", "1"]
    with subprocess.Popen(command, cwd=CLONE, stdout=subprocess.PIPE, text=True) as started:
        try:
            assert started.stdout is not None
            found = re.search(r"http://[0-9.:]+", started.stdout.readline())
            assert found is not None
            yield f"{found[0]}/v1"
        finally:
            started.kill()


@pytest.fixture
def teacher(teacher_url: str, own_world: object, monkeypatch: pytest.MonkeyPatch) -> str:
    """The model to name; its server is in the environment."""
    monkeypatch.setenv("OPENAI_BASE_URL", teacher_url)
    return "rehearsal-middle"
