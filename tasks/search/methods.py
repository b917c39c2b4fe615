"""Searchers by name: `DFS_woFilter_w2` (DFSDT), `CoT@1` (ReACT), `CoT@5` (ReACT@5) ..."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from tasks.errors import ConfigurationError
from tasks.search.dfsdt import Limits, dfsdt
from tasks.search.effects import Search
from tasks.search.problem import Problem
from tasks.search.react import ChainLimits, react

VERSION = "1"
"""Part of the fingerprint of every table of trajectories: raise it when any searcher grows another tree."""

_DFSDT = re.compile(r"DFS_woFilter_w([1-9]\d?)")
_REACT = re.compile(r"CoT@([1-9]\d{0,2})")
PATTERNS = ("DFS_woFilter_w<width 1-99>", "CoT@<attempts 1-999>")


@dataclass(frozen=True, slots=True)
class Method:
    """A way to search, with its size."""

    name: str
    limits: Limits | ChainLimits
    search: Callable[[Problem], Search]


def method(name: str) -> Method:
    """The searcher of this name.

    Raises:
        ConfigurationError: there is none; the message lists what there is.
    """
    if found := _DFSDT.fullmatch(name):
        limits = Limits(width=int(found.group(1)))
        return Method(name, limits, lambda problem: dfsdt(problem, limits))
    if found := _REACT.fullmatch(name):
        chains = ChainLimits(attempts=int(found.group(1)))
        return Method(name, chains, lambda problem: react(problem, chains))
    raise ConfigurationError(f"there is no search method {name!r}; use one of {', '.join(PATTERNS)}")
