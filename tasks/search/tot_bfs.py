"""Tree of thoughts, breadth first: `ToT-BFS`.

Level by level: every open state gets W = 2 children, the later ones told of the earlier; when more than b = 3
states are open, the model votes and the b best stay. The level that brings an answer is the last; of several
answers the votes choose. Costs up to 12 levels of 6 replies and 3 votes.

Source: Yao et al., 2023, arXiv:2305.10601 (algorithm 1, votes across states), as a rival of DFSDT in RaDAgent
(Ye et al., 2023, arXiv:2308.12519) and in ToolLLM's reviews, which give no width. Ours: W = 2 as DFSDT's,
b = 3, 3 votes, depth in nodes and 200 replies as all methods here; a child knows its elder siblings' first
calls (ToT proposes all of them in one request); equal states count once; a state that gave up is not voted
on. What can be asked at once is: first children of all states, second ones, votes.
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass

from tasks.search.abreast import abreast
from tasks.search.effects import Effects, Outcomes, Search
from tasks.search.problem import Problem
from tasks.search.prompts import diversity
from tasks.search.questions import number, vote
from tasks.search.tree import DecisionTree, TreeNode
from tasks.search.turn import questions, step

Nodes = Generator[Effects, Outcomes, list[TreeNode]]


@dataclass(frozen=True, slots=True)
class BreadthLimits:
    """Size of a search level by level."""

    width: int = 2
    """Children tried per state."""
    beam: int = 3
    """States kept per level."""
    votes: int = 3
    """Replies asked for when there is something to choose."""
    max_depth: int = 12
    """Nodes on a path after which it is not continued."""
    max_queries: int = 200
    """Model replies for one instruction, votes included."""
    max_tokens: int = 1024
    """Longest reply [tokens]."""


def tot_bfs(problem: Problem, limits: BreadthLimits | None = None) -> Search:
    """Grow the decision tree of `problem` in levels until one answers. A node's score is its votes."""
    limits = limits or BreadthLimits()
    tree = DecisionTree(problem, max_tokens=limits.max_tokens)
    states = [tree.root]
    while states:
        grown = yield from _level(tree, states, limits)
        answers = [node for node in grown if node.terminal]
        if answers:
            (best,) = yield from _best(tree, answers, 1, limits)
            tree.choose(best)
            break
        open_ = _distinct([node for node in grown if not node.pruned and node.depth < limits.max_depth])
        states = yield from _best(tree, open_, limits.beam, limits)
        for node in grown:
            node.pruned |= not any(node is state for state in states)
    return tree


def _level(tree: DecisionTree, states: Sequence[TreeNode], limits: BreadthLimits) -> Nodes:
    """Children of all states; no further ones once one has answered or the replies are spent."""
    grown: list[TreeNode] = []
    for _ in range(limits.width):
        left = max(0, limits.max_queries - tree.query_count)
        grown += yield from abreast(
            step(tree, state, diversity(tree.siblings_calls(state), state.observation))
            for state in states[:left]
        )
        if any(node.terminal for node in grown):
            break
    return grown


def _best(tree: DecisionTree, nodes: list[TreeNode], keep: int, limits: BreadthLimits) -> Nodes:
    """The `keep` nodes with the most votes, ties in the order made; all where there are no more."""
    if len(nodes) <= keep:
        return nodes
    asked = vote(tree.problem, [node.path() for node in nodes])
    left = max(0, limits.max_queries - tree.query_count)
    replies = yield from questions(tree, [asked] * min(limits.votes, left))
    for node in nodes:
        node.score = 0.0
    for reply in replies:
        chosen = number(reply, 1, len(nodes))
        if chosen is not None:
            nodes[chosen - 1].score = (nodes[chosen - 1].score or 0.0) + 1
    return sorted(nodes, key=lambda node: -(node.score or 0.0))[:keep]


def _distinct(nodes: Sequence[TreeNode]) -> list[TreeNode]:
    """The first of all nodes with the same history."""
    first: dict[bytes, TreeNode] = {}
    for node in nodes:
        first.setdefault(node.state, node)
    return list(first.values())
