"""What readers are given, and what they are refused."""

import hashlib
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tasks import tables
from tasks.errors import AddressError, FingerprintMismatch, IncompleteTable
from tasks.records import Call, Reject, Trajectory
from tasks.storage import parts
from tasks.storage.addresses import TABLE_KEY, commit_key
from tasks.storage.store import store_of
from tasks.storage.table import Table
from tests.tasks.examples import a_trajectory
from tests.tasks.storage.tables_made import a_manifest, a_table, numbers


def a_finished_table(address: str) -> Table:
    table = a_table(address)
    table.shard(0).publish({"trajectories": (Trajectory, [a_trajectory(1), a_trajectory(2)])}, finished=True)
    return table


def part_of(table: Table, member: str = "trajectories") -> str:
    return table.newest()[0].members[member][0].key


def test_rows_come_back_in_the_order_of_shards_not_of_publication(address: str) -> None:
    table = a_table(address, shards=3)
    for number in (2, 0, 1):
        shard = table.shard(number)
        shard.publish({"trajectories": (Trajectory, [a_trajectory(number * 10)])}, finished=False)
        shard.publish({"trajectories": (Trajectory, [a_trajectory(number * 10 + 1)])}, finished=True)
    assert numbers(Table.open(address)) == [0, 1, 10, 11, 20, 21]
    assert table.rows("trajectories") == 6


def test_a_window_is_the_same_slice_of_all_rows_and_reads_no_other_object(address: str) -> None:
    table = a_table(address, shards=3)
    for number, counts in enumerate(((2, 1), (3, 0), (1, 4))):
        shard = table.shard(number)
        for generation, count in enumerate(counts):
            rows = [a_trajectory(100 * number + 10 * generation + row) for row in range(count)]
            shard.publish({"trajectories": (Trajectory, rows)}, finished=generation == 1)
    every = table.read(Trajectory, "trajectories")
    for first in range(every.num_rows + 2):
        for count in (0, 1, 2, 5, 100):
            found = table.window(Trajectory, "trajectories", first, count)
            assert found.to_pylist() == every.slice(first, count).to_pylist(), (first, count)
    store = store_of(address)
    last = table.newest()[2].members["trajectories"][-1].key
    store.delete(last)
    assert table.window(Trajectory, "trajectories", 0, 7).num_rows == 7
    with pytest.raises(AddressError, match="is missing"):
        table.window(Trajectory, "trajectories", 0, 8)


def test_rows_that_are_looked_for_are_found_and_no_other_object_is_decoded(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = a_table(address, shards=4)
    for number in range(3):
        for generation in range(2):
            rows = [a_trajectory(100 * number + 10 * generation + row) for row in range(3)]
            table.shard(number).publish({"trajectories": (Trajectory, rows)}, finished=generation == 1)
    wanted = [a_trajectory(number).instruction_id for number in (1, 112, 999)]
    decoded: list[int] = []

    def counted(*given: Any) -> pa.Table:
        found = parts.read_part(*given)
        decoded.append(found.num_columns)
        return found

    monkeypatch.setattr("tasks.storage.table.read_part", counted)
    found = table.having(Trajectory, "trajectories", "instruction_id", wanted, partial=True)
    rows = tables.from_table(Trajectory, found)
    assert rows == [a_trajectory(1), a_trajectory(112)]
    assert found.schema.equals(tables.schema(Trajectory))
    assert sorted(decoded) == [1] * 6 + [found.num_columns] * 2
    with pytest.raises(IncompleteTable):
        table.having(Trajectory, "trajectories", "instruction_id", wanted)


def test_what_is_looked_for_may_stand_in_a_column_of_few_values(address: str) -> None:
    table = a_table(address)
    rows = [a_trajectory(number, teacher=f"t{number}") for number in range(3)]
    table.shard(0).publish({"trajectories": (Trajectory, rows)}, finished=True)
    found = table.having(Trajectory, "trajectories", "teacher", {"t2", "t0"})
    assert tables.from_table(Trajectory, found) == [rows[0], rows[2]]
    assert table.having(Trajectory, "trajectories", "teacher", ()).num_rows == 0


def test_some_columns_are_those_of_all(address: str) -> None:
    table = a_finished_table(address)
    wanted = ["win", "instruction_id"]
    assert table.read(Trajectory, "trajectories", columns=wanted).equals(
        table.read(Trajectory, "trajectories").select(wanted)
    )


def test_many_shards_are_read_as_few(address: str) -> None:
    table = a_table(address, shards=12)
    for number in table.shards:
        table.shard(number).publish({"trajectories": (Trajectory, [a_trajectory(number)])}, finished=True)
    assert numbers(table) == list(range(12))


def test_an_unfinished_table_is_refused_unless_a_part_of_it_is_asked_for(address: str) -> None:
    table = a_table(address, shards=3)
    table.shard(0).publish({"trajectories": (Trajectory, [a_trajectory(1)])}, finished=True)
    table.shard(1).publish({"trajectories": (Trajectory, [a_trajectory(2)])}, finished=False)
    with pytest.raises(
        IncompleteTable, match=r"not finished \(2 of 3 shards are open\); run 'annotate'.*--partial"
    ):
        table.read(Trajectory, "trajectories")
    assert numbers(table, partial=True) == [1, 2]
    assert table.unfinished() == [1, 2]


def test_one_commit_publishes_all_members_or_none(a_folder: str) -> None:
    table = a_table(a_folder)
    shard = table.shard(0)
    rejects = [Reject("annotate", "x", "unknown_api", "")]
    shard.publish(
        {"trajectories": (Trajectory, [a_trajectory(1)]), "rejects": (Reject, rejects)}, finished=True
    )
    assert table.members() == ["rejects", "trajectories"]
    assert table.records(Reject, "rejects") == rejects
    assert table.records(Call, "calls") == []


def test_a_member_without_rows_has_one_part_and_no_more(address: str) -> None:
    shard = a_table(address).shard(0)
    for last in (False, False, True):
        shard.publish({"rejects": (Reject, [])}, finished=last)
    assert len(shard.newest.members["rejects"]) == 1
    assert Table.open(address).records(Reject, "rejects") == []


def test_a_table_is_continued_with_the_same_fingerprint_only(address: str) -> None:
    first = a_table(address, shards=2)
    again = a_table(address, shards=5, run_id="annotate-2")
    assert (again.manifest.run_id, len(again.shards)) == (first.manifest.run_id, 2)
    with pytest.raises(
        FingerprintMismatch, match=r'model was "m", now "other"\); use the old ones .* --as-new-version'
    ):
        a_table(address, decides={"model": "other"})
    with pytest.raises(FingerprintMismatch, match="holds the output of 'annotate', not of 'crawl'"):
        a_table(address, stage="crawl")


def test_an_address_without_a_table_is_said(address: str) -> None:
    with pytest.raises(AddressError, match="holds no table"):
        Table.open(address)
    assert not Table.exists(address)


def test_a_shard_outside_the_plan_is_said(a_folder: str) -> None:
    with pytest.raises(AddressError, match="has shards 0 to 1, not 2"):
        a_table(a_folder, shards=2).shard(2)


def test_files_among_commits_that_are_not_ours_are_passed_over(address: str) -> None:
    table = a_finished_table(address)
    for key in ("commits/.DS_Store", "commits/shard-00000/notes.txt", "commits/shard-00007/00001.json"):
        store_of(address).write(key, b"?")
    assert numbers(Table.open(address)) == [1, 2]
    assert table.shard(0).finished


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"null", b'{"format": 1}', b"\xff\xfe", b'{"format":1,"fingerprint":"x"}']
)
def test_a_damaged_manifest_is_said(a_folder: str, content: bytes) -> None:
    a_finished_table(a_folder)
    store_of(a_folder).write(TABLE_KEY, content)
    with pytest.raises(AddressError, match=r"table\.json is damaged"):
        Table.open(a_folder)


def test_a_manifest_changed_by_hand_is_said(a_folder: str) -> None:
    a_finished_table(a_folder)
    found = orjson.loads(store_of(a_folder).read(TABLE_KEY) or b"")
    found["decides"]["model"] = "better"
    store_of(a_folder).write(TABLE_KEY, orjson.dumps(found))
    with pytest.raises(AddressError, match="changed by hand"):
        Table.open(a_folder)


def test_a_table_of_a_later_format_is_said(a_folder: str) -> None:
    store_of(a_folder).write(TABLE_KEY, orjson.dumps({"format": 99, "what": "else"}))
    with pytest.raises(AddressError, match="later version of ToolFoundry; update"):
        Table.open(a_folder)


@pytest.mark.parametrize(
    "change",
    [
        lambda found: b"",
        lambda found: b'{"half',
        lambda found: b"[1]",
        lambda found: orjson.dumps({**found, "members": []}),
        lambda found: orjson.dumps({**found, "members": {"trajectories": [{"key": "x"}]}}),
        lambda found: orjson.dumps({**found, "shard": 9}),
        lambda found: orjson.dumps({**found, "unknown": 1}),
        lambda found: orjson.dumps({**found, "finished": False}),
        lambda found: orjson.dumps({**found, "members": {}}),
        lambda found: orjson.dumps({**found, "digest": 1}),
    ],
)
def test_a_damaged_commit_is_said(a_folder: str, change: Any) -> None:
    table = a_finished_table(a_folder)
    key = commit_key(0, 1)
    store_of(a_folder).write(key, change(orjson.loads(store_of(a_folder).read(key) or b"")))
    for reading in (lambda: numbers(Table.open(a_folder)), table.unfinished, lambda: table.shard(0)):
        with pytest.raises(AddressError, match=r"commit .*/00001.json is"):
            reading()


def test_a_commit_of_another_table_is_said_rather_than_read(a_folder: str, tmp_path: Path) -> None:
    a_finished_table(a_folder)
    other = a_table(str(tmp_path / "other"), run_id="annotate-2")
    store_of(other.address).write(commit_key(0, 1), store_of(a_folder).read(commit_key(0, 1)) or b"")
    for reading in (lambda: numbers(other), other.unfinished, lambda: other.shard(0)):
        with pytest.raises(AddressError, match=r"was written for another table .* delete it"):
            reading()


def test_a_commit_cannot_lead_a_reader_out_of_its_table(tmp_path: Path) -> None:
    table = a_finished_table(str(tmp_path / "v1"))
    key = commit_key(0, 1)
    store, forged = store_of(table.address), orjson.loads(store_of(table.address).read(key) or b"")
    forged["members"]["trajectories"][0]["key"] = "../../secret"
    store.write(key, orjson.dumps({name: value for name, value in forged.items() if name != "digest"}))
    with pytest.raises(AddressError, match="which is no part"):
        table.newest()


def test_a_missing_part_is_said(address: str) -> None:
    table = a_finished_table(address)
    store_of(address).delete(part_of(table))
    with pytest.raises(AddressError, match="is damaged: it is missing; restore it"):
        numbers(table)


def test_a_part_with_one_changed_bit_is_said_rather_than_read_wrongly(address: str) -> None:
    table = a_finished_table(address)
    content = bytearray(store_of(address).read(part_of(table)) or b"")
    content[len(content) // 3] ^= 1
    store_of(address).write(part_of(table), bytes(content))
    with pytest.raises(AddressError, match="its bytes are not those that were committed"):
        numbers(table)


def test_a_part_cut_short_is_said(a_folder: str) -> None:
    table = a_finished_table(a_folder)
    content = store_of(a_folder).read(part_of(table)) or b""
    store_of(a_folder).write(part_of(table), content[:100])
    with pytest.raises(AddressError, match="its bytes are not those"):
        numbers(table)


def test_reading_a_member_as_another_record_is_said(a_folder: str) -> None:
    table = a_finished_table(a_folder)
    with pytest.raises(AddressError, match="holds no Call rows: it holds those of Trajectory"):
        table.records(Call, "trajectories")


def test_rows_of_a_later_schema_are_refused_rather_than_cut(
    a_folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = a_finished_table(a_folder)
    monkeypatch.setitem(tables.VERSIONS, Trajectory, 0)
    with pytest.raises(AddressError, match="Trajectory rows of a later version"):
        numbers(table)


def test_a_folder_of_files_comes_back_under_its_relative_names(address: str, tmp_path: Path) -> None:
    folder = tmp_path / "checkpoint"
    files = {
        "config.json": b"{}",
        "tokenizer/vocab a.txt": b"x",
        "shard-00001/part-1.bin": bytes(1000),
        "empty": b"",
    }
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    table = a_table(address)
    table.shard(0).publish({"rejects": (Reject, [])}, finished=True, folders={"model": folder})
    to = tmp_path / "fetched"
    paths = Table.open(address).fetch("model", to)
    assert {path.relative_to(to).as_posix(): path.read_bytes() for path in paths} == files
    assert sorted(each for each in to.rglob("*") if each.is_file()) == sorted(paths)


def test_the_newest_file_of_a_name_is_fetched(a_folder: str, tmp_path: Path) -> None:
    folder = tmp_path / "checkpoint"
    folder.mkdir()
    shard = a_table(a_folder).shard(0)
    for step, last in (("1", False), ("2", True)):
        (folder / "weights").write_text(step)
        (folder / f"step-{step}").write_text(step)
        shard.publish({}, finished=last, folders={"model": folder})
    Table.open(a_folder).fetch("model", tmp_path / "to")
    assert (tmp_path / "to" / "weights").read_text() == "2"
    assert sorted(each.name for each in (tmp_path / "to").iterdir()) == ["step-1", "step-2", "weights"]


def test_a_folder_and_rows_are_not_taken_for_each_other(a_folder: str, tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "weights").write_bytes(b"w")
    table = a_table(a_folder)
    table.shard(0).publish({"rejects": (Reject, [])}, finished=True, folders={"model": tmp_path / "model"})
    with pytest.raises(AddressError, match=r"'model' .* is a folder of files"):
        table.read(Reject, "model")
    with pytest.raises(AddressError, match=r"holds no files 'rejects'; it holds \['model', 'rejects'\]"):
        table.fetch("rejects", tmp_path / "to")


def test_a_damaged_file_is_not_fetched(address: str, tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "weights").write_bytes(b"right")
    table = a_table(address)
    table.shard(0).publish({}, finished=True, folders={"model": tmp_path / "model"})
    store_of(address).write(part_of(table, "model"), b"wrong")
    with pytest.raises(AddressError, match="not those that were committed"):
        table.fetch("model", tmp_path / "to")
    assert not (tmp_path / "to" / "weights").exists()


def test_limits_are_what_shards_see_and_damaged_ones_are_said(address: str) -> None:
    table = a_table(address)
    assert table.parameters() == {"model": "m", "concurrency": 8}
    table.set_limits({"concurrency": 2})
    assert Table.open(address).parameters() == {"model": "m", "concurrency": 2}
    store_of(address).write("limits.json", b"[1]")
    with pytest.raises(AddressError, match=r"limits.json is damaged .* run 'annotate' again"):
        table.parameters()


def test_a_table_of_an_earlier_schema_is_read_with_nulls_in_its_new_column(tmp_path: Path) -> None:
    table = a_finished_table(str(tmp_path))
    key = part_of(table)
    older = pq.read_table(tmp_path / key).drop_columns(["snapshot"])
    pq.write_table(older, tmp_path / key)
    commit = (tmp_path / commit_key(0, 1)).read_bytes()
    found = orjson.loads(commit)
    found["members"]["trajectories"][0]["sha256"] = hashlib.sha256((tmp_path / key).read_bytes()).hexdigest()
    del found["digest"], found["table"]  # as earlier versions wrote them
    (tmp_path / commit_key(0, 1)).write_bytes(orjson.dumps(found))
    rows = Table.open(str(tmp_path)).read(Trajectory, "trajectories")
    assert rows.schema.equals(tables.schema(Trajectory))
    assert rows.column("snapshot").null_count == 2
    assert isinstance(rows, pa.Table)


def test_a_manifest_says_the_same_after_it_was_written(address: str) -> None:
    wanted = a_manifest(2, notes=("a note",))
    assert Table.create_or_continue(address, wanted).manifest == Table.open(address).manifest == wanted
