"""How well a ranking finds the relevant APIs: NDCG@k and recall@k, in numpy (pure).

A ranking is given as relevance in ranked order, so that the same figures serve a dense retriever, a lexical
one and any reranker.
"""

import numpy as np
import numpy.typing as npt

from tasks.errors import ConfigurationError

Truth = npt.NDArray[np.bool_]
Scores = npt.NDArray[np.float64]


def ndcg_at_k(ranked: Truth, relevant_counts: npt.NDArray[np.int64], k: int) -> Scores:
    """NDCG@k of each query with binary gains, as in the API-retriever table of ToolLLM (§3.1).

    Args:
        ranked: whether the n-th hit is relevant, best first, shape (n_queries, n_hits).
        relevant_counts: relevant APIs of each query in the whole corpus, shape (n_queries,).
        k: cut-off; the paper reports 1 and 5. Fewer hits than k count as if misses followed.

    Returns:
        shape (n_queries,), in [0, 1]; NaN where a query has no relevant API.

    Raises:
        ConfigurationError: shapes differ or k is below 1.
    """
    _check(ranked, relevant_counts, k)
    discounts = 1.0 / np.log2(np.arange(2, k + 2))
    gains = ranked[:, :k] @ discounts[: ranked.shape[1]]
    best = np.concatenate([[np.nan], np.cumsum(discounts)])[np.minimum(relevant_counts, k)]
    return np.asarray(gains / best, dtype=np.float64)


def recall_at_k(ranked: Truth, relevant_counts: npt.NDArray[np.int64], k: int) -> Scores:
    """Share of a query's relevant APIs among its first k hits; shapes and errors as `ndcg_at_k`."""
    _check(ranked, relevant_counts, k)
    counts = np.where(relevant_counts > 0, relevant_counts, np.nan)
    return np.asarray(ranked[:, :k].sum(axis=1) / counts, dtype=np.float64)


def _check(ranked: Truth, relevant_counts: npt.NDArray[np.int64], k: int) -> None:
    if k < 1:
        raise ConfigurationError(f"k is {k}; a cut-off is 1 or more")
    if ranked.ndim != 2 or relevant_counts.shape != ranked.shape[:1]:
        raise ConfigurationError(
            f"rankings {ranked.shape} and counts {relevant_counts.shape} do not belong together"
        )
