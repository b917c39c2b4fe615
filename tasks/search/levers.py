"""Levers: the parts of `--method foundry`, each of which can be switched alone (pure).

    foundry                 what pays, by `make bench-search`
    foundry-memory          the same without one lever
    foundry-all+lean        one lever alone: `-all` takes every lever out, what follows is put in
    foundry+frontier        with one that is out because it did not pay

With every lever out it is one ReACT chain. What each is worth stands in README.md, measured.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

TAKEN: Mapping[str, str] = MappingProxyType(
    {
        "lean": "functions and rules in fewer tokens (`lean`)",
        "parallel": "several calls in one reply are all made, side by side",
        "memory": "a call that succeeded is not sent again, and doubted where its own path has made it",
        "failures": "a call that its path has seen fail for good, or twice, is doubted",
        "errors": "a reply that cannot be followed (no call, unknown name, unusable arguments) is doubted",
        "grounds": "a call with a value that neither instruction nor results bear out is doubted",
        "resigned": "a give-up is doubted",
        "untold": "an answer that tells nothing of what the calls brought is doubted",
        "restart": "after a dead end one further chain begins at the root",
        "agreed": "a give-up that is believed ends the search: no further chain",
    }
)
"""Levers that are in unless taken out."""
LEFT_OUT: Mapping[str, str] = MappingProxyType(
    {
        "excuses": "an answer that excuses itself is doubted",
        "leftovers": "an answer is doubted where numbers of the instruction were never used",
        "frontier": "a further chain begins where most calls have succeeded, not at the root",
        "told": "who is asked again is told what was tried, as in DFSDT",
        "third": "a state is asked up to three times",
    }
)
"""Levers that were tried and do not pay."""
DOUBTING = frozenset(
    {"memory", "failures", "errors", "grounds", "resigned", "untold", "excuses", "leftovers"}
)
"""Levers for which a state is asked more than once."""

SPELLING = "foundry[-<lever>][+<lever>]"
PATTERN = re.compile(rf"foundry((?:[-+](?:all|{'|'.join((*TAKEN, *LEFT_OUT))}))*)")


def levers_of(switches: str) -> tuple[str, ...]:
    """The levers of a method's name, sorted, from what follows `foundry` in it.

    >>> levers_of("-all+lean+memory")
    ('lean', 'memory')
    """
    levers = set(TAKEN)
    for sign, lever in re.findall(r"([-+])([a-z]+)", switches):
        named = set(TAKEN) if lever == "all" else {lever}
        levers = levers - named if sign == "-" else levers | named
    return tuple(sorted(levers))
