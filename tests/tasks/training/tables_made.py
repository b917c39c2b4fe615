"""Tables of the stages before this room, made by hand."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tasks.records import Api, Instruction, Pair, Reject, TrainingSample, Trajectory
from tasks.storage.manifest import Manifest
from tasks.storage.table import Table


def table(
    address: Path,
    stage: str,
    members: Mapping[str, tuple[type[Any], Sequence[Any]]],
    inputs: dict[str, str] | None = None,
    finished: bool = True,
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
    made.shard(0).publish(members, finished=finished)
    return made.address


def trajectories_table(
    folder: Path, trajectories: Sequence[Trajectory], instructions: Sequence[Instruction], apis: Sequence[Api]
) -> str:
    """Trajectories with the instructions and the catalogue behind them."""
    catalog = table(folder / "catalog", "crawl", {"apis": (Api, apis)})
    asked = table(
        folder / "instructions",
        "instruct",
        {"instructions": (Instruction, instructions)},
        {"catalog": catalog},
    )
    return table(
        folder / "trajectories",
        "annotate",
        {"trajectories": (Trajectory, trajectories)},
        {"instructions": asked},
    )


def samples_table(folder: Path, samples: Sequence[TrainingSample], pairs: Sequence[Pair]) -> str:
    """What assemble writes."""
    return table(
        folder / "samples",
        "assemble",
        {"samples": (TrainingSample, samples), "pairs": (Pair, pairs), "rejects": (Reject, [])},
    )
