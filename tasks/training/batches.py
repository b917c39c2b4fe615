"""Which samples a training step sees, and which rank computes which of them (pure).

Batches hold samples of similar length, which on a CPU doubles the useful tokens a second against padding to
the limit. The plan depends on lengths, batch and seed, never on the number of ranks: one rank or eight see
the same batches, and a resumed run goes on where it stopped.
"""

import random
from collections.abc import Iterator, Sequence
from itertools import cycle, islice

from tasks.errors import ConfigurationError

POOL = 8
"""Batches whose samples are sorted by length together: similar lengths, still a random mixture."""


def epoch(lengths: Sequence[int], batch: int, seed: int, number: int) -> list[list[int]]:
    """Batches of one pass as positions in `lengths`, each exactly `batch` long.

    Every sample is in at least one; the last batch is filled up from the beginning of the pass.
    """
    source = random.Random(f"{seed}/{number}")
    order = list(range(len(lengths)))
    source.shuffle(order)
    whole = -(-len(order) // batch) * batch
    order = list(islice(cycle(order), whole))
    batches: list[list[int]] = []
    for start in range(0, whole, POOL * batch):
        pool = sorted(order[start : start + POOL * batch], key=lambda at: lengths[at])
        batches.extend(pool[at : at + batch] for at in range(0, len(pool), batch))
    source.shuffle(batches)
    return batches


def steps(lengths: Sequence[int], batch: int, seed: int, count: int) -> Iterator[list[int]]:
    """The first `count` batches of pass after pass."""
    made = 0
    for number in range(count):
        for chosen in epoch(lengths, batch, seed, number):
            if made == count:
                return
            made += 1
            yield chosen


def step_count(samples: int, batch: int, wanted_steps: int, epochs: float) -> int:
    """Optimizer steps of a run: as many as asked for, or `epochs` passes where none are."""
    return wanted_steps or max(1, round(epochs * -(-samples // batch)))


def share(
    chosen: Sequence[int], lengths: Sequence[int], rank: int, world: int, micro: int
) -> list[list[int]]:
    """The micro-batches of one rank: a batch dealt out by length, so that no rank waits long."""
    ordered = sorted(chosen, key=lambda at: (lengths[at], at))
    mine = ordered[rank::world]
    return [mine[start : start + micro] for start in range(0, len(mine), micro)]


def micro_batch(batch: int, world: int, wanted: int) -> int:
    """Samples of a rank in one forward pass.

    Raises:
        ConfigurationError: the batch cannot be dealt out evenly.
    """
    micro = wanted or batch // world
    if micro < 1 or batch % (world * micro):
        raise ConfigurationError(
            f"a batch of {batch} cannot be dealt out to {world} ranks in micro-batches of {max(micro, 1)}; "
            f"use a multiple of {world * max(micro, 1)}"
        )
    return micro
