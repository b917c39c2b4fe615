"""Places in a text that are taken (pure)."""

from bisect import bisect_left
from collections.abc import Iterable

Span = tuple[int, int]


class Taken:
    """Parts of a text that nothing else may be read from; asked thousands of times of a long text.

    Parts that overlap are kept as one, so that of those before a place only the nearest can reach it.
    """

    def __init__(self, spans: Iterable[Span] = ()):
        """Take the first parts, in any order."""
        self._starts: list[int] = []
        self._ends: list[int] = []
        for start, end in sorted(spans):
            if self._ends and start < self._ends[-1]:
                self._ends[-1] = max(self._ends[-1], end)
            else:
                self._starts.append(start)
                self._ends.append(end)

    def meets(self, start: int, end: int) -> bool:
        """Whether a part that is taken reaches into this one."""
        nearest = bisect_left(self._starts, end) - 1
        return nearest >= 0 and start < self._ends[nearest]

    def add(self, start: int, end: int) -> None:
        """Take one more part."""
        last = bisect_left(self._starts, end)
        first = last
        while first and start < self._ends[first - 1]:
            first -= 1
        if first < last:
            start, end = min(start, self._starts[first]), max(end, self._ends[last - 1])
        self._starts[first:last] = [start]
        self._ends[first:last] = [end]
