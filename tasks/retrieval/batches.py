"""Which pairs meet in a batch, and which of its documents are no negatives for a query (pure).

With in-batch negatives every other document of a batch speaks against a query. ToolBench's instructions
have two to five right APIs, so without care a query is punished for finding its own: here no query is twice
in a batch, and documents that are right for it are masked out.
"""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tasks.records import Pair


@dataclass(frozen=True, slots=True)
class Positive:
    """A query and one API that is right for it."""

    query: str
    api_id: str


@dataclass(frozen=True, slots=True)
class PairSet:
    """Pair rows, arranged for training and evaluation."""

    positives: dict[str, tuple[Positive, ...]]
    """Split to its positives, in the order of the rows."""
    relevant: dict[str, frozenset[str]]
    """Query text to all api_ids that are right for it, in either split."""
    groups: dict[str, str]
    """Query text to I1, I2 or I3."""
    documents: dict[str, str]
    """Corpus: api_id to document, of all rows whatever their split; ordered by api_id."""


def arrange(pairs: Iterable[Pair]) -> PairSet:
    """Group pair rows by query text; equal texts are one query, as in ToolBench's retriever."""
    positives: dict[str, dict[Positive, None]] = {"train": {}, "test": {}}
    relevant: dict[str, set[str]] = {}
    groups: dict[str, str] = {}
    documents: dict[str, str] = {}
    for pair in pairs:
        documents[pair.api_id] = pair.document
        if pair.relevant:
            positives[pair.split][Positive(pair.query, pair.api_id)] = None
            relevant.setdefault(pair.query, set()).add(pair.api_id)
            groups.setdefault(pair.query, pair.group)
    return PairSet(
        {split: tuple(found) for split, found in positives.items()},
        {query: frozenset(found) for query, found in relevant.items()},
        groups,
        dict(sorted(documents.items())),
    )


def epoch(positives: Sequence[Positive], batch: int, seed: int, number: int) -> list[list[Positive]]:
    """Batches of one pass: shuffled, no query twice in one, at most `batch` long and as equal as can be.

    Positives are dealt out query by query, like cards, so that those of one query fall into different
    batches. Equal sizes matter: the fewer negatives a batch has, the lower its loss. Every positive appears
    once, but for those that would stand alone: a lone pair has no negatives.
    """
    by_query: dict[str, list[Positive]] = {}
    for positive in positives:
        by_query.setdefault(positive.query, []).append(positive)
    if not by_query:
        return []
    source = random.Random(f"{seed}/{number}")
    queries = sorted(by_query)
    source.shuffle(queries)
    count = max(-(-len(positives) // batch), max(map(len, by_query.values())))
    batches: list[list[Positive]] = [[] for _ in range(count)]
    for at, positive in enumerate(each for query in queries for each in by_query[query]):
        batches[at % count].append(positive)
    source.shuffle(batches)
    return [each for each in batches if len(each) > 1]


def false_negatives(batch: Sequence[Positive], relevant: dict[str, frozenset[str]]) -> list[list[bool]]:
    """True where column's document is right for row's query without being its pair; shape (batch, batch)."""
    return [
        [column != row and other.api_id in relevant[positive.query] for column, other in enumerate(batch)]
        for row, positive in enumerate(batch)
    ]
