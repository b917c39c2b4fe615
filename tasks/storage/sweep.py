"""Garbage of a table: what killed and losing workers uploaded and no commit names (a machine, see `effects`).

A part may be younger than the commit that will name it, so only what is older than a safe age is garbage,
by the clock that dates the objects. A worker that needs longer than `LONGEST_PUBLICATION_S` from its first
upload to its commit gives up; between the two lie hours, so that no step of a worker, however slow, lets a
commit name what was swept away. Objects are listed before commits are read: what is committed meanwhile is
kept in any case.
"""

from dataclasses import dataclass

from tasks.errors import ConfigurationError
from tasks.storage.addresses import commit_key
from tasks.storage.effects import Dated, Delete, Keys, Machine, Read, StoreTime, Unfinished, carry_out
from tasks.storage.probe import FOLDER
from tasks.storage.publication import commit_of, newest_generations
from tasks.storage.store import store_of
from tasks.storage.table import Table

SAFE_AGE_S = 24 * 3600.0
"""Youngest garbage [s]: `LONGEST_PUBLICATION_S`, an hour in which a commit is on its way, and the hours that
a worker may stand still between looking at its clock and its commit."""


@dataclass(frozen=True, slots=True)
class Swept:
    """What was found, and removed where that was asked for."""

    objects: int
    """Parts no commit names, and questions to the server that were never cleared."""
    size: int
    """Their bytes."""
    unfinished: int
    """Writes that were begun and never ended."""
    young: int
    """Parts no commit names, and too young to tell whether one will."""


def sweep(address: str, remove: bool, age_s: float = SAFE_AGE_S) -> Swept:
    """Find, and remove if so told, the garbage of a table.

    Raises:
        ConfigurationError: the age is one at which a worker may still commit.
        AddressError: there is no table, or a commit is damaged; then nothing is removed.
    """
    if age_s < SAFE_AGE_S:
        hours = f"{SAFE_AGE_S / 3600:.0f}"
        raise ConfigurationError(
            f"what is younger than {hours} hours may still be committed; give {hours} or more"
        )
    table = Table.open(address)
    machine = sweeping(table.address, table.manifest.identity, age_s=age_s, remove=remove)
    return carry_out(machine, store_of(table.address))


def sweeping(address: str, identity: str, *, age_s: float, remove: bool) -> Machine[Swept]:
    """List, read all newest commits, then remove what is old and named by none.

    Raises:
        AddressError: a commit is damaged or of another table: what it names is not known, nothing is removed.
    """
    now: float = yield StoreTime()
    found = []
    for prefix in ("data", FOLDER):
        found += yield Dated(prefix)
    named: set[str] = set()
    for shard, generation in newest_generations((yield Keys("commits"))).items():
        content = yield Read(commit_key(shard, generation))
        commit = commit_of(content, shard, generation, address, identity)
        named.update(part.key for parts in commit.members.values() for part in parts if not part.address)
    unnamed = [stamp for stamp in found if stamp.key not in named]
    old = [stamp for stamp in unnamed if stamp.written < now - age_s]
    for stamp in old if remove else ():
        yield Delete(stamp.key)
    unfinished: int = yield Unfinished(now - age_s, remove)
    return Swept(len(old), sum(stamp.size for stamp in old), unfinished, len(unnamed) - len(old))
