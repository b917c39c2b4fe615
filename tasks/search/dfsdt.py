"""Depth-first search-based decision tree (DFSDT), as ToolBench runs it: `DFS_woFilter_w<W>`.

`DFSDT_w<W>` is the same with the last paid reply kept (`Limits.keep_last_reply`).

Source: ToolLLM (Qin et al., 2023, arXiv:2307.16789), section 2.3, and the behaviour of ToolBench's code where
the paper is silent. Kept to the letter:

* depth counts nodes, up to three a reply; a node at depth 12 or more is not expanded,
* children are made one at a time, each explored to its end before the next (pre-order), and never ranked,
* a give-up climbs two levels: the node that issued it makes no further child, its parent tries the next; a
  depth stop or an unusable reply climbs one; errors of APIs prune nothing,
* a second child is asked for with a passing user message that lists what its siblings tried,
* the reply that reaches the query limit is paid for, thrown away, and ends the search,
* the search ends at the first answer.
"""

from collections.abc import Generator
from dataclasses import dataclass

from tasks.search.codes import GAVE_UP
from tasks.search.effects import Effects, Outcomes, Search
from tasks.search.problem import Problem
from tasks.search.prompts import diversity
from tasks.search.tree import DecisionTree, TreeNode
from tasks.search.turn import turn

TO_THE_TOP = 1_000_000
"""Levels to climb when the search is over."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Size of one decision tree; the defaults are those of ToolBench's published data."""

    width: int = 2
    """Children tried per node (ToolBench: tree_beam_size)."""
    max_depth: int = 12
    """Nodes on a path after which it is not continued (single_chain_max_step); four to six turns."""
    max_queries: int = 200
    """Model replies for one instruction (max_query_count)."""
    backtrack: int = 2
    """Levels climbed after a give-up (prune_back_length)."""
    max_tokens: int = 1024
    """Longest reply [tokens]."""
    keep_last_reply: bool = False
    """A repair: the reply that reaches `max_queries` is followed, and then the search ends. ToolBench throws
    it away once it is paid for."""


def dfsdt(problem: Problem, limits: Limits | None = None) -> Search:
    """Grow the decision tree of `problem` until one answer, or until the limits are spent.

    Yields one effect at a time; returns the whole tree, failed branches included.
    """
    limits = limits or Limits()
    tree = DecisionTree(problem, max_tokens=limits.max_tokens)
    yield from _explore(tree, tree.root, limits)
    return tree


def _explore(tree: DecisionTree, node: TreeNode, limits: Limits) -> Generator[Effects, Outcomes, int]:
    """Explore below `node`; return how many levels to climb (1 is plain pre-order backtracking)."""
    if node.terminal:
        return TO_THE_TOP
    if node.pruned or node.depth >= limits.max_depth:
        node.pruned = True
        return limits.backtrack if node.observation_code == GAVE_UP else 1
    for _ in range(limits.width):
        passing = diversity(tree.siblings_calls(node), node.observation)
        child = yield from turn(tree, node, passing, limits.max_queries, limits.keep_last_reply)
        if child is None or tree.query_count >= limits.max_queries:
            return TO_THE_TOP
        climb = yield from _explore(tree, child, limits)
        if climb > 1:
            return climb - 1
    return 1
