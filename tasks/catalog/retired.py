"""Tools that were retired from an earlier catalogue: the next crawl leaves them out, wherever it finds them.

They are known by digests of their ids: the new catalogue names them as little as the earlier one does.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from tasks.errors import ConfigurationError
from tasks.records import Collection
from tasks.storage.canonical import digest
from tasks.storage.manifest import RETIRED, Manifest
from tasks.storage.table import Table
from tasks.storage.versions import versions_of

_STAGE = "crawl"


@dataclass(frozen=True, slots=True)
class Retired:
    """A catalogue's list of retired tools."""

    told: Sequence[dict[str, str]] = ()
    """As the manifest tells them: digest, reason, and of which table it was the successor."""

    @classmethod
    def of(cls, address: str) -> "Retired":
        """That of an earlier catalogue.

        Raises:
            ConfigurationError: the address holds something else.
        """
        found = Table.open(address).manifest
        if found.stage != _STAGE:
            raise ConfigurationError(
                f"--since {address} holds the output of '{found.stage}'; give an earlier catalogue"
            )
        return cls.told_by(found)

    @classmethod
    def of_newest(cls, catalog: str, source: str, location: str) -> "Retired":
        """That of the newest version of a catalogue: of this marketplace, or of any where it has none yet.

        A marketplace that has moved is one that has none, and what was retired from it is to stay out.

        Args:
            catalog: address of one of the versions, there or not.
            source: kind of marketplace.
            location: where it is, as manifests say it.
        """
        known = [table.manifest for table in versions_of(catalog) if table.manifest.stage == _STAGE]
        asked = source, location
        same = [m for m in known if (m.parameters.get("source"), m.parameters.get("location")) == asked]
        newest = (same or known)[-1:]
        return cls.told_by(newest[0]) if newest else cls()

    @classmethod
    def told_by(cls, manifest: Manifest) -> "Retired":
        """That of a table."""
        return cls(tuple(manifest.decides.get(RETIRED) or ()))

    @property
    def decides(self) -> dict[str, Any]:
        """What a new catalogue's manifest says of it, so that the one after leaves them out, too."""
        return {RETIRED: list(self.told)} if self.told else {}

    def holds(self, tool_id: str) -> bool:
        """Whether a tool is on the list."""
        return bool(self.told) and digest(tool_id) in {each["tool"] for each in self.told}

    def without(self, collection: Collection) -> Collection:
        """A collection without them."""
        left = tuple(tool_id for tool_id in collection.tool_ids if not self.holds(tool_id))
        return replace(collection, tool_ids=left)

    def notes(self, found: int | None = None) -> list[str]:
        """One sentence; `found` is how many of them the marketplace still lists, where that is known."""
        if not self.told:
            return []
        said = "" if found is None else f", of which the marketplace still lists {found}"
        return [f"{len(self.told)} retired tools stay out{said}"]
