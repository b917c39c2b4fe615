"""Requests to buckets, counted by what providers charge for: writes (PUT, POST, LIST) and reads (GET, HEAD).

Counted as this process means them: what a client tries again after an error is one, and each part of a
multipart upload is one. Deletions are free everywhere.
"""

import threading
from typing import Literal, NamedTuple

RequestClass = Literal["writes", "reads"]
PART_BYTES = 5 * 2**20
"""Of a multipart upload by obstore."""
PAGE = 1000
"""Keys of one page of a listing."""


class Requests(NamedTuple):
    """How many there were."""

    writes: int = 0
    reads: int = 0


_counting = threading.Lock()
_counted = {"writes": 0, "reads": 0}


def count(kind: RequestClass, number: int = 1) -> None:
    """Some more requests were sent."""
    with _counting:
        _counted[kind] += number


def take() -> Requests:
    """Those since the last taking, by all threads of this process."""
    with _counting:
        found = Requests(**_counted)
        _counted.update(writes=0, reads=0)
        return found


def parts_of(size: int) -> int:
    """Requests of an upload of so many bytes: one, or those of a multipart upload with its begin and end."""
    return 1 if size <= PART_BYTES else 2 + -(-size // PART_BYTES)
