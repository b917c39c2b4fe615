"""What of an earlier annotation is carried over to other instructions, and why the rest is not."""

from collections.abc import Sequence
from typing import Any

from tasks.annotation.inputs import Inputs
from tasks.errors import ConfigurationError
from tasks.records import Api, Instruction, Reject, Trajectory
from tasks.storage.carrying import Keeps, carried_values
from tasks.storage.change import called, change_between, why
from tasks.storage.rejects import reject
from tasks.storage.table import Table

NAME = "annotate"
RETIRED = "instruction_retired"
AGAIN = "instruction_changed"


class Kept:
    """Trajectories of instructions that are still there, where no API needed or called has changed."""

    def __init__(self, earlier: Table, inputs: Inputs):
        """Compare catalogues and sort the trajectories.

        Raises:
            ConfigurationError: the earlier ones were made of a file, which names no catalogue.
        """
        place = earlier.manifest.inputs.get("instructions", "")
        catalog = Table.open(place).manifest.inputs.get("catalog", "") if Table.exists(place) else ""
        if not catalog:
            raise ConfigurationError(
                f"--since {earlier.address} was made of {place}, which names no catalogue, so nobody can "
                "tell what changed; give a version that was made of an instructions table"
            )
        self.change = change_between(Table.open(catalog).records(Api, "apis"), inputs.apis.values())
        self._earlier = earlier.address
        self._asked = {each.instruction_id: each for each in inputs.instructions}
        self._touched: dict[str, tuple[str, str]] = {}
        self._kept: set[str] = set()
        for row in earlier.each(Trajectory, "trajectories"):
            reason = self._why(row)
            if reason is None:
                self._kept.add(row.instruction_id)
            else:
                self._touched[row.trajectory_id] = reason
        self._rejected = {
            row.subject_id for row in earlier.records(Reject, "rejects") if self._still_rejected(row)
        }

    def left(self) -> list[Instruction]:
        """Instructions that are searched, in their order."""
        done = self._kept | self._rejected
        return [each for each in self._asked.values() if each.instruction_id not in done]

    def keeps(self) -> Keeps:
        """Rows that are carried over."""

        def of_trajectory(row: Any) -> bool:
            return row.instruction_id in self._kept

        def of_reject(row: Any) -> bool:
            return row.subject_id in self._rejected

        return {"trajectories": of_trajectory, "rejects": of_reject}

    def rejects(self) -> list[Reject]:
        """One for each trajectory that is left behind."""
        return [reject(NAME, id, reason, evidence) for id, (reason, evidence) in self._touched.items()]

    def notes(self) -> list[str]:
        """What happened, in a sentence."""
        return [
            f"{len(self._kept)} trajectories are carried over from {self._earlier}, {len(self._touched)} are "
            f"left behind, {len(self.left())} instructions are searched"
        ]

    def _why(self, row: Trajectory) -> tuple[str, str] | None:
        """Reason and evidence for leaving a trajectory behind; None for one that is kept."""
        instruction = self._asked.get(row.instruction_id)
        if instruction is None:
            return RETIRED, row.instruction_id
        if (instruction.split, instruction.text) != (row.split, row.text):
            return AGAIN, row.instruction_id
        if not self.change.any:
            return None
        needed = instruction.relevant_api_ids or instruction.api_ids
        touching = sorted(self.change.of_trajectory(needed, called(row)))
        return why(touching, self.change) if touching else None

    def _still_rejected(self, row: Reject) -> bool:
        """Whether what could not be searched before cannot be now: nothing of it has changed."""
        instruction = self._asked.get(row.subject_id)
        return instruction is not None and not self.change.touching(instruction.api_ids)


def searched(table: Table, instructions: Sequence[Instruction]) -> Sequence[Instruction]:
    """The instructions that the shards of a table search, in order: all, or those not carried over."""
    done = set(carried_values(table, "trajectories", "instruction_id"))
    done |= set(carried_values(table, "rejects", "subject_id"))
    return [each for each in instructions if each.instruction_id not in done] if done else instructions
