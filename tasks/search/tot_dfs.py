"""Tree of thoughts, depth first: `ToT-DFS`.

Every state gets W = 2 children; the model rates each from 1 to 10, those below 4 are pruned, the others
explored best first, with plain backtracking. The first answer ends the search. Costs a rating for every open
child: up to twice the replies of a search without, within the limit of 200.

Source: Yao et al., 2023, arXiv:2305.10601 (algorithm 2, each state valued by itself), as a rival of DFSDT in
RaDAgent (Ye et al., 2023, arXiv:2308.12519) and in ToolLLM's reviews, which give no sizes. Ours: W = 2 as
DFSDT's, scale and threshold, one rating a child, depth in nodes, 200 replies; a child knows its elder
siblings' first calls; a rating that cannot be read counts as 5; ratings of siblings are asked for at once.
"""

from collections.abc import Generator
from dataclasses import dataclass

from tasks.search.effects import Effects, Outcomes, Search
from tasks.search.problem import Problem
from tasks.search.prompts import diversity
from tasks.search.questions import BEST, WORST, number, rate
from tasks.search.tree import DecisionTree, TreeNode
from tasks.search.turn import questions, step

UNRATED = 5
"""Stands for a rating that cannot be read or paid for."""


@dataclass(frozen=True, slots=True)
class RatedLimits:
    """Size of a depth-first search by ratings."""

    width: int = 2
    """Children tried per state."""
    least_rating: int = 4
    """Children rated lower are not explored, from 1 to 10."""
    max_depth: int = 12
    """Nodes on a path after which it is not continued."""
    max_queries: int = 200
    """Model replies for one instruction, ratings included."""
    max_tokens: int = 1024
    """Longest reply [tokens]."""


def tot_dfs(problem: Problem, limits: RatedLimits | None = None) -> Search:
    """Grow the decision tree of `problem`, best rated child first. A node's score is its rating."""
    limits = limits or RatedLimits()
    tree = DecisionTree(problem, max_tokens=limits.max_tokens)
    yield from _explore(tree, tree.root, limits)
    return tree


def _explore(tree: DecisionTree, node: TreeNode, limits: RatedLimits) -> Generator[Effects, Outcomes, bool]:
    """Explore below `node`; whether the search is over."""
    children: list[TreeNode] = []
    for _ in range(limits.width):
        if tree.query_count >= limits.max_queries:
            return True
        child = yield from step(tree, node, diversity(tree.siblings_calls(node), node.observation))
        if child.terminal:
            return True
        child.pruned |= child.depth >= limits.max_depth
        children.append(child)
    open_ = [child for child in children if not child.pruned]
    yield from _rate(tree, open_, limits)
    for child in sorted(open_, key=lambda each: -(each.score or 0.0)):
        if (child.score or 0.0) < limits.least_rating:
            child.pruned = True
        elif (yield from _explore(tree, child, limits)):
            return True
    return tree.query_count >= limits.max_queries


def _rate(
    tree: DecisionTree, children: list[TreeNode], limits: RatedLimits
) -> Generator[Effects, Outcomes, None]:
    for child in children:
        child.score = UNRATED
    rated = children[: max(0, limits.max_queries - tree.query_count)]
    replies = yield from questions(tree, [rate(tree.problem, child.path()) for child in rated])
    for child, reply in zip(rated, replies, strict=True):
        child.score = float(number(reply, WORST, BEST) or UNRATED)
