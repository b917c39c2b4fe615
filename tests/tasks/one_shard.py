"""A table of one shard that holds what it is told, in the place of a stage that would make it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tasks.storage.manifest import Manifest
from tasks.storage.table import Table


def table(
    address: Path,
    stage: str,
    members: Mapping[str, tuple[type[Any], Sequence[Any]]],
    inputs: dict[str, str] | None = None,
    finished: bool = True,
    folders: Mapping[str, Path] | None = None,
) -> str:
    """A table of one shard."""
    manifest = Manifest(
        stage=stage,
        run_id=f"{stage}-made",
        parameters={},
        decides={"made": [repr(rows) for _, rows in members.values()]},
        inputs=inputs or {},
        seed=1,
        code_version="1",
        plan=({},),
        schema_versions={},
    )
    made = Table.create_or_continue(str(address), manifest)
    made.shard(0).publish(members, finished=finished, folders=folders)
    return made.address
