"""Whether a server keeps create-if-absent: asked before anything is published there.

Some answer 200 to the second creation of a key and replace the first (`rclone serve s3`, s3rver); some keep
the condition for one client and lose it when several ask at once (swift's S3 face). So each round creates a
key twice, then another one from many threads together. An acknowledgement that is lost on the way accuses
nobody: what counts is who was told that he won, and what can be read afterwards.
"""

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from tasks.errors import StorageUnavailable

ROUNDS = 3
RACERS = 16
FOLDER = ".probe"
"""Keys of questions lie here; one whose asker was killed is swept away later."""


class Asked(Protocol):
    """What of a store is asked."""

    def read(self, key: str) -> bytes | None:
        """The bytes of an object, or None where there is none."""

    def create(self, key: str, content: bytes) -> bool:
        """Write an object if there is none; False when there was one already."""

    def delete(self, key: str) -> None:
        """Remove an object."""


def keeps_conditions(store: Asked) -> bool:
    """Whether every creation of a key that was there already was refused.

    Raises:
        StorageUnavailable: the server did not answer; nothing was found out.
    """
    return all(_second_is_refused(store) and _one_wins(store) for _ in range(ROUNDS))


def _second_is_refused(store: Asked) -> bool:
    key = f"{FOLDER}/{uuid.uuid4().hex}"
    try:
        store.create(key, b"first")  # its acknowledgement may be lost: only the second one is judged
        return not store.create(key, b"second") and store.read(key) == b"first"
    finally:
        store.delete(key)


def _one_wins(store: Asked) -> bool:
    key, together = f"{FOLDER}/{uuid.uuid4().hex}", threading.Barrier(RACERS)

    def race(who: int) -> bool | None:
        together.wait()
        try:
            return store.create(key, b"racer %d" % who)
        except StorageUnavailable:
            return None  # written or not, nobody was told

    try:
        with ThreadPoolExecutor(RACERS) as threads:
            told = list(threads.map(race, range(RACERS)))
        if all(each is None for each in told):
            raise StorageUnavailable("the server answered none of 16 requests at once; try again")
        stands, winners = store.read(key), [who for who, won in enumerate(told) if won]
    finally:
        store.delete(key)
    possible = winners or [who for who, won in enumerate(told) if not won]
    return len(winners) <= 1 and stands in {b"racer %d" % who for who in possible}
