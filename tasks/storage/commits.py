"""A shard's commits: what it has published, generation after generation (pure)."""

from dataclasses import dataclass, fields
from typing import Any

import orjson

from tasks.errors import AddressError
from tasks.storage.addresses import is_data_key, normalise
from tasks.storage.canonical import digest


@dataclass(frozen=True, slots=True)
class PartFile:
    """One data object."""

    key: str
    rows: int
    """Those that count, without the ones left out; 0 for files that are no tables."""
    size: int
    """Bytes."""
    sha256: str
    address: str = ""
    """Table below which the object lies; empty: the commit's own. Else it was carried over by reference."""
    without: tuple[int, ...] = ()
    """Places of rows that are left out, ascending."""


@dataclass(frozen=True, slots=True)
class Commit:
    """Everything a shard has published so far; the newest generation replaces the older ones."""

    shard: int
    generation: int
    """1, 2, ... within a shard."""
    attempt: str
    """Unique id of who wrote it."""
    finished: bool
    members: dict[str, tuple[PartFile, ...]]
    committed: str
    """Time, ISO 8601."""
    table: str = ""
    """Identity of the table it was written for; empty in commits of earlier versions."""

    def rows(self, member: str) -> int:
        """Rows of one member."""
        return sum(part.rows for part in self.members.get(member, ()))

    def following(
        self,
        attempt: str,
        added: dict[str, tuple[PartFile, ...]],
        finished: bool,
        committed: str,
        table: str = "",
    ) -> "Commit":
        """The next generation: all files of this one and the added ones."""
        names = [*self.members, *(name for name in added if name not in self.members)]
        members = {name: self.members.get(name, ()) + added.get(name, ()) for name in names}
        return Commit(self.shard, self.generation + 1, attempt, finished, members, committed, table)

    def to_json(self) -> bytes:
        """JSON of the commit object, with a digest of its own: what was changed later is not believed."""
        content = {name: getattr(self, name) for name in _FIELDS}
        content["members"] = {
            name: [{each: getattr(part, each) for each in _told(part)} for part in parts]
            for name, parts in self.members.items()
        }
        return orjson.dumps({**content, "digest": digest(content, 16)}, option=orjson.OPT_INDENT_2)


_FIELDS = tuple(field.name for field in fields(Commit))
_PART = ("key", "rows", "size", "sha256")
_CARRIED = ("address", "without")


def nothing(shard: int) -> Commit:
    """The state of a shard before its first commit."""
    return Commit(shard, 0, "", False, {}, "")


def parse(content: bytes, where: str) -> Commit:
    """Read a commit object.

    Raises:
        AddressError: it is damaged.
    """
    try:
        found: dict[str, Any] = orjson.loads(content)
        said = found.pop("digest", None)  # commits of earlier versions have none
        if said is not None and said != digest(found, 16):
            raise ValueError("its digest does not fit")
        members = {name: tuple(_part(part) for part in parts) for name, parts in found.pop("members").items()}
        return Commit(**found, members=members)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise AddressError(
            f"commit {where} is damaged ({error}); restore it, or delete it and run the stage again"
        ) from error


def _told(part: PartFile) -> tuple[str, ...]:
    """What a commit says of a part; of one of its own no more than earlier versions did."""
    return (*_PART, *_CARRIED) if part.address else _PART


def _part(found: dict[str, Any]) -> PartFile:
    part = PartFile(**{**found, "without": tuple(found.get("without", ()))})
    if not is_data_key(part.key):
        raise ValueError(f"it names {part.key!r}, which is no part")
    if part.rows < 0 or part.size < 0:
        raise ValueError(f"{part.key} has {part.rows} rows in {part.size} bytes")
    if part.address and part.address != normalise(part.address):
        raise ValueError(f"it names {part.address!r}, which is no address")
    return part
