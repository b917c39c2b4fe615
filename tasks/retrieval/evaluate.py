"""NDCG of retrievers on held-out instructions over the whole corpus, beside what they must beat.

The corpus is every API of the pairs, train and test, as in ToolLLM's table 2; figures of corpora that
differ do not compare. Untrained MiniLM and BM25 stand beside every figure.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from tasks.errors import ConfigurationError
from tasks.retrieval.batches import PairSet
from tasks.retrieval.encoder import encode
from tasks.retrieval.index import Index
from tasks.retrieval.lexical import LexicalIndex
from tasks.retrieval.metrics import ndcg_at_k, recall_at_k

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Ranker = Callable[[Sequence[str], int], npt.NDArray[np.int64]]
"""Query texts and k to positions in the corpus, best first, shape (n_queries, k)."""
Scores = dict[str, dict[str, float]]
"""Group (`I1`, `I2`, `I3`, `all`) to measure (`ndcg@1`, `ndcg@5`, `recall@5`, `queries`)."""


def lexical_ranker(documents: Sequence[str]) -> Ranker:
    """BM25 over the documents."""
    return LexicalIndex(documents).search


def dense_ranker(encoder: "SentenceTransformer", index: Index) -> Ranker:
    """An encoder over the corpus that it encoded before."""
    return lambda queries, k: index.search(encode(encoder, queries), k).positions


def corpus_index(encoder: "SentenceTransformer", pairs: PairSet) -> Index:
    """The corpus as an encoder sees it."""
    return Index(tuple(pairs.documents), encode(encoder, list(pairs.documents.values())))


def evaluate(pairs: PairSet, ranker: Ranker, split: str = "test") -> Scores:
    """Mean figures of a ranker on the queries of a split, by group and over all.

    Raises:
        ConfigurationError: the split has no query.
    """
    queries = list(dict.fromkeys(positive.query for positive in pairs.positives[split]))
    if not queries:
        raise ConfigurationError(f"the pairs hold no {split} query; write more instructions first")
    columns = {api_id: column for column, api_id in enumerate(pairs.documents)}
    ranking = ranker(queries, 5)
    relevant = [{columns[api_id] for api_id in pairs.relevant[query]} for query in queries]
    ranked = np.array(
        [[hit in right for hit in hits] for hits, right in zip(ranking.tolist(), relevant, strict=True)]
    )
    counts = np.array([len(right) for right in relevant], dtype=np.int64)
    groups = np.array([pairs.groups[query] for query in queries])
    chosen = {"all": np.ones(len(queries), bool)} | {
        str(group): groups == group for group in sorted(set(groups.tolist()))
    }
    return {name: _means(ranked[rows], counts[rows]) for name, rows in chosen.items()}


def _means(ranked: npt.NDArray[np.bool_], counts: npt.NDArray[np.int64]) -> dict[str, float]:
    return {
        "ndcg@1": round(float(ndcg_at_k(ranked, counts, 1).mean()), 4),
        "ndcg@5": round(float(ndcg_at_k(ranked, counts, 5).mean()), 4),
        "recall@5": round(float(recall_at_k(ranked, counts, 5).mean()), 4),
        "queries": float(len(counts)),
    }
