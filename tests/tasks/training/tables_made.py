"""Tables of the stages before this room, made by hand."""

from collections.abc import Sequence
from pathlib import Path

from tasks.records import Api, Instruction, Pair, Reject, TrainingSample, Trajectory
from tests.tasks.one_shard import table


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
