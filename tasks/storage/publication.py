"""How a shard is opened and published: machines that do no I/O themselves (pure).

See `effects` for what a machine is and who runs it. The order is what keeps the promises:
1. all parts are uploaded, to keys of this attempt that nobody else reads or writes;
2. the table is asked whether it is still the one the shard was opened in;
3. the commit is created only if there is none of its generation;
4. unless that was heard to succeed, the commit that stands is read back: it is ours (the acknowledgement was
   lost), somebody else's (we lost the race), or not there.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from tasks.errors import AddressError, StorageUnavailable
from tasks.storage import commits, manifest
from tasks.storage.addresses import TABLE_KEY, commit_key, parse_commit_key
from tasks.storage.commits import Commit, PartFile
from tasks.storage.effects import Create, Elapsed, Keys, Machine, Read, Upload
from tasks.storage.manifest import now_text

LONGEST_PUBLICATION_S = 4 * 3600.0
"""From the first upload of a generation to its commit [s]; far below `sweep.SAFE_AGE_S`, so that no part is
swept away as garbage just before the commit that names it."""


def opening(shard: int, address: str, identity: str) -> Machine[Commit]:
    """The newest commit of a shard; generation 0 where there is none.

    Args:
        shard: its number.
        address: the table's, for messages.
        identity: the table's, see `Manifest.identity`.

    Raises:
        AddressError: the commit is damaged, or of another table.
        StorageUnavailable: it was listed and is gone.
    """
    keys: Sequence[str] = yield Keys(commit_key(shard, 0).rpartition("/")[0])
    generation = newest_generations(keys).get(shard, 0)
    if not generation:
        return commits.nothing(shard)
    content: bytes | None = yield Read(commit_key(shard, generation))
    return commit_of(content, shard, generation, address, identity)


def publishing(
    newest: Commit,
    parcels: Iterable[tuple[str, PartFile, Any]],
    *,
    attempt: str,
    finished: bool,
    address: str,
    identity: str,
    carried: Mapping[str, tuple[PartFile, ...]] | None = None,
    now: Callable[[], str] = now_text,
) -> Machine[Commit]:
    """Upload parts and commit them as the generation after `newest`.

    Args:
        newest: the shard's commit that this one goes on from.
        parcels: member, what the commit says of the part, and its content; keys are those of this attempt.
        attempt: an id nobody else has.
        finished: whether nothing is left to do.
        address: the table's, for messages.
        identity: the table's, see `Manifest.identity`.
        carried: parts of other versions that are taken over by reference, by member.
        now: what the commit says of its time.

    Raises:
        StorageUnavailable: the store failed, it took too long, or another worker published this generation
            first; what that worker published stands, and opening the shard again continues from there.
        AddressError: the table is gone or another one stands in its place.
    """
    started: float = yield Elapsed()
    added: dict[str, tuple[PartFile, ...]] = dict(carried or {})
    for member, part, content in parcels:
        yield Upload(part, content)
        added[member] = (*added.get(member, ()), part)
    yield from _same_table(address, identity)
    ended: float = yield Elapsed()
    if ended - started > LONGEST_PUBLICATION_S:
        raise StorageUnavailable(
            f"publishing shard {newest.shard} of {address} took {(ended - started) / 3600:.1f} hours, and "
            "what was uploaded first may be swept away by now; run the shard again"
        )
    commit = newest.following(attempt, added, finished, now(), identity)
    yield from _claiming(commit, address)
    return commit


def _same_table(address: str, identity: str) -> Machine[None]:
    """Refuse to publish into a table that was deleted, or made anew, while its shard was worked on."""
    content: bytes | None = yield Read(TABLE_KEY)
    if content is None:
        raise AddressError(
            f"{address} holds no table any more: it was moved or deleted while this shard was worked on; "
            "restore it, or run the stage again"
        )
    if manifest.parse(content, address).identity != identity:
        raise AddressError(
            f"{address} holds another table than when this shard was begun: it was made anew meanwhile; run "
            "the stage again"
        )


def _claiming(commit: Commit, address: str) -> Machine[None]:
    """Create the commit object, or learn who did: us, unheard, or somebody else."""
    key, unheard = commit_key(commit.shard, commit.generation), None
    try:
        if (yield Create(key, commit.to_json())):
            return
    except StorageUnavailable as error:
        unheard = error
    content: bytes | None = yield Read(key)
    if content is not None and commits.parse(content, f"{address}/{key}").attempt == commit.attempt:
        return  # it was written, the acknowledgement was lost
    if content is None and unheard is not None:
        raise unheard
    raise StorageUnavailable(
        f"another worker published generation {commit.generation} of shard {commit.shard} of {address} "
        "first; run the shard again to continue after it"
    )


def newest_generations(keys: Iterable[str]) -> dict[int, int]:
    """Shard to its newest generation, from the keys of commits; others are passed over."""
    newest: dict[int, int] = {}
    for found in map(parse_commit_key, keys):
        if found is not None:
            newest[found[0]] = max(found[1], newest.get(found[0], 0))
    return newest


def commit_of(content: bytes | None, shard: int, generation: int, address: str, identity: str) -> Commit:
    """The commit that an object must hold.

    Raises:
        AddressError: it is damaged, that of another shard, or of another table.
        StorageUnavailable: it was listed and is gone.
    """
    key = commit_key(shard, generation)
    if content is None:
        raise StorageUnavailable(f"{address}/{key} was listed but cannot be read; try again")
    commit = commits.parse(content, f"{address}/{key}")
    if (commit.shard, commit.generation) != (shard, generation):
        raise AddressError(f"commit {address}/{key} is that of another shard; restore it")
    if commit.table not in ("", identity):
        raise AddressError(
            f"commit {address}/{key} was written for another table that stood here; delete it and run the "
            "stage again"
        )
    return commit
