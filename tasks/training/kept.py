"""What of earlier samples and pairs is carried over, and why the rest is not."""

from typing import Any

from tasks.records import Api, Instruction, Pair, Reject, TrainingSample, Trajectory
from tasks.retrieval.pairs import document_of
from tasks.storage.carrying import Keeps, carried_values
from tasks.storage.rejects import reject
from tasks.storage.table import Table
from tasks.training.samples import STAGE

REMADE = "trajectory_changed"


class Kept:
    """Samples of trajectories that were carried over, pairs of instructions whose APIs read the same."""

    def __init__(self, earlier: Table, trajectories: Table, instructions: Table | None):
        """Look at what both were made of.

        Args:
            earlier: the version before.
            trajectories: new ones; what they carried over makes the same samples.
            instructions: new ones; None where there are no pairs.
        """
        self._earlier = earlier
        before = earlier.manifest.inputs.get("trajectories", "")
        same = before == trajectories.address
        self.trajectories = set(_ids(trajectories) if same else _carried_of(trajectories, before))
        self.instructions = self._same_documents(instructions) if instructions else set()
        samples = earlier.read(TrainingSample, "samples", columns=["sample_id", "trajectory_id"])
        self._left = [
            row["sample_id"] for row in samples.to_pylist() if row["trajectory_id"] not in self.trajectories
        ]

    def keeps(self) -> Keeps:
        """Rows that are carried over."""

        def of_sample(row: Any) -> bool:
            return row.trajectory_id in self.trajectories

        def of_pair(row: Any) -> bool:
            return row.instruction_id in self.instructions

        def of_reject(row: Any) -> bool:
            if row.reason == REMADE:  # of the version before: its trajectory has been searched anew since
                return False
            return row.subject_id in self.trajectories or row.subject_id in self.instructions

        return {"samples": of_sample, "pairs": of_pair, "rejects": of_reject}

    def rejects(self) -> list[Reject]:
        """One for each sample that is left behind."""
        return [reject(STAGE, id, REMADE, "its trajectory was left behind") for id in self._left]

    def notes(self) -> list[str]:
        """What happened, in a sentence."""
        return [
            f"samples of {len(self.trajectories)} trajectories and pairs of {len(self.instructions)} "
            f"instructions are carried over from {self._earlier.address}, {len(self._left)} samples are left "
            "behind"
        ]

    def _same_documents(self, instructions: Table) -> set[str]:
        """Instructions whose pairs are what they were: those of which every document reads the same."""
        documents = {row.pair_id: row for row in self._earlier.records(Pair, "pairs")}
        apis = {
            row.api_id: row
            for row in Table.open(instructions.manifest.inputs["catalog"]).records(Api, "apis")
        }
        texts = {row.api_id: "" for row in documents.values()}
        texts = {api_id: document_of(apis[api_id]) for api_id in texts if api_id in apis}
        kept: set[str] = set()
        for row in instructions.records(Instruction, "instructions"):
            offered = dict.fromkeys((*row.api_ids, *row.relevant_api_ids))
            pairs = {api_id: documents.get(f"{row.instruction_id}/{api_id}") for api_id in offered}
            if all(
                pair is not None
                and (pair.document, pair.split) == (texts.get(api_id), row.split)
                and pair.relevant == (api_id in row.relevant_api_ids)
                for api_id, pair in pairs.items()
            ):
                kept.add(row.instruction_id)
        return kept


def not_carried(source: Table, record: type[Any], member: str, table: Table, makes: str) -> list[int]:
    """Places of the input rows that the shards of a delta table work on: of those that were not carried over.

    Args:
        source: of the input rows.
        record: their class.
        member: their name.
        table: the delta.
        makes: the member that is made of them, which names each by the same id.
    """
    column = f"{_ROW[member]}_id"
    done = set(carried_values(table, makes, column))
    gone = zip(*(carried_values(table, "rejects", each) for each in ("subject_id", "reason")), strict=True)
    done |= {subject for subject, reason in gone if reason != REMADE}
    ids = source.read(record, member, columns=[column]).column(column).to_pylist()
    return [place for place, id in enumerate(ids) if id not in done]


_ROW = {"trajectories": "trajectory", "instructions": "instruction"}


def _ids(trajectories: Table) -> list[str]:
    column = trajectories.read(Trajectory, "trajectories", columns=["trajectory_id"])
    found: list[str] = column.column("trajectory_id").to_pylist()
    return found


def _carried_of(trajectories: Table, before: str) -> list[str]:
    """What new trajectories carried over from those that the earlier samples were made of."""
    if trajectories.manifest.parameters.get("since") != before:
        return []
    return carried_values(trajectories, "trajectories", "trajectory_id")
