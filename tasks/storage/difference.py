"""What differs between two versions of a table, row by row under the ids of their records.

    difference = compare(Table.open("instructions/v1"), Table.open("instructions/v2"))
    difference.members["instructions"].changed       # rows of one id whose fields differ

Two rows are the same when all fields are but those that say when, at what price and in which piece of work
they were made (`LEFT_OUT`), and it does not matter in which order or shard they lie. What an older schema
does not have counts as the field's default. Both tables are read shard by shard, and only rows that have not
met their like are kept: tables that hardly differ need hardly any memory. Shards whose files are equal are
not read at all.
"""

import dataclasses
import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from tasks.errors import ConfigurationError, IncompleteTable
from tasks.records import Spend
from tasks.storage.addresses import is_in_folder, name_in_folder
from tasks.storage.commits import Commit, PartFile
from tasks.storage.excerpts import excerpt, excerpts
from tasks.storage.lineage import MEMBERS
from tasks.storage.stage import Progress, Silent
from tasks.storage.table import Table

LEFT_OUT = frozenset({"latency_s", "cost_nano_usd", "run_id", "shard", "replayed"})
"""Columns that do not tell rows apart: time, cost, run, and the piece of work a row was made in."""

KEYS: dict[str, tuple[str, ...]] = {
    "results": ("instruction_id", "candidate", "method", "rule"),
    "probes": ("api_id", "attempt"),
    "calls": ("subject_id", "kind", "target", "request_key", "ordinal"),
    "rejects": ("subject_id", "stage", "reason"),
}
"""Columns that name a row together, where the id of its record names several."""

SPEND = "spend"
"""Cost is no difference: the member is summed on both sides, never compared."""

CONTENT = "content"
"""The one field of a file."""

EXAMPLES = 3
ChangeKind = Literal["added", "removed", "changed"]


@dataclass(frozen=True, slots=True)
class Change:
    """One row that only one version has, or that differs."""

    member: str
    kind: ChangeKind
    """Seen from the first version to the second."""
    id: str
    """The row's id; where several columns name it, their values with blanks between."""
    fields: tuple[str, ...] = ()
    """Of a changed row, the columns that differ."""


@dataclass(slots=True)
class MemberDifference:
    """One member of both versions."""

    rows_a: int = 0
    rows_b: int = 0
    same: int = 0
    added: int = 0
    removed: int = 0
    changed: int = 0
    fields: dict[str, int] = field(default_factory=dict)
    """Column to the changed rows in which it differs, most frequent first."""
    examples: list[dict[str, Any]] = field(default_factory=list)
    """A few of each kind: `change`, `id`, and the `row`, or under `fields` what stood and what stands."""

    @property
    def equal(self) -> bool:
        """Whether no row differs."""
        return not (self.added or self.removed or self.changed)


@dataclass(slots=True)
class Difference:
    """Two versions side by side."""

    a: str
    b: str
    stage: str
    members: dict[str, MemberDifference]
    made_with: dict[str, tuple[Any, Any]]
    """What decided the rows and differs: parameters, inputs, code; its value there and here."""
    cost_usd: tuple[float, float]
    """What each version cost [USD]."""

    @property
    def same(self) -> bool:
        """Whether both hold the same rows."""
        return all(each.equal for each in self.members.values())

    def to_plain(self) -> dict[str, Any]:
        """For JSON."""
        return {**dataclasses.asdict(self), "same": self.same, "left_out": [*sorted(LEFT_OUT), SPEND]}


def compare(
    a: Table,
    b: Table,
    *,
    partial: bool = False,
    examples: int = EXAMPLES,
    seen: Callable[[Change], None] = lambda change: None,
    progress: Progress | None = None,
) -> Difference:
    """Compare all members of two versions of one stage's table.

    Args:
        a: the version that was.
        b: the version that is.
        partial: also where shards are unfinished: then what is published is compared.
        examples: how many of each kind are shown with their values.
        seen: is told every row that differs, sorted by id within its member.
        progress: shows how far the reading is.

    Raises:
        ConfigurationError: they are tables of different stages, or of a later version of ToolFoundry.
        IncompleteTable: one has unfinished shards, and `partial` is not given.
        AddressError: a part is missing or damaged.
    """
    if a.manifest.stage != b.manifest.stage:
        raise ConfigurationError(
            f"{a.address} holds the output of '{a.manifest.stage}', {b.address} that of "
            f"'{b.manifest.stage}'; give two versions of one stage's table"
        )
    sides = _Side.of(a, partial), _Side.of(b, partial)
    names = {name for side in sides for commit in side.newest.values() for name in commit.members}
    members: dict[str, MemberDifference] = {}
    for name in sorted(names - {SPEND}, key=_place):
        if any(side.holds_files(name) for side in sides):
            found, changes = _compare_files(name, sides, examples)
        else:
            found, changes = _compare_rows(name, sides, examples, progress or Silent())
        members[name] = found
        for change in changes:
            seen(change)
    return Difference(
        a=a.address,
        b=b.address,
        stage=a.manifest.stage,
        members=members,
        made_with=_made_with(a.manifest.decides, b.manifest.decides),
        cost_usd=(sides[0].cost_usd(), sides[1].cost_usd()),
    )


@dataclass(frozen=True, slots=True)
class _Side:
    """One of the two tables, with its commits as they stood when the comparison began."""

    table: Table
    newest: Mapping[int, Commit]

    @classmethod
    def of(cls, table: Table, partial: bool) -> "_Side":
        newest = table.newest()
        missing = [each for each in table.shards if each not in newest or not newest[each].finished]
        if missing and not partial:
            raise IncompleteTable(
                f"{table.address} is not finished ({len(missing)} of {len(table.shards)} shards are open); "
                f"run '{table.manifest.stage}' on it again, or compare it with --partial"
            )
        return cls(table, newest)

    def files(self, member: str) -> list[PartFile]:
        return [part for commit in self.newest.values() for part in commit.members.get(member, ())]

    def holds_files(self, member: str) -> bool:
        return any(is_in_folder(part.key) for part in self.files(member))

    def rows(self, member: str) -> int:
        return sum(part.rows for part in self.files(member))

    def hashes(self, member: str, shard: int) -> list[tuple[str, tuple[int, ...]]]:
        commit = self.newest.get(shard)
        return (
            sorted((part.sha256, part.without) for part in commit.members.get(member, ())) if commit else []
        )

    def read(self, record: type[Any], member: str, shard: int) -> list[Any]:
        return self.table.shard(shard).published(record, member)

    def cost_usd(self) -> float:
        shards = [shard for shard, commit in self.newest.items() if commit.rows(SPEND)]
        nano = sum(int(row.cost_nano_usd) for shard in shards for row in self.read(Spend, SPEND, shard))
        return nano / 1e9


class _Row(NamedTuple):
    """A row that has not met its like."""

    signature: tuple[Any, ...]
    """One value a compared column; long ones as their hash."""
    shard: int
    place: int


_Sides = tuple[_Side, _Side]
_Key = tuple[Any, ...]


class _Matching:
    """Rows of both sides that wait for their like."""

    def __init__(self) -> None:
        self.same = 0
        self.waiting: tuple[dict[_Key, list[_Row]], dict[_Key, list[_Row]]] = ({}, {})

    def add(self, side: int, key: _Key, row: _Row) -> None:
        others = self.waiting[1 - side]
        alike = others.get(key, [])
        for place, other in enumerate(alike):
            if other.signature == row.signature:
                del alike[place]
                if not alike:
                    del others[key]
                self.same += 1
                return
        self.waiting[side].setdefault(key, []).append(row)

    def left(self) -> Iterator[tuple[_Key, _Row | None, _Row | None]]:
        """What differs, by id: a row of each side, or of one."""
        was, now = self.waiting
        for key in sorted({*was, *now}, key=lambda key: tuple(map(str, key))):
            before, after = was.get(key, []), now.get(key, [])
            for place in range(max(len(before), len(after))):
                yield (
                    key,
                    before[place] if place < len(before) else None,
                    after[place] if place < len(after) else None,
                )


def _compare_rows(
    member: str, sides: _Sides, examples: int, progress: Progress
) -> tuple[MemberDifference, list[Change]]:
    if member not in MEMBERS:
        raise ConfigurationError(
            f"{sides[0].table.address} holds '{member}', which this version of ToolFoundry does not know; "
            "update it"
        )
    record, id_column = MEMBERS[member]
    keys = KEYS.get(member, (id_column,))
    columns = [each.name for each in dataclasses.fields(record) if each.name not in LEFT_OUT]
    matching = _Matching()
    matching.same, order = _order(member, sides)
    total = sides[0].rows(member) + sides[1].rows(member)
    done = 2 * matching.same
    for side, shard in order:
        rows = sides[side].read(record, member, shard)
        for place, row in enumerate(rows):
            signature = tuple(_token(getattr(row, name)) for name in columns)
            matching.add(side, tuple(getattr(row, name) for name in keys), _Row(signature, shard, place))
        done += len(rows)
        progress.show(member, done, total)

    found = MemberDifference(sides[0].rows(member), sides[1].rows(member), matching.same)
    shown = _Examples(sides, record, member, examples)
    fields: Counter[str] = Counter()
    changes: list[Change] = []
    for key, before, after in matching.left():
        differing: tuple[str, ...] = ()
        if before and after:
            pairs = zip(columns, before.signature, after.signature, strict=True)
            differing = tuple(name for name, was, now in pairs if was != now)
            fields.update(differing)
        change = Change(member, _kind(before, after), " ".join(map(str, key)), differing)
        _count(found, change)
        shown.take(change, before, after)
        changes.append(change)
    found.fields, found.examples = dict(fields.most_common()), shown.taken
    return found, changes


def _order(member: str, sides: _Sides) -> tuple[int, list[tuple[int, int]]]:
    """Rows that need not be read, and which shard of which side is read after which.

    Shards of one number whose files are the same are passed over. Of the others the side that is behind is
    always read next, so that few rows wait for their like.
    """
    alike = 0
    waiting: tuple[list[int], list[int]] = ([], [])
    for shard in sorted({*sides[0].newest, *sides[1].newest}):
        hashes = sides[0].hashes(member, shard)
        if hashes and hashes == sides[1].hashes(member, shard):
            alike += sides[0].newest[shard].rows(member)
            continue
        for side, mine in zip(sides, waiting, strict=True):
            if shard in side.newest and side.newest[shard].rows(member):
                mine.append(shard)
    order: list[tuple[int, int]] = []
    read = [0, 0]
    while waiting[0] or waiting[1]:
        behind = 0 if waiting[0] and (not waiting[1] or read[0] <= read[1]) else 1
        shard = waiting[behind].pop(0)
        read[behind] += sides[behind].newest[shard].rows(member)
        order.append((behind, shard))
    return alike, order


def _compare_files(member: str, sides: _Sides, examples: int) -> tuple[MemberDifference, list[Change]]:
    """A folder of files (a model's): which names there are, and what they contain by the commits' hashes."""
    was, now = ({name_in_folder(part.key): part.sha256 for part in side.files(member)} for side in sides)
    found = MemberDifference(len(was), len(now))
    changes: list[Change] = []
    for name in sorted({*was, *now}):
        if was.get(name) == now.get(name):
            found.same += 1
            continue
        fields = (CONTENT,) if name in was and name in now else ()
        change = Change(member, _kind(was.get(name), now.get(name)), name, fields)
        _count(found, change)
        if sum(each["change"] == change.kind for each in found.examples) < examples:
            found.examples.append({"change": change.kind, "id": name})
        changes.append(change)
    found.fields = {CONTENT: found.changed} if found.changed else {}
    return found, changes


class _Examples:
    """The first few changes of each kind, with the rows read once more."""

    def __init__(self, sides: _Sides, record: type[Any], member: str, most: int):
        self.taken: list[dict[str, Any]] = []
        self._sides, self._record, self._member, self._most = sides, record, member, most
        self._read: list[tuple[int, list[Any]]] = [(-1, []), (-1, [])]
        self._counts: Counter[str] = Counter()

    def take(self, change: Change, before: _Row | None, after: _Row | None) -> None:
        if self._counts[change.kind] >= self._most:
            return
        self._counts[change.kind] += 1
        example: dict[str, Any] = {"change": change.kind, "id": change.id}
        was, now = self._row(0, before), self._row(1, after)
        if was and now:
            example["fields"] = {
                name: excerpts(getattr(was, name), getattr(now, name)) for name in change.fields
            }
        else:
            example["row"] = excerpt(was or now)
        self.taken.append(example)

    def _row(self, side: int, row: _Row | None) -> Any:
        if row is None:
            return None
        if self._read[side][0] != row.shard:
            rows = self._sides[side].read(self._record, self._member, row.shard)
            self._read[side] = (row.shard, rows)
        return self._read[side][1][row.place]


def _kind(before: object, after: object) -> ChangeKind:
    if before is None:
        return "added"
    return "removed" if after is None else "changed"


def _count(found: MemberDifference, change: Change) -> None:
    setattr(found, change.kind, getattr(found, change.kind) + 1)


def _token(value: Any) -> Any:
    """A small value that is equal where the field is: itself, or a hash of what is long."""
    if isinstance(value, str):
        return value if len(value) <= 32 else _hashed(value)
    if isinstance(value, tuple):
        return _hashed(repr(value)) if value else ()
    return value if value == value else "nan"


def _hashed(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


def _made_with(was: dict[str, Any], now: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    names = sorted({*was, *now})
    return {name: (was.get(name), now.get(name)) for name in names if was.get(name) != now.get(name)}


def _place(member: str) -> tuple[int, str]:
    """Main members first, as `foundry show` has them."""
    known = list(MEMBERS)
    return (known.index(member) if member in MEMBERS else len(known), member)
