"""What a comparison is: the same question to a tool of the hub and to a package that shares nothing with it.

A file in ``pairs/`` names a `TOOL`, the `SECOND` source and its `LICENCE`, and has ``pairs(hub)``, which
yields a `Pair` for each question. Where two right sources may differ a little, `tolerance` says by how much,
and why stands beside it. What differs by more is a disagreement: it is listed, whoever of the two is right.
"""

import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType

from infra.sandbox.second_sources import pairs
from infra.sandbox.second_sources.hub import Hub


@dataclass(frozen=True, slots=True)
class Pair:
    """One question and both answers."""

    question: str
    hub: object
    second: object
    tolerance: float = 0.0
    """Largest difference of two numbers that still counts as agreement."""

    @property
    def agrees(self) -> bool:
        """Whether both say the same."""
        if isinstance(self.hub, int | float) and isinstance(self.second, int | float):
            return abs(self.hub - self.second) <= self.tolerance
        return self.hub == self.second


@dataclass(frozen=True, slots=True)
class Comparison:
    """All questions to one tool."""

    tool: str
    second: str
    asked: int
    disagreements: tuple[Pair, ...]


def modules() -> list[ModuleType]:
    """The comparisons there are, in alphabetical order of their files."""
    return [
        importlib.import_module(f"{pairs.__name__}.{each.name}")
        for each in pkgutil.iter_modules(pairs.__path__)
    ]


def compare_all(hub: Hub) -> Iterator[Comparison]:
    """Ask every question; raises `HubError` where the hub does not answer one."""
    for module in modules():
        asked = list(module.pairs(hub))
        yield Comparison(module.TOOL, module.SECOND, len(asked), tuple(p for p in asked if not p.agrees))
