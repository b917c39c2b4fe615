"""ReACT@N at equal cost: `CoT@cost`, and `CoT@<T>tokens` with the same budget for every instruction.

Chains from the root until as many tokens are billed as another search of the same instruction has cost;
the first answer ends it. ToolLLM compares DFSDT with ReACT@N at the same cost and publishes no N: here N is
whatever the budget of the instruction pays for.

Source: ToolLLM (Qin et al., 2023, arXiv:2307.16789), section 3. Ours: cost is billed tokens, prompt (cached
or not) and completion; the reply that reaches the budget is paid for and followed, none is asked for after
it, so the cost is equal to within one reply; at most 200 replies, since a server may report no usage.
"""

from dataclasses import dataclass

from tasks.errors import ConfigurationError
from tasks.search.effects import Search
from tasks.search.problem import Problem
from tasks.search.react import chain
from tasks.search.tree import DecisionTree


@dataclass(frozen=True, slots=True)
class CostLimits:
    """Size of a search by chains that ends when its budget is spent."""

    tokens: int | None = None
    """Billed tokens; None: the budget of the problem."""
    max_depth: int = 12
    """Nodes after which a chain is not continued."""
    max_queries: int = 200
    """Model replies for one instruction."""
    max_tokens: int = 1024
    """Longest reply [tokens]."""


def until_spent(problem: Problem, limits: CostLimits | None = None) -> Search:
    """Try chains until one of them answers or the budget is spent. Yields one effect at a time.

    Raises:
        ConfigurationError: neither limits nor problem have a budget.
    """
    limits = limits or CostLimits()
    budget = limits.tokens if limits.tokens is not None else problem.token_budget
    if budget is None:
        raise ConfigurationError("CoT@cost spends what another search has cost; name it with --equal-cost-to")
    tree = DecisionTree(problem, max_tokens=limits.max_tokens)

    def may_ask() -> bool:
        return tree.tokens < budget and tree.query_count < limits.max_queries

    while may_ask():
        end = yield from chain(tree, limits.max_depth, may_ask=may_ask)
        if end.terminal:
            break
    return tree
