"""CPU seconds and memory of each kind of process while a rehearsal runs.

A kind is led by known processes; what descends from them belongs to it, or to another kind where the leader
only starts it (a worker and its flow runs). Time of a process that has ended is in its parent's account, so
CPU seconds are exact; memory is looked at twice a second.
"""

import os
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import psutil

EVERY_S = 0.5


@dataclass(frozen=True, slots=True)
class Kind:
    """Processes that do one thing."""

    leaders: tuple[int, ...]
    below: str = ""
    """Kind that the leaders' descendants are counted under; empty: this one."""


@dataclass(slots=True)
class Usage:
    """What a kind has used."""

    cpu_s: float = 0.0
    peak_mib: float = 0.0
    """Of all its processes together."""
    peak_each_mib: float = 0.0
    """Of the largest of them."""
    most: int = 0
    """Processes at once."""


@dataclass(slots=True)
class Watched:
    """What was seen between start and end."""

    usage: dict[str, Usage]
    wall_s: float
    load: list[float] = field(default_factory=list)
    """Load average of the machine over the last minute, at each look."""
    idle_share: float = 0.0
    """Of the machine's CPU time: what nobody used."""
    others_cpu_s: float = 0.0
    """Used by processes that are none of these kinds."""

    @property
    def mean_load(self) -> float:
        """Mean of the machine's load averages."""
        return sum(self.load) / len(self.load) if self.load else 0.0


class Watch:
    """Looks at processes from `with` to its end; the result is `seen`."""

    def __init__(self, kinds: Mapping[str, Kind], each_look: Callable[[], None] = lambda: None):
        self.seen = Watched({name: Usage() for name in _names(kinds)}, 0.0)
        self._kinds = kinds
        self._each_look = each_look
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._keep_looking, daemon=True)

    def __enter__(self) -> "Watch":
        self._began = time.monotonic()
        self._cpu, self._machine = self._cpu_now(), psutil.cpu_times()
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stopped.set()
        self._thread.join()
        now, machine = self._cpu_now(), psutil.cpu_times()
        self.seen.wall_s = time.monotonic() - self._began
        for name, usage in self.seen.usage.items():
            usage.cpu_s = now.get(name, 0.0) - self._cpu.get(name, 0.0)
        idle = (machine.idle + machine.iowait) - (self._machine.idle + self._machine.iowait)
        total = self.seen.wall_s * (os.cpu_count() or 1)
        self.seen.idle_share = idle / total
        self.seen.others_cpu_s = max(
            0.0, total - idle - sum(usage.cpu_s for usage in self.seen.usage.values())
        )

    def _keep_looking(self) -> None:
        while not self._stopped.wait(EVERY_S):
            self._look()
            self._each_look()

    def _look(self) -> None:
        self.seen.load.append(os.getloadavg()[0])
        for name, members in self._members().items():
            sizes = []
            for process in members:
                try:
                    sizes.append(process.memory_info().rss / 2**20)
                except psutil.Error:
                    continue  # it has just ended
            usage = self.seen.usage[name]
            usage.peak_mib = max(usage.peak_mib, sum(sizes))
            usage.peak_each_mib = max(usage.peak_each_mib, *sizes, 0.0)
            usage.most = max(usage.most, len(sizes))

    def _members(self) -> dict[str, list[psutil.Process]]:
        found: dict[str, list[psutil.Process]] = defaultdict(list)
        for name, kind in self._kinds.items():
            for pid in kind.leaders:
                try:
                    leader = psutil.Process(pid)
                    found[name].append(leader)
                    found[kind.below or name] += leader.children(recursive=True)
                except psutil.NoSuchProcess:
                    continue
        return found

    def _cpu_now(self) -> dict[str, float]:
        """CPU seconds so far; what a process has waited for stands in its own account."""
        sums: dict[str, float] = defaultdict(float)
        for name, kind in self._kinds.items():
            for pid in kind.leaders:
                try:
                    leader = psutil.Process(pid)
                    times = leader.cpu_times()
                    below = [_whole(each) for each in leader.children(recursive=True)]
                except psutil.NoSuchProcess:
                    continue
                sums[name] += times.user + times.system
                sums[kind.below or name] += times.children_user + times.children_system + sum(below)
        return sums


def _whole(process: psutil.Process) -> float:
    try:
        return sum(process.cpu_times()[:4])
    except psutil.Error:
        return 0.0


def _names(kinds: Mapping[str, Kind]) -> list[str]:
    return list(dict.fromkeys([*kinds, *(kind.below for kind in kinds.values() if kind.below)]))
