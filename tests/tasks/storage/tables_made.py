"""Tables as a stage would plan them, for tests."""

from typing import Any

from tasks.records import Trajectory
from tasks.storage.manifest import Manifest
from tasks.storage.table import Table


def a_manifest(shards: int = 1, **changed: Any) -> Manifest:
    given: dict[str, Any] = {
        "stage": "annotate",
        "run_id": "annotate-1",
        "parameters": {"model": "m", "concurrency": 8},
        "decides": {"model": "m"},
        "inputs": {},
        "seed": 1,
        "code_version": "1",
        "plan": tuple({"first": number} for number in range(shards)),
        "schema_versions": {"Trajectory": 1},
        "created": "2026-11-21T00:00:00+00:00",
    }
    return Manifest(**{**given, **changed})


def a_table(address: str, shards: int = 1, **changed: Any) -> Table:
    return Table.create_or_continue(address, a_manifest(shards, **changed))


def numbers(table: Table, partial: bool = False) -> list[int]:
    """Which examples a table holds, in its order."""
    return [int(row.instruction_id, 16) for row in table.records(Trajectory, "trajectories", partial)]
