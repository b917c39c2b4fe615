"""Searchers by name: `DFS_woFilter_w2` (DFSDT), `CoT@1` (ReACT), `CoT@5` (ReACT@5), and their rivals."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeAlias

from tasks.errors import ConfigurationError
from tasks.search import foundry, grounds, lean, questions
from tasks.search.consistency import self_consistency
from tasks.search.dfs_ranked import dfs_ranked
from tasks.search.dfsdt import Limits, dfsdt
from tasks.search.effects import Search
from tasks.search.equal_cost import CostLimits, until_spent
from tasks.search.foundry import FoundryLimits
from tasks.search.foundry import foundry as search_foundry
from tasks.search.levers import DOUBTING, LEFT_OUT, PATTERN, SPELLING, TAKEN, levers_of
from tasks.search.problem import Problem
from tasks.search.react import ChainLimits, react
from tasks.search.reflection import reflect
from tasks.search.tot_bfs import BreadthLimits, tot_bfs
from tasks.search.tot_dfs import RatedLimits, tot_dfs

VERSION = "1"
"""Part of the fingerprint of every table of trajectories: raise it when any searcher grows another tree."""

OURS = "foundry"

AnyLimits: TypeAlias = Limits | ChainLimits | CostLimits | BreadthLimits | RatedLimits | FoundryLimits
_ASKS: Mapping[str, str] = MappingProxyType({"questions": questions.VERSION})


@dataclass(frozen=True, slots=True)
class Method:
    """A way to search, with its size."""

    name: str
    limits: AnyLimits
    search: Callable[[Problem], Search]
    most_replies: int
    """Model replies for one instruction in the worst case: a model that only thinks and never ends."""
    chains: bool = False
    """Every child of the root begins an attempt of its own, and nothing branches further down."""
    ranks: bool = False
    """Children are made first and ordered by the model before one is explored."""
    needs_budget: bool = False
    """The problem must say how many tokens may be spent."""
    decides: Mapping[str, str] = field(default_factory=dict)
    """What else decides the trees, for the fingerprint."""
    branches: bool = True
    """It may come back to a state that it has left. What a branch writes must not outlive it, so functions
    that write are offered only where the environment can fork what they write."""

    draws_afresh: bool = False
    """A further child of a node is another draw of the same request."""

    @property
    def tells_siblings(self) -> bool:
        """A further child of a node is asked for with a message that lists what its siblings tried."""
        return not (self.chains or self.draws_afresh)


def method(name: str) -> Method:
    """The searcher of this name.

    Raises:
        ConfigurationError: there is none; the message lists what there is.
    """
    for family in FAMILIES:
        if found := family.pattern.fullmatch(name):
            return family.made(name, *(int(part) if part.isdigit() else part for part in found.groups()))
    if name.startswith(OURS):
        levers = ", ".join((*TAKEN, *LEFT_OUT))
        raise ConfigurationError(
            f"{name!r} switches a lever that foundry has not; there are {levers}, and all"
        )
    listed = ", ".join(family.spelling for family in FAMILIES)
    raise ConfigurationError(f"there is no search method {name!r}; use one of {listed}")


@dataclass(frozen=True, slots=True)
class Family:
    """Searchers that differ in size alone."""

    spelling: str
    """For people."""
    pattern: re.Pattern[str]
    """Its groups are sizes, or switches."""
    made: Callable[..., Method]
    """From name and sizes or switches."""


def _dfsdt(name: str, width: int) -> Method:
    limits = Limits(width=width)
    most = limits.max_queries
    return Method(name, limits, lambda problem: dfsdt(problem, limits), most, branches=width > 1)


def _dfsdt_repaired(name: str, width: int) -> Method:
    limits = Limits(width=width, keep_last_reply=True)
    most = limits.max_queries
    return Method(name, limits, lambda problem: dfsdt(problem, limits), most, branches=width > 1)


def _ranked(name: str, width: int) -> Method:
    limits = Limits(width=width)
    most = limits.max_queries
    return Method(name, limits, lambda problem: dfs_ranked(problem, limits), most, ranks=True, decides=_ASKS)


def _react(name: str, attempts: int) -> Method:
    limits = ChainLimits(attempts=attempts)
    most = attempts * limits.max_depth
    return Method(
        name, limits, lambda problem: react(problem, limits), most, chains=True, branches=attempts > 1
    )


def _until_spent(name: str, tokens: int | None = None) -> Method:
    limits = CostLimits(tokens)
    return Method(
        name,
        limits,
        lambda problem: until_spent(problem, limits),
        limits.max_queries,
        chains=True,
        needs_budget=tokens is None,
    )


def _self_consistency(name: str, attempts: int) -> Method:
    limits = ChainLimits(attempts=attempts)
    most = attempts * limits.max_depth
    return Method(name, limits, lambda problem: self_consistency(problem, limits), most, chains=True)


def _reflect(name: str, attempts: int) -> Method:
    limits = ChainLimits(attempts=attempts)
    most = attempts * limits.max_depth + attempts - 1
    return Method(name, limits, lambda problem: reflect(problem, limits), most, chains=True, decides=_ASKS)


def _tot_bfs(name: str) -> Method:
    limits = BreadthLimits()
    open_: list[int] = [1]
    while len(open_) < limits.max_depth:
        open_.append(min(open_[-1] * limits.width, limits.beam))
    votes = sum(limits.votes for states in open_ if states * limits.width > limits.beam)
    most = min(limits.max_queries, limits.width * sum(open_) + votes)
    return Method(name, limits, lambda problem: tot_bfs(problem, limits), most, ranks=True, decides=_ASKS)


def _tot_dfs(name: str) -> Method:
    limits = RatedLimits()
    most = limits.max_queries
    return Method(name, limits, lambda problem: tot_dfs(problem, limits), most, ranks=True, decides=_ASKS)


def _foundry(name: str, switches: str) -> Method:
    limits = FoundryLimits(levers=levers_of(switches))
    levers = set(limits.levers)
    asks = (limits.asks + ("third" in levers)) if levers & DOUBTING else 1
    most = (limits.chains if "restart" in levers else 1) * limits.max_depth * asks
    return Method(
        name,
        limits,
        lambda problem: search_foundry(problem, limits),
        min(most, limits.max_queries),
        draws_afresh="told" not in levers,
        decides={"foundry": foundry.VERSION, "grounds": grounds.VERSION, "lean": lean.VERSION},
    )


FAMILIES = (
    Family(SPELLING, PATTERN, _foundry),
    Family("DFS_woFilter_w<width 1-99>", re.compile(r"DFS_woFilter_w([1-9]\d?)"), _dfsdt),
    Family("DFSDT_w<width 1-99>", re.compile(r"DFSDT_w([1-9]\d?)"), _dfsdt_repaired),
    Family("DFS_w<width 1-99>", re.compile(r"DFS_w([1-9]\d?)"), _ranked),
    Family("CoT@<attempts 1-999>", re.compile(r"CoT@([1-9]\d{0,2})"), _react),
    Family("CoT@cost", re.compile(r"CoT@cost"), _until_spent),
    Family("CoT@<budget>tokens", re.compile(r"CoT@([1-9]\d{0,8})tokens"), _until_spent),
    Family("CoT-SC@<chains 1-99>", re.compile(r"CoT-SC@([1-9]\d?)"), _self_consistency),
    Family("Reflect@<attempts 1-99>", re.compile(r"Reflect@([1-9]\d?)"), _reflect),
    Family("ToT-BFS", re.compile(r"ToT-BFS"), _tot_bfs),
    Family("ToT-DFS", re.compile(r"ToT-DFS"), _tot_dfs),
)
