"""Canonical JSON, keys and seeds: the same value gives the same bytes on every machine.

Randomness of anything is `random.Random` seeded by blake2b over seed, stage, id and ordinal: no order of
work and no process-wide generator can change a row.
"""

import hashlib
import json
import random
from typing import Any

import orjson


def canonical_json(value: Any) -> bytes:
    """JSON with sorted keys and no blanks, UTF-8.

    Whole numbers beyond 64 bits and halves of surrogate pairs, which models do send, are kept.
    """
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)
    except TypeError:
        return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def digest(value: Any, size: int = 8) -> str:
    """blake2b of the canonical JSON, `2 * size` hex digits."""
    return hashlib.blake2b(canonical_json(value), digest_size=size).hexdigest()


def seed_of(*parts: str | int) -> int:
    """A 63-bit seed drawn from a run's seed, a stage, an id, an ordinal."""
    joined = "\x1f".join(map(str, parts)).encode()
    return int.from_bytes(hashlib.blake2b(joined, digest_size=8).digest(), "big") >> 1


def random_of(*parts: str | int) -> random.Random:
    """A generator of one's own for one decision."""
    return random.Random(seed_of(*parts))
