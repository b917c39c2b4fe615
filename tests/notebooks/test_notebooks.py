import os
import subprocess
import sys
from pathlib import Path

import orjson
import pytest

from tasks.records import Node, Trajectory
from tasks.storage.manifest import Manifest
from tasks.storage.table import Table
from tests.conftest import CLONE
from tests.tasks.examples import a_trajectory

NOTEBOOKS = sorted(CLONE.glob("notebooks/*.py"))


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_to_its_end_and_writes_nothing(notebook: Path, tmp_path: Path) -> None:
    address = str(tmp_path / "trajectories")
    manifest = Manifest(
        stage="annotate", run_id="r", parameters={}, decides={}, inputs={}, seed=1, code_version="1",
        plan=({},), schema_versions={},
    )  # fmt: skip
    root = orjson.dumps([Node(0, -1, "root", 0, "")]).decode()
    rows = [a_trajectory(number, tree=root) for number in range(3)]
    Table.create_or_continue(address, manifest).shard(0).publish(
        {"trajectories": (Trajectory, rows)}, finished=True
    )
    before = sorted(path for path in tmp_path.rglob("*"))
    settings = {**os.environ, "XDG_CONFIG_HOME": str(tmp_path.parent / "config")}
    outcome = subprocess.run(
        [sys.executable, str(notebook), "--", "--address", address],
        capture_output=True, text=True, check=False, cwd=tmp_path, env=settings,
    )  # fmt: skip
    assert outcome.returncode == 0, outcome.stderr
    assert sorted(path for path in tmp_path.rglob("*")) == before
