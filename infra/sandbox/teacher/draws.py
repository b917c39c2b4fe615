"""Draws: all chance of a reply comes from one generator, seeded from the request alone."""

import hashlib
import random
from collections.abc import Mapping


def digest_of(*parts: bytes) -> bytes:
    """16 bytes that stand for the parts and their order, on any machine and in any process."""
    hashed = hashlib.blake2b(digest_size=16)
    for part in parts:
        hashed.update(len(part).to_bytes(8, "big"))
        hashed.update(part)
    return hashed.digest()


def generator(digest: bytes) -> random.Random:
    """A generator of its own for one reply."""
    return random.Random(int.from_bytes(digest, "big"))


def weighted(rng: random.Random, weights: Mapping[str, float]) -> str:
    """Draw one of the names by weight; the names must not be empty."""
    return rng.choices(list(weights), list(weights.values()))[0]
