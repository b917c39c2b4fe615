"""Fixtures of all tests: reference data that may be absent, and a world of one's own for every test."""

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, configuration, settings

from tests.groups import rank_of

CLONE = Path(__file__).resolve().parents[1]
_FOREIGN = ("OPENAI_", "AWS_", "FOUNDRY_", "RAPIDAPI_")
_KEPT = frozenset({"FOUNDRY_SHARED", "FOUNDRY_TEST_POSTGRES", "FOUNDRY_TEST_PROMETHEUS"})

# Threads of torch that wait for each other sleep: beside other work, busy waiting costs more than training.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
configuration.set_hypothesis_home_dir(Path(tempfile.gettempdir(), "foundry-hypothesis"))
# Busy machines are slow, which says nothing of the code: examples have no deadline. What failed is printed as
# a line that plays it again; a database of examples would be slow and make runs depend on earlier ones.
settings.register_profile(
    "foundry", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True, database=None
)
settings.load_profile("foundry")


def shared_folder() -> Path:
    """Where reference data lies: `FOUNDRY_SHARED`, by default `../shared` beside the clone."""
    return Path(os.environ.get("FOUNDRY_SHARED") or CLONE.parent / "shared").absolute()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of reference data; skips where it is absent."""
    folder = shared_folder()
    if not folder.is_dir():
        pytest.skip(f"no reference data at {folder}; name its folder in FOUNDRY_SHARED")
    return folder


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Workers of pytest-xdist begin with what takes longest."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        items.sort(key=lambda test: rank_of(test.nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """Tests are given to workers by group."""
    from tests.groups import scheduler

    return scheduler(config, log)


@pytest.fixture(autouse=True)
def own_world(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """State, tables and ledger of this test alone; no key, server or model of the shell it was started in."""
    for name in list(os.environ):
        if name.startswith(_FOREIGN) and name not in _KEPT:
            monkeypatch.delenv(name)
    world = tmp_path_factory.mktemp("world")
    monkeypatch.setenv("FOUNDRY_STATE", str(world / "state"))
    monkeypatch.setenv("FOUNDRY_ROOT", str(world / "tables"))
    monkeypatch.setenv("FOUNDRY_LEDGER", str(world / "ledger.sqlite"))
    return world
