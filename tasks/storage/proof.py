"""The proof of a retirement: a search of everything that was written."""

from collections.abc import Mapping
from typing import Any

import orjson

from tasks.errors import FactoryError
from tasks.storage.addresses import TABLE_KEY
from tasks.storage.derivation import LINKS, Gone, Naming
from tasks.storage.lineage import MEMBERS
from tasks.storage.stage import Progress
from tasks.storage.store import store_of
from tasks.storage.table import Table


def searched(versions: Mapping[str, Gone], naming: Naming, progress: Progress) -> dict[str, int]:
    """Search every text of every row of the new versions, and their manifests.

    Args:
        versions: address of a new version to what is gone from it and from all it was made from.
        naming: finds the tool.
        progress: shows how far it is.

    Another way than rows were chosen by: each row is one line of JSON, searched whole for the tool's id. Ids
    of removed rows are looked for where they would lead on; in rejects they stand rightly.

    Raises:
        FactoryError: something was found.
    """
    rows = 0
    hits: list[str] = []
    for done, (address, gone) in enumerate(versions.items()):
        table = Table.open(address)
        if naming.found((store_of(table.address).read(TABLE_KEY) or b"").decode()):
            hits.append(f"{table.address}/{TABLE_KEY}")
        for shard, commit in table.newest().items():
            for member in commit.members:
                record, column = MEMBERS[member]
                for row in table.shard(shard).published(record, member):
                    rows += 1
                    led = member != "rejects" and _leads(row, gone)
                    if led or naming.found(orjson.dumps(row).decode()):
                        hits.append(f"{table.address}: {member} {getattr(row, column)}")
        progress.show("search", done + 1, len(versions))
    if hits:
        raise FactoryError(
            f"the search still finds '{naming.tool_id}' in {len(hits)} places, first {hits[0]}; this is a "
            "fault of ToolFoundry, please report it"
        )
    return {"tables": len(versions), "rows": rows, "hits": len(hits)}


def _leads(row: Any, gone: Gone) -> bool:
    """Whether a row still refers to one that is gone."""
    if gone.subject(row):
        return True
    for column, member in LINKS.items():
        value = getattr(row, column, ())
        if any(
            each in gone.ids.get(member, ()) for each in (value if isinstance(value, tuple) else (value,))
        ):
            return True
    return False
