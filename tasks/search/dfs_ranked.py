"""Depth-first search with pairwise ranking: `DFS_w<W>`, the variant that ToolBench calls filtered.

All W children of a node are made before any is explored, the later ones told of the earlier as in DFSDT. Then
every pair is put to the model in both orders ("A or B?"), and the children are explored best first; a pair on
which the two orders disagree counts half for each. An expansion pays 2 * C(W, 2) replies for that, counted in
the limit of 200: at W = 2 half as many replies again.

Source: ToolLLM (Qin et al., 2023, arXiv:2307.16789), section 2.3, which leaves the ranking out for its cost,
and the behaviour of ToolBench's code. Limits, depth, climbing and the reply thrown away at the cap are those
of `dfsdt`. Ours: the comparisons of a node go out at once; a comparison that is not answered counts for
neither; where the comparisons would reach the cap they are left out, and children come in the order made.
"""

from collections.abc import Generator
from itertools import combinations

from tasks.search.codes import GAVE_UP
from tasks.search.dfsdt import TO_THE_TOP, Limits
from tasks.search.effects import Effects, Outcomes, Search
from tasks.search.problem import Problem
from tasks.search.prompts import diversity
from tasks.search.questions import compare, preferred
from tasks.search.tree import DecisionTree, TreeNode
from tasks.search.turn import questions, turn


def dfs_ranked(problem: Problem, limits: Limits | None = None) -> Search:
    """Grow the decision tree of `problem`, best child first, until an answer is visited or limits are spent.

    A node's score is the comparisons it won among its siblings, in [0, W - 1].
    """
    limits = limits or Limits()
    tree = DecisionTree(problem, max_tokens=limits.max_tokens)
    yield from _explore(tree, tree.root, limits)
    return tree


def _explore(tree: DecisionTree, node: TreeNode, limits: Limits) -> Generator[Effects, Outcomes, int]:
    """Explore below `node`; return how many levels to climb, as `dfsdt`."""
    if node.terminal:
        tree.choose(node)
        return TO_THE_TOP
    if node.pruned or node.depth >= limits.max_depth:
        node.pruned = True
        return limits.backtrack if node.observation_code == GAVE_UP else 1
    children: list[TreeNode] = []
    for _ in range(limits.width):
        passing = diversity(tree.siblings_calls(node), node.observation)
        child = yield from turn(tree, node, passing, limits.max_queries)
        if child is None:
            return TO_THE_TOP
        children.append(child)
    yield from _rank(tree, node, children, limits)
    for child in sorted(children, key=lambda each: -(each.score or 0.0)):
        climb = yield from _explore(tree, child, limits)
        if climb > 1:
            return climb - 1
    return 1


def _rank(
    tree: DecisionTree, node: TreeNode, children: list[TreeNode], limits: Limits
) -> Generator[Effects, Outcomes, None]:
    """Give every child its score; none where the comparisons do not fit under the cap."""
    pairs = list(combinations(range(len(children)), 2))
    if not pairs or tree.query_count + 2 * len(pairs) >= limits.max_queries:
        return
    common = node.path()
    told = [child.path()[len(common) :] for child in children]
    asked = [
        compare(tree.problem, common, told[first], told[second])
        for one, other in pairs
        for first, second in ((one, other), (other, one))
    ]
    replies = yield from questions(tree, asked)
    for child in children:
        child.score = 0.0
    for place, (one, other) in enumerate(pairs):
        forth, back = preferred(replies[2 * place]), preferred(replies[2 * place + 1])
        won, lost = (forth == "A") + (back == "B"), (forth == "B") + (back == "A")
        share = 0.5 if won == lost else float(won > lost)
        children[one].score = (children[one].score or 0.0) + share
        children[other].score = (children[other].score or 0.0) + 1 - share
