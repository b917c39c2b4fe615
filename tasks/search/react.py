"""ReACT and ReACT@N, as ToolBench runs them: `CoT@N`.

N independent chains from the root, nothing shared between them; the first answer ends the search. A chain
ends at an answer, a give-up, an unusable reply, or at a depth of 12 nodes, where it is marked pruned. All
chains hang below one root, so that an attempt is a child of the root.

Source: ToolLLM (Qin et al., 2023, arXiv:2307.16789), section 3, and the behaviour of ToolBench's code.
"""

from dataclasses import dataclass

from tasks.search.effects import Search
from tasks.search.problem import Problem
from tasks.search.tree import DecisionTree
from tasks.search.turn import turn


@dataclass(frozen=True, slots=True)
class ChainLimits:
    """Size of a search by chains; the defaults are ToolBench's."""

    attempts: int = 1
    """Chains tried (ToolBench: pass_at)."""
    max_depth: int = 12
    """Nodes after which a chain is not continued (single_chain_max_step)."""
    max_tokens: int = 1024
    """Longest reply [tokens]."""


def react(problem: Problem, limits: ChainLimits | None = None) -> Search:
    """Try chains one after the other until one of them answers. Yields one effect at a time."""
    limits = limits or ChainLimits()
    tree = DecisionTree(problem, max_tokens=limits.max_tokens)
    for _ in range(limits.attempts):
        node = tree.root
        while not (node.terminal or node.pruned) and node.depth < limits.max_depth:
            grown = yield from turn(tree, node)
            assert grown is not None, "a chain has no query limit"
            node = grown
        if node.terminal:
            break
        node.pruned = True
    return tree
