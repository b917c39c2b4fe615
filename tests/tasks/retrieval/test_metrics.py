import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.errors import ConfigurationError
from tasks.retrieval.metrics import ndcg_at_k, recall_at_k


def figures(ranked: list[bool], relevant: int, k: int) -> tuple[float, float]:
    hits, counts = np.array([ranked], dtype=bool), np.array([relevant])
    return float(ndcg_at_k(hits, counts, k)[0]), float(recall_at_k(hits, counts, k)[0])


def test_known_values() -> None:
    assert figures([True, False, False], 1, 1) == (1.0, 1.0)
    assert figures([False, True, False], 1, 1) == (0.0, 0.0)
    ndcg, recall = figures([False, True, True, False, False], 3, 5)
    best = 1 + 1 / math.log2(3) + 1 / 2
    assert ndcg == pytest.approx((1 / math.log2(3) + 1 / 2) / best)
    assert recall == pytest.approx(2 / 3)


def test_more_relevant_apis_than_k_can_still_be_perfect() -> None:
    assert figures([True] * 5, 9, 5)[0] == pytest.approx(1.0)


def test_a_corpus_smaller_than_k_is_ranked_whole() -> None:
    assert figures([True, True], 2, 5)[0] == pytest.approx(1.0)


def test_a_query_without_relevant_apis_has_no_figure() -> None:
    assert all(math.isnan(figure) for figure in figures([False, False], 0, 2))


@given(st.lists(st.booleans(), min_size=1, max_size=12), st.integers(0, 5), st.integers(1, 8))
def test_figures_stay_in_bounds_and_better_rankings_never_score_less(
    ranked: list[bool], unfound: int, k: int
) -> None:
    relevant = sum(ranked) + unfound
    if not relevant:
        return
    found, best = figures(ranked, relevant, k), figures(sorted(ranked, reverse=True), relevant, k)
    assert all(0 <= low <= high + 1e-12 and high <= 1 + 1e-12 for low, high in zip(found, best, strict=True))


def test_arrays_that_do_not_belong_together_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="do not belong together"):
        ndcg_at_k(np.ones((2, 3), bool), np.array([1]), 1)
    with pytest.raises(ConfigurationError, match="1 or more"):
        recall_at_k(np.ones((1, 3), bool), np.array([1]), 0)
