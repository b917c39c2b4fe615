"""BM25 over API documents: the lexical rival that stands beside every figure of the trained retriever."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt


class LexicalIndex:
    """Documents ranked by BM25 (Lucene's variant, k1 1.5, b 0.75), English stop words left out."""

    def __init__(self, documents: Sequence[str]):
        import bm25s

        self._size = len(documents)
        self._index = bm25s.BM25()
        self._index.index(bm25s.tokenize(list(documents), show_progress=False), show_progress=False)

    def search(self, queries: Sequence[str], k: int) -> npt.NDArray[np.int64]:
        """Positions of the k best documents, best first, shape (n_queries, min(k, n_documents))."""
        import bm25s

        k = min(k, self._size)
        if not queries:
            return np.zeros((0, k), np.int64)
        words = bm25s.tokenize(list(queries), show_progress=False)
        positions, _ = self._index.retrieve(words, k=k, show_progress=False, n_threads=1)
        return np.asarray(positions, dtype=np.int64)
