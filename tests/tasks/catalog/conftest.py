from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tasks.catalog.stage import Parameters, run
from tasks.storage.stage import Report, Silent
from tests.tasks.catalog.sandbox import RunningHub, planted, running_hub


@dataclass
class Crawled:
    report: Report
    plants: dict[str, str]
    hub: RunningHub
    parameters: Parameters


@pytest.fixture(scope="session")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    """One crawl of the sandbox's hub with its planted faults."""
    folder: Path = tmp_path_factory.mktemp("crawled")
    plants = folder / "plants.json"
    with running_hub("--plants-to", str(plants)) as hub, pytest.MonkeyPatch.context() as patch:
        hub.warm_up()
        patch.setenv("FOUNDRY_HUB_KEY", hub.key)
        parameters = Parameters(
            location=hub.location, catalog=str(folder / "catalog"), slow_s=1.5, timeout_s=2.0
        )
        yield Crawled(run(parameters, Silent()), planted(plants), hub, parameters)
