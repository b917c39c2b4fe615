from pathlib import Path

import numpy as np
import pytest

from tasks.errors import AddressError, ConfigurationError
from tasks.retrieval.index import Index
from tasks.retrieval.lexical import LexicalIndex


def test_search_is_exact_over_more_queries_than_one_block() -> None:
    source = np.random.default_rng(3)
    vectors = source.normal(size=(50, 8)).astype(np.float32)
    queries = source.normal(size=(300, 8)).astype(np.float32)
    hits = Index(tuple(map(str, range(50))), vectors).search(queries, 7)
    cosine = (
        (queries @ vectors.T) / np.linalg.norm(queries, axis=1)[:, None] / np.linalg.norm(vectors, axis=1)
    )
    assert np.array_equal(hits.positions, np.argsort(-cosine, axis=1)[:, :7])
    assert np.allclose(hits.scores, -np.sort(-cosine, axis=1)[:, :7], atol=1e-5)


def test_equal_scores_keep_the_order_of_the_index_and_k_is_bounded() -> None:
    index = Index(("a", "b", "c"), np.ones((3, 2), np.float32))
    assert index.search(np.ones((1, 2), np.float32), 5).positions.tolist() == [[0, 1, 2]]
    assert index.search(np.zeros((0, 2), np.float32), 5).positions.shape == (0, 3)


def test_an_index_survives_saving(tmp_path: Path) -> None:
    index = Index(("a", "ü"), np.array([[1, 0], [0, 2]], np.float32))
    index.save(tmp_path / "index.npz")
    again = Index.open(tmp_path / "index.npz")
    assert again.api_ids == ("a", "ü")
    assert np.array_equal(again.vectors, index.vectors)


def test_what_is_no_index_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AddressError, match="is no API index"):
        Index.open(tmp_path / "none.npz")
    with pytest.raises(ConfigurationError, match="do not belong together"):
        Index(("a",), np.ones((2, 2), np.float32))


def test_bm25_finds_the_document_that_shares_words() -> None:
    index = LexicalIndex(["sun rises at a place", "exchange rate of currencies", "tides of a harbour"])
    assert index.search(["rate of the euro", "sun in Oslo"], 2)[:, 0].tolist() == [1, 0]
    assert index.search(["zzz"], 9).shape == (1, 3)
    assert index.search([], 2).shape == (0, 2)
