"""Exact search over API vectors by one matrix product.

At the size of a hub (16 thousand APIs, 384 numbers each) a thousand queries take a fraction of a second, so
no approximate index is kept.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tasks.errors import AddressError, ConfigurationError

Vectors = npt.NDArray[np.float32]
QUERIES_AT_ONCE = 256
"""Bounds the score matrix: 256 queries x 50 thousand APIs x 4 bytes = 51 MB."""


@dataclass(frozen=True, slots=True)
class Hits:
    """The nearest APIs of each query, best first."""

    positions: npt.NDArray[np.int64]
    """Rows of the index, shape (n_queries, k)."""
    scores: Vectors
    """Cosine similarity, shape (n_queries, k)."""


class Index:
    """API ids and their unit vectors, shape (n_apis, width), searched whole."""

    def __init__(self, api_ids: tuple[str, ...], vectors: Vectors):
        if vectors.ndim != 2 or len(api_ids) != len(vectors):
            raise ConfigurationError(
                f"{len(api_ids)} API ids and vectors of shape {vectors.shape} do not belong together"
            )
        self.api_ids = api_ids
        self.vectors = _unit(vectors)

    def search(self, queries: Vectors, k: int) -> Hits:
        """The k nearest APIs of query vectors (n_queries, width); equal scores keep the index's order."""
        k = min(k, len(self.api_ids))
        blocks = [
            _top(_unit(queries[start : start + QUERIES_AT_ONCE]) @ self.vectors.T, k)
            for start in range(0, len(queries), QUERIES_AT_ONCE)
        ]
        positions = [block[0] for block in blocks] or [np.zeros((0, k), np.int64)]
        scores = [block[1] for block in blocks] or [np.zeros((0, k), np.float32)]
        return Hits(np.concatenate(positions), np.concatenate(scores))

    def save(self, path: Path) -> None:
        """Write ids and vectors to one `.npz` file."""
        np.savez(path, api_ids=np.array(self.api_ids), vectors=self.vectors)

    @classmethod
    def open(cls, path: Path) -> "Index":
        """Read what `save` wrote.

        Raises:
            AddressError: the file is missing or no index.
        """
        try:
            with np.load(path, allow_pickle=False) as stored:
                return cls(tuple(map(str, stored["api_ids"])), stored["vectors"])
        except (OSError, KeyError, ValueError) as error:
            raise AddressError(f"{path} is no API index ({error}); train the retriever again") from error


def _unit(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12), dtype=np.float32)


def _top(scores: Vectors, k: int) -> tuple[npt.NDArray[np.int64], Vectors]:
    """Columns of the k highest scores of each row, best first; equal scores by column."""
    columns = np.argsort(-scores, axis=1, kind="stable")[:, :k]
    return columns.astype(np.int64), np.take_along_axis(scores, columns, axis=1)
