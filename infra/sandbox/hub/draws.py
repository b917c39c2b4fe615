"""Chance that follows from a seed and names alone: no state, no order, no hash seed of Python."""

import hashlib
from collections.abc import Sequence
from typing import TypeVar

Choice = TypeVar("Choice")


def rank(seed: int, *names: str) -> bytes:
    """Return 16 bytes; sorting by them shuffles, and adding a name moves no other."""
    return hashlib.blake2b("\0".join((str(seed), *names)).encode(), digest_size=16).digest()


def share(seed: int, *names: str) -> float:
    """Return a number in [0, 1)."""
    return int.from_bytes(rank(seed, *names)[:6], "big") / (1 << 48)


def one_of(choices: Sequence[Choice], seed: int, *names: str) -> Choice:
    """Return one of the choices."""
    return choices[int.from_bytes(rank(seed, *names)[:6], "big") % len(choices)]
