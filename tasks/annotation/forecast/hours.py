"""How long searches take side by side: so many at once in a shard, so many shards at once (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tasks.annotation.forecast.costs import Searched
from tasks.annotation.forecast.resampling import DRAWS, Numbers

SIMULATED = 200
"""Shards that are played through; each draw takes one of their ends, scaled."""
LONGEST = 1_000
"""Instructions of a shard that are played through; of a longer one the rest is more of the same."""
DRIFT = 0.2
"""Standard deviation, in logarithms, of how latency moves between pilot and run: an assumption. A pilot lasts
minutes and cannot see it."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """How the rest is worked on."""

    instructions: int
    shard_size: int
    concurrency: int
    """Instructions at once in a shard."""
    shards_at_once: int = 1


def makespan(durations: Numbers, at_once: int) -> float:
    """Seconds until the last of `durations`, begun in order, at most so many at once, has ended."""
    lanes = np.zeros(max(1, min(at_once, len(durations))))
    for each in durations:
        lanes[lanes.argmin()] += each
    return float(lanes.max())


def waits(pilot: Sequence[Searched], busy_s: Numbers, schedule: Schedule, seed: int) -> Numbers:
    """Draws of the seconds from start to end, shape (`DRAWS`,).

    Args:
        pilot: rows whose times stand for the rest's.
        busy_s: draws of the sum of all times, which carry what is uncertain about the mean.
        schedule: how the rest is worked on.
        seed: of the order.
    """
    rng = np.random.default_rng(seed)
    times = np.array([row.busy_s for row in pilot], dtype=np.float64)
    if schedule.instructions == 0 or times.mean() <= 0:
        return np.zeros(DRAWS)
    size = min(schedule.shard_size, schedule.instructions)
    played = min(size, LONGEST)
    efficiency = []
    for _ in range(SIMULATED if played <= 200 else SIMULATED // 5):
        drawn = rng.choice(times, played)
        total = float(drawn.sum())
        if total > 0:
            efficiency.append(makespan(drawn, schedule.concurrency) / total)
    # A longer shard has the same tail on more work: it wastes less.
    ideal = 1 / min(schedule.concurrency, size)
    tail = max(0.0, float(np.mean(efficiency)) - ideal) * played / size
    noise = rng.choice(np.array(efficiency) - float(np.mean(efficiency)), DRAWS) * played / size
    shards = max(1.0, schedule.instructions / size)
    lanes = min(schedule.shards_at_once, int(np.ceil(shards)))
    uneven = np.ceil(shards / lanes) / (shards / lanes)
    drift = np.exp(DRIFT * rng.standard_normal(DRAWS))
    seconds: Numbers = busy_s * np.maximum(ideal + tail + noise, ideal) / lanes * uneven * drift
    return seconds
