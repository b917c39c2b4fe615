"""Training samples as token ids: read from Parquet once, encoded once, mapped by every rank.

The encoded form lies beside the checkpoints (`OUTPUT/prepared/`), so that a resumed run trains on the same
ids with the same tokenizer.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from tasks.errors import AddressError
from tasks.training.tokenizer import NO_LABEL, Conversation, Encoded, conversation

COLUMNS = ("sample_id", "split", "messages", "tools")
Ids = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Prepared:
    """Encoded samples of one split, laid end to end."""

    input_ids: Ids
    labels: Ids
    offsets: npt.NDArray[np.int64]
    """Sample n covers offsets[n] to offsets[n + 1]."""
    cut: int
    """Samples that lost turns to the length limit."""
    dropped: int
    """Samples of which nothing to learn was left."""

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def lengths(self) -> list[int]:
        """Tokens of each sample."""
        lengths: list[int] = np.diff(self.offsets).tolist()
        return lengths

    def learned(self, chosen: Sequence[int]) -> int:
        """Tokens with a label in some samples."""
        return sum(int((self._slice(self.labels, at) != NO_LABEL).sum()) for at in chosen)

    def padded(self, chosen: Sequence[int], pad: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Token ids and labels of some samples, padded on the right, shape (n_samples, longest)."""
        longest = max(int(self.offsets[at + 1] - self.offsets[at]) for at in chosen)
        ids = np.full((len(chosen), longest), pad, np.int64)
        labels = np.full((len(chosen), longest), NO_LABEL, np.int64)
        for row, at in enumerate(chosen):
            found = self._slice(self.input_ids, at)
            ids[row, : len(found)] = found
            labels[row, : len(found)] = self._slice(self.labels, at)
        return ids, labels

    def save(self, path: Path) -> None:
        """Write to one `.npz` file, whole or not at all."""
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".partial.npz")
        np.savez(
            partial,
            input_ids=self.input_ids,
            labels=self.labels,
            offsets=self.offsets,
            counts=np.array([self.cut, self.dropped]),
        )
        partial.replace(path)

    @classmethod
    def open(cls, path: Path) -> "Prepared":
        """Read what `save` wrote."""
        with np.load(path, allow_pickle=False) as stored:
            cut, dropped = stored["counts"].tolist()
            return cls(stored["input_ids"], stored["labels"], stored["offsets"], cut, dropped)

    def _slice(self, values: Ids, at: int) -> Ids:
        return values[self.offsets[at] : self.offsets[at + 1]]


def prepared(encoded: Sequence[Encoded | None]) -> Prepared:
    """Lay encoded samples end to end; those that are None count as dropped."""
    kept = [each for each in encoded if each is not None]
    return Prepared(
        np.concatenate([np.array(each.input_ids, np.int32) for each in kept] or [np.zeros(0, np.int32)]),
        np.concatenate([np.array(each.labels, np.int32) for each in kept] or [np.zeros(0, np.int32)]),
        np.cumsum([0, *(len(each.input_ids) for each in kept)], dtype=np.int64),
        sum(each.turns_cut > 0 for each in kept),
        len(encoded) - len(kept),
    )


def sample_files(samples: Path) -> list[Path]:
    """Parquet files of a folder, sorted by path, or the one file given.

    Raises:
        AddressError: there is none.
    """
    files = [samples] if samples.is_file() else sorted(samples.rglob("*.parquet"))
    if not files:
        raise AddressError(f"{samples} holds no Parquet file; run assemble first")
    return files


def digest_of(files: Sequence[Path]) -> str:
    """32 hex digits over the files' bytes."""
    total = hashlib.blake2b(digest_size=16)
    for file in files:
        total.update(file.read_bytes())
    return total.hexdigest()


def read_conversations(files: Sequence[Path]) -> dict[str, list[Conversation]]:
    """Conversations of each split, ordered by sample id: the order of files and shards does not matter.

    Raises:
        AddressError: a file is no table of training samples.
    """
    rows: list[tuple[str, str, str, str]] = []
    for file in files:
        try:
            table = pq.read_table(file, columns=list(COLUMNS))
        except (pa.ArrowInvalid, OSError) as error:
            raise AddressError(f"{file} is no Parquet file of training samples: {error}") from error
        if set(COLUMNS) - set(table.column_names):
            raise AddressError(f"{file} lacks columns {sorted(set(COLUMNS) - set(table.column_names))}")
        rows.extend(zip(*(table.column(name).to_pylist() for name in COLUMNS), strict=True))
    found: dict[str, list[Conversation]] = {"train": [], "test": []}
    for _, split, messages, tools in sorted(rows):
        found[split].append(conversation(messages, tools))
    return found
