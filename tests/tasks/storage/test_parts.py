"""How rows lie in a Parquet file."""

import threading
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tasks import tables
from tasks.records import Trajectory
from tasks.storage.parts import ROW_GROUP, part_of, read_part, write_parquet
from tasks.storage.store import store_of
from tests.tasks.examples import a_trajectory


def test_a_part_is_zstd_in_groups_of_five_hundred_to_two_thousand_rows_with_named_dictionaries(
    tmp_path: Path,
) -> None:
    rows = [a_trajectory(number) for number in range(2 * ROW_GROUP + 7)]
    write_parquet(tables.to_table(Trajectory, rows), tmp_path / "part.parquet")
    file = pq.ParquetFile(tmp_path / "part.parquet")
    groups = [file.metadata.row_group(each) for each in range(file.metadata.num_row_groups)]
    assert [each.num_rows for each in groups] == [ROW_GROUP, ROW_GROUP, 7]
    assert 500 <= ROW_GROUP <= 2000
    for place in range(groups[0].num_columns):
        column = groups[0].column(place)
        assert column.compression == "ZSTD"
        named = column.path_in_schema in ("group", "split", "method", "teacher", "finish_type")
        plain = column.path_in_schema in ("text", "tree", "messages", "trajectory_id")
        assert not (named and "RLE_DICTIONARY" not in column.encodings), column.path_in_schema
        assert not (plain and "RLE_DICTIONARY" in column.encodings), column.path_in_schema


def test_what_is_not_asked_for_is_not_decoded_and_rows_that_are_left_out_stay_out(a_folder: str) -> None:
    store, path = store_of(a_folder), Path(a_folder, "data", "part.parquet")
    path.parent.mkdir(parents=True)
    write_parquet(tables.to_table(Trajectory, [a_trajectory(number) for number in range(5)]), path)
    part = replace(part_of(path, "data/part.parquet", 3), without=(0, 3))
    whole = read_part(store, Trajectory, part)
    some = read_part(store, Trajectory, part, ["win", "instruction_id"])
    assert some.column_names == ["win", "instruction_id"] and some == whole.select(some.column_names)
    assert some.get_total_buffer_size() < whole.get_total_buffer_size() / 2


def test_a_thread_of_arrows_never_lets_go_of_memory_that_is_pythons(
    a_folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would need the interpreter, which may be ending: the process would die after its work was done."""
    by: set[int] = set()

    class Watched(bytes):
        def __del__(self) -> None:
            by.add(threading.get_ident())

    store, path = store_of(a_folder), Path(a_folder, "data", "part.parquet")
    path.parent.mkdir(parents=True)
    write_parquet(tables.to_table(Trajectory, [a_trajectory(0)]), path)
    part, content = part_of(path, "data/part.parquet", 1), path.read_bytes()
    monkeypatch.setattr(store, "read", lambda key: Watched(content))
    for _ in range(1000):
        read_part(store, Trajectory, part)
    assert by == {threading.get_ident()}
