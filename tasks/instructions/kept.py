"""What of earlier instructions is carried over to another catalogue, and why the rest is not."""

from collections import Counter
from collections.abc import Mapping, Sequence

from tasks.errors import ConfigurationError
from tasks.instructions.prompts import STAGE
from tasks.records import Api, Call, Combination, Group, Instruction, Reject
from tasks.storage.carrying import Keeps, carried_count
from tasks.storage.change import change_between, why
from tasks.storage.rejects import reject
from tasks.storage.table import Table

NOT_ASKED = "group_not_asked"
IMPOSSIBLE = "group_impossible"


class Kept:
    """Instructions that need no API that changed, the combinations they were written for, their rejects.

    A combination of which nothing is left is drawn again, as one nobody has asked for; one that is carried
    over is not, even where some of its instructions were retired.
    """

    def __init__(
        self, earlier: Table, catalog: str, groups: Sequence[Group], impossible: Mapping[Group, str]
    ):
        """Compare catalogues and sort the instructions.

        Args:
            earlier: the version before.
            catalog: address of the new catalogue.
            groups: those that are written.
            impossible: wanted as well, with the reason why the new catalogue cannot make them.
        """
        old = Table.open(earlier.manifest.inputs["catalog"]).records(Api, "apis")
        self.change = change_between(old, Table.open(catalog).records(Api, "apis"))
        self.groups = groups
        self._earlier = earlier.address
        self._touched: dict[str, tuple[str, str]] = {}
        self._kept: Counter[str] = Counter()
        combinations: set[str] = set()
        for row in earlier.records(Instruction, "instructions"):
            apis = self.change.of_instruction(row)
            if row.group in impossible:
                self._touched[row.instruction_id] = IMPOSSIBLE, impossible[row.group]
            elif row.group not in groups:
                self._touched[row.instruction_id] = NOT_ASKED, row.group
            elif apis:
                self._touched[row.instruction_id] = why(apis, self.change)
            else:
                self._kept[row.group] += 1
                combinations.add(row.combination_id)
        changed = self.change.gone | self.change.shown
        self._combinations = {
            row.combination_id
            for row in earlier.records(Combination, "combinations")
            if row.group in groups and (row.combination_id in combinations or changed.isdisjoint(row.api_ids))
        }
        self._outdated = _outdated(earlier)

    def lacking(self, count: int) -> dict[Group, int]:
        """How many each group lacks of a count.

        Raises:
            ConfigurationError: a group has more than is wanted.
        """
        over = next((group for group in self.groups if self._kept[group] > count), None)
        if over:
            raise ConfigurationError(
                f"{self._earlier} has {self._kept[over]} instructions of {over}, and --count {count} wants "
                "fewer: a list may grow with --since, not shrink"
            )
        return {group: count - self._kept[group] for group in self.groups}

    def keeps(self) -> Keeps:
        """Rows that are carried over."""

        def of_reject(row: Reject) -> bool:
            return _combination(row) in self._combinations and _told(row) not in self._outdated

        return {
            "instructions": lambda row: row.instruction_id not in self._touched,
            "combinations": lambda row: row.combination_id in self._combinations,
            "rejects": of_reject,
        }

    def rejects(self) -> list[Reject]:
        """One for each instruction that is retired."""
        return [reject(STAGE, id, reason, evidence) for id, (reason, evidence) in self._touched.items()]

    def notes(self) -> list[str]:
        """What happened, in a sentence."""
        change = self.change
        return [
            f"{self._kept.total()} instructions are carried over from {self._earlier}, "
            f"{len(self._touched)} are retired; of the APIs {len(change.gone)} are gone, "
            f"{len(change.shown)} are documented otherwise, {len(change.answers)} answer otherwise, "
            f"{len(change.new)} are new"
        ]


def _outdated(earlier: Table) -> set[tuple[str, str]]:
    """Rejects that an earlier version had carried over and whose combination it then asked for again.

    What the new reply left over, that version says anew; the old ones would have it paid for in each version.
    """
    count = carried_count(earlier, "rejects")
    if not count:
        return set()
    rows = earlier.records(Reject, "rejects")
    asked = set(earlier.read(Call, "calls", columns=["subject_id"]).column("subject_id").to_pylist())
    return {_told(row) for row in rows[:count] if _combination(row) in asked} - set(map(_told, rows[count:]))


def _combination(row: Reject) -> str:
    return row.subject_id.partition("/")[0]


def _told(row: Reject) -> tuple[str, str]:
    return row.subject_id, row.reason
