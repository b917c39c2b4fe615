"""Edit distances: jellyfish against rapidfuzz."""

from collections.abc import Iterator
from itertools import combinations

from infra.sandbox.second_sources.comparison import Pair
from infra.sandbox.second_sources.hub import Hub

TOOL = "string-similarity"
SECOND = "rapidfuzz"
LICENCE = "MIT"

WORDS = (
    "kitten",
    "sitting",
    "martha",
    "marhta",
    "dwayne",
    "duane",
    "jellyfish",
    "smellyfish",
    "crate",
    "trace",
)
ROUNDED = 5.1e-4
"""The hub shows three or four places."""


def pairs(hub: Hub) -> Iterator[Pair]:
    """Levenshtein and Jaro of every two of ten words."""
    from rapidfuzz.distance import Jaro, Levenshtein

    for first, second in combinations(WORDS, 2):
        edits = hub.get(TOOL, "edits", first=first, second=second)["levenshtein"]
        yield Pair(f"edits {first}, {second}", edits, Levenshtein.distance(first, second))
        likeness = hub.get(TOOL, "likeness", first=first, second=second)["jaro"]
        yield Pair(f"jaro {first}, {second}", likeness, Jaro.similarity(first, second), ROUNDED)
