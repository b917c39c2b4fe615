"""Chains that begin again with a lesson: `Reflect@<N>`.

A ReACT chain that ends without an answer is told to the model, which is asked what went wrong; the next chain
begins at the root and carries the lessons, and the calls that failed, in the last message of each request. At
most N chains and N - 1 lessons. They are a passing message, so the prefix that servers cache stays as it was,
and nothing of them enters a history or a training sample.

Source: Reflexion (Shinn et al., 2023, arXiv:2303.11366) and the self-reflection of AnyTool (Du et al., 2024,
arXiv:2402.04253). Ours: no model judges the answer, so only what a tree itself knows to have failed is begun
again (a give-up, a depth stop, an unusable reply); AnyTool also widens its choice of APIs, fixed here.
"""

from tasks.search.effects import Search
from tasks.search.problem import Problem
from tasks.search.questions import failures, learnt, lesson, reminder
from tasks.search.react import ChainLimits, chain
from tasks.search.tree import DecisionTree
from tasks.search.turn import questions

KEPT_LESSONS = 3
"""The latest that a chain is reminded of, as in Reflexion."""


def reflect(problem: Problem, limits: ChainLimits | None = None) -> Search:
    """Try chains one after the other, each after the first with what the earlier taught."""
    limits = limits or ChainLimits(attempts=2)
    tree = DecisionTree(problem, max_tokens=limits.max_tokens)
    lessons: list[str] = []
    failed: list[tuple[str, str]] = []
    for attempt in range(limits.attempts):
        end = yield from chain(tree, limits.max_depth, reminder(lessons[-KEPT_LESSONS:], failed))
        if end.terminal or attempt + 1 == limits.attempts:
            break
        (reply,) = yield from questions(tree, [lesson(problem, end.path())])
        failed += failures(end.path())
        if said := learnt(reply):
            lessons.append(said)
    return tree
