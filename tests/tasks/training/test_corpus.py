from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tasks.errors import AddressError
from tasks.records import TrainingSample
from tasks.tables import to_table
from tasks.training.corpus import Prepared, digest_of, prepared, read_conversations, sample_files
from tasks.training.samples import samples_of
from tasks.training.tokenizer import NO_LABEL, Encoded
from tests.tasks.training.made_up import trajectories

ENCODED = [
    Encoded([1, 2, 3], [NO_LABEL, 2, 3], 0),
    None,
    Encoded([4, 5, 6, 7, 8], [NO_LABEL] * 4 + [8], 2),
]


def test_samples_laid_end_to_end_come_back_padded_on_the_right() -> None:
    made = prepared(ENCODED)
    assert (len(made), made.lengths, made.cut, made.dropped) == (2, [3, 5], 1, 1)
    ids, labels = made.padded([1, 0], pad=0)
    assert ids.tolist() == [[4, 5, 6, 7, 8], [1, 2, 3, 0, 0]]
    assert labels.tolist() == [[-100] * 4 + [8], [-100, 2, 3, -100, -100]]
    assert made.learned([0, 1]) == 3


def test_prepared_samples_survive_saving(tmp_path: Path) -> None:
    made = prepared(ENCODED)
    made.save(tmp_path / "train.npz")
    again = Prepared.open(tmp_path / "train.npz")
    assert np.array_equal(again.input_ids, made.input_ids)
    assert np.array_equal(again.labels, made.labels)
    assert (again.lengths, again.cut, again.dropped) == (made.lengths, 1, 1)
    assert [file.name for file in tmp_path.iterdir()] == ["train.npz"]


def test_nothing_prepared_is_an_empty_split() -> None:
    assert (len(prepared([])), prepared([]).lengths) == (0, [])


def test_conversations_do_not_depend_on_how_rows_were_sharded(tmp_path: Path) -> None:
    samples, _ = samples_of(trajectories(10))
    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir()
    two.mkdir()
    pq.write_table(to_table(TrainingSample, samples), one / "a.parquet")
    pq.write_table(to_table(TrainingSample, samples[7:]), two / "a.parquet")
    pq.write_table(to_table(TrainingSample, samples[:7]), two / "b.parquet")
    found = read_conversations(sample_files(one))
    assert read_conversations(sample_files(two)) == found
    assert (len(found["train"]), len(found["test"])) == (8, 2)
    assert digest_of(sample_files(one)) != digest_of(sample_files(two))


def test_a_place_without_samples_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(AddressError, match="holds no Parquet file"):
        sample_files(tmp_path)
    pq.write_table(pa.table({"x": [1]}), tmp_path / "other.parquet")
    with pytest.raises(AddressError, match=r"other\.parquet .*samples"):
        read_conversations(sample_files(tmp_path))
    (tmp_path / "other.parquet").write_bytes(b"no parquet")
    with pytest.raises(AddressError, match=r"other\.parquet is no Parquet file"):
        read_conversations(sample_files(tmp_path))
