"""A search whose replies are kept shorter than its preset allows (pure).

ToolBench's presets fix 1,024 tokens a reply, which is right for a teacher. A small student that has not
learnt to stop fills every one of them.
"""

from dataclasses import replace

from tasks.search.effects import Ask, Search
from tasks.search.tree import DecisionTree


def shortened(search: Search, max_tokens: int) -> Search:
    """The same search, each reply at most `max_tokens` long [tokens]."""
    try:
        effects = next(search)
        while True:
            outcomes = yield tuple(
                replace(effect, max_tokens=min(max_tokens, effect.max_tokens or max_tokens))
                if isinstance(effect, Ask)
                else effect
                for effect in effects
            )
            effects = search.send(outcomes)
    except StopIteration as finished:
        tree: DecisionTree = finished.value
        return tree
