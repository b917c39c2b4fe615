"""ReACT and ReACT@N, as ToolBench runs them: `CoT@N`.

N independent chains from the root, nothing shared between them; the first answer ends the search. A chain
ends at an answer, a give-up, an unusable reply, or at a depth of 12 nodes, where it is marked pruned. All
chains hang below one root, so that an attempt is a child of the root.

Source: ToolLLM (Qin et al., 2023, arXiv:2307.16789), section 3, and the behaviour of ToolBench's code.
"""

from collections.abc import Callable
from dataclasses import dataclass

from tasks.search.effects import Message, Search
from tasks.search.problem import Problem
from tasks.search.tree import DecisionTree
from tasks.search.turn import Step, step


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
        end = yield from chain(tree, limits.max_depth)
        if end.terminal:
            break
    return tree


def chain(
    tree: DecisionTree,
    max_depth: int,
    passing: Message | None = None,
    may_ask: Callable[[], bool] = lambda: True,
) -> Step:
    """One chain from the root to its end; returns that node, pruned unless it is an answer.

    Args:
        tree: grows by the chain.
        max_depth: nodes after which it is not continued.
        passing: user message that every request of the chain ends with and that no history keeps.
        may_ask: whether one more reply may be asked for; it must be true at the beginning.
    """
    node = tree.root
    while not (node.terminal or node.pruned) and node.depth < max_depth and may_ask():
        node = yield from step(tree, node, passing)
    node.pruned |= not node.terminal
    return node
