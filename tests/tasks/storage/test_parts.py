"""How rows lie in a Parquet file."""

from pathlib import Path

import pyarrow.parquet as pq

from tasks import tables
from tasks.records import Trajectory
from tasks.storage.parts import ROW_GROUP, write_parquet
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
