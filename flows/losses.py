"""What a table has so far, and what was rejected on the way: only parts that are new are read again."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from tasks.records import Reject
from tasks.storage.parts import read_part
from tasks.storage.store import store_of
from tasks.storage.table import Table
from tasks.tables import from_table


@dataclass(frozen=True, slots=True)
class Loss:
    """Rows rejected for one reason."""

    reason: str
    rows: int
    example: str
    """Id of one of them."""
    evidence: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a table is."""

    finished: int
    """Shards."""
    shards: int
    rows: Mapping[str, int]
    """Member to rows that are published."""
    losses: tuple[Loss, ...]
    """The most frequent first."""


class Losses:
    """Looks at one table again and again."""

    def __init__(self, table: Table):
        self._table = table
        self._store = store_of(table.address)
        self._known: dict[str, list[Reject]] = {}
        """Part to one reject a reason, first."""
        self._counts: dict[str, Counter[str]] = {}

    def look(self) -> Standing:
        """How far it is now.

        Raises:
            FactoryError: it cannot be read now.
        """
        newest = self._table.newest()
        rows: Counter[str] = Counter()
        counts: Counter[str] = Counter()
        examples: dict[str, Reject] = {}
        for commit in newest.values():
            for member in commit.members:
                rows[member] += commit.rows(member)
            for part in commit.members.get("rejects", ()):
                if part.key not in self._known:
                    found = from_table(Reject, read_part(self._store, Reject, part))
                    self._counts[part.key] = Counter(row.reason for row in found)
                    self._known[part.key] = list({row.reason: row for row in reversed(found)}.values())
                counts += self._counts[part.key]
                for row in self._known[part.key]:
                    examples.setdefault(row.reason, row)
        return Standing(
            finished=sum(commit.finished for commit in newest.values()),
            shards=len(self._table.shards),
            rows=dict(sorted(rows.items())),
            losses=tuple(
                Loss(reason, count, examples[reason].subject_id, examples[reason].evidence)
                for reason, count in counts.most_common()
            ),
        )
