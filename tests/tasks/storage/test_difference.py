"""What tells two versions of a table apart, and what does not."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tasks.errors import AddressError, ConfigurationError, IncompleteTable
from tasks.records import Api, Call, Checkpoint, Parameter, Probe, Reject, Spend, Trajectory
from tasks.storage.difference import KEYS, LEFT_OUT, SPEND, Change, Difference, compare
from tasks.storage.lineage import MEMBERS
from tasks.storage.store import store_of
from tasks.storage.table import Shard, Table
from tasks.tables import schema
from tests.tasks.examples import a_trajectory
from tests.tasks.storage.tables_made import a_table


def version(address: str, *shards: dict[str, tuple[type, list[Any]]], **changed: Any) -> Table:
    table = a_table(address, shards=len(shards), **changed)
    for number, members in enumerate(shards):
        table.shard(number).publish(members, finished=True)
    return Table.open(table.address)


def trees(*rows: Trajectory) -> dict[str, tuple[type, list[Any]]]:
    return {"trajectories": (Trajectory, list(rows))}


def of(a: Table, b: Table, **how: Any) -> tuple[Difference, list[Change]]:
    changes: list[Change] = []
    return compare(a, b, seen=changes.append, **how), changes


def test_rows_added_removed_and_changed_are_told_by_id_and_field(address: str) -> None:
    was = version(f"{address}/1", trees(a_trajectory(1), a_trajectory(2)), trees(a_trajectory(3)))
    now = version(
        f"{address}/2",
        trees(a_trajectory(1), a_trajectory(2, final_answer="never", win=False)),
        trees(a_trajectory(4)),
    )
    found, changes = of(was, now)
    member = found.members["trajectories"]
    assert not found.same
    assert (member.rows_a, member.rows_b, member.same) == (3, 3, 1)
    assert (member.added, member.removed, member.changed) == (1, 1, 1)
    assert member.fields == {"win": 1, "final_answer": 1}
    id_of = [a_trajectory(number).trajectory_id for number in (2, 3, 4)]
    assert changes == [
        Change("trajectories", "changed", id_of[0], ("win", "final_answer")),
        Change("trajectories", "removed", id_of[1]),
        Change("trajectories", "added", id_of[2]),
    ]
    changed = next(each for each in member.examples if each["change"] == "changed")
    assert changed["fields"] == {"win": ["true", "false"], "final_answer": ["at 2 o'clock", "never"]}


def test_order_and_shards_of_rows_are_no_difference(address: str) -> None:
    rows = [a_trajectory(number) for number in range(7)]
    was = version(f"{address}/1", trees(*rows[:5]), trees(*rows[5:]))
    now = version(f"{address}/2", trees(rows[6]), trees(*reversed(rows[:6])), trees())
    found, changes = of(was, now)
    assert found.same and changes == []
    assert found.members["trajectories"].same == 7


def test_a_table_is_the_same_as_itself_and_its_rows_are_not_read(
    a_folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = version(a_folder, trees(a_trajectory(1)))
    monkeypatch.setattr(Shard, "published", lambda *_: pytest.fail("it was read"))
    found, _ = of(table, table)
    assert found.same and found.members["trajectories"].same == 1


def test_time_cost_run_and_shard_do_not_tell_rows_apart(a_folder: str) -> None:
    call = Call("annotate", 0, "i", "model", "m", 0, "key", "ok", 0.5, 10, 0, 0, 5, 900, False)
    later = replace(call, shard=3, latency_s=9.0, cost_nano_usd=0, replayed=True)
    spent = Spend("run-1", "annotate", 0, "m", 1, 10, 0, 0, 5, 900_000_000)
    again = replace(spent, run_id="run-2", cost_nano_usd=0)
    was = version(f"{a_folder}/1", {"calls": (Call, [call]), "spend": (Spend, [spent])})
    now = version(f"{a_folder}/2", {"calls": (Call, [later]), "spend": (Spend, [again])}, run_id="run-2")
    found, _ = of(was, now)
    assert found.same
    assert SPEND not in found.members
    assert found.cost_usd == (0.9, 0.0)
    assert found.to_plain()["left_out"] == [*sorted(LEFT_OUT), SPEND]


def test_rows_that_share_an_id_are_matched_one_to_one(a_folder: str) -> None:
    probe = Probe("hub/sun/rise", 0, "{}", 200, 0.1, "ok", "06:12")
    gone = Reject("annotate", "x", "unknown_api", "first")
    was = version(
        f"{a_folder}/1",
        {"probes": (Probe, [probe, replace(probe, attempt=1)]), "rejects": (Reject, [gone, gone])},
    )
    now = version(
        f"{a_folder}/2",
        {
            "probes": (Probe, [replace(probe, attempt=1, latency_s=2.0), replace(probe, verdict="slow")]),
            "rejects": (Reject, [gone, replace(gone, evidence="second"), gone]),
        },
    )
    found, changes = of(was, now)
    assert changes == [
        Change("probes", "changed", "hub/sun/rise 0", ("verdict",)),
        Change("rejects", "added", "x annotate unknown_api"),
    ]
    assert found.members["rejects"].same == 2


def test_long_texts_and_nested_fields_are_compared_whole_and_shown_where_they_part(a_folder: str) -> None:
    tree = "[" + "x" * 3000
    api = Api(
        "hub/sun/rise", "hub/sun", "hub", "Weather", "Sun", "sun", "", "rise", "rise", "", "GET", "http://x",
        (Parameter("day", "day", "query", "DATE", True),),
    )  # fmt: skip
    dated = replace(api, parameters=(replace(api.parameters[0], required=False),))
    was = version(
        f"{a_folder}/1", {**trees(a_trajectory(1, tree=tree + "sun" + "y" * 200)), "apis": (Api, [api])}
    )
    now = version(
        f"{a_folder}/2", {**trees(a_trajectory(1, tree=tree + "moon" + "y" * 200)), "apis": (Api, [dated])}
    )
    found, changes = of(was, now)
    assert [(each.member, each.fields) for each in changes] == [
        ("trajectories", ("tree",)),
        ("apis", ("parameters",)),
    ]
    before, after = found.members["trajectories"].examples[0]["fields"]["tree"]
    assert before.startswith("...xxx") and "sunyyy" in before and before.endswith("yyy...")
    assert "moonyyy" in after and len(after) < 120


def test_a_column_that_an_older_schema_lacks_is_its_default(
    a_folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pyarrow as pa

    from tasks import tables

    wanted = schema(Trajectory)
    older = wanted.remove(wanted.get_field_index("repairs"))
    monkeypatch.setitem(tables._SCHEMAS, Trajectory, older)
    monkeypatch.setattr(
        tables, "to_table", lambda record, rows: pa.Table.from_pylist([*map(plain, rows)], schema=older)
    )
    was = version(f"{a_folder}/1", trees(a_trajectory(1)))
    monkeypatch.undo()
    now = version(f"{a_folder}/2", trees(a_trajectory(1)))
    assert of(was, now)[0].same


def plain(row: Trajectory) -> dict[str, Any]:
    return {name: getattr(row, name) for name in Trajectory.__dataclass_fields__}


def test_files_of_a_model_are_told_by_name_and_content(address: str, tmp_path: Path) -> None:
    def trained(place: str, **files: str) -> Table:
        folder = tmp_path / place
        folder.mkdir()
        for name, text in files.items():
            (folder / name).write_text(text)
        table = a_table(f"{address}/{place}", stage="finetune")
        row = Checkpoint(
            "c", "student", "scratch", "model", 1, 1, 1, 2.0, 1.0, 1, "{}", "{}", "rehearsal", "live"
        )
        table.shard(0).publish({"checkpoints": (Checkpoint, [row])}, finished=True, folders={"model": folder})
        return table

    found, changes = of(
        trained("1", weights="w", config="c", old="o"), trained("2", weights="v", config="c", new="n")
    )
    assert changes == [
        Change("model", "added", "new"),
        Change("model", "removed", "old"),
        Change("model", "changed", "weights", ("content",)),
    ]
    assert found.members["checkpoints"].equal and found.members["model"].same == 1


def test_what_decided_the_rows_is_told_where_it_differs(a_folder: str) -> None:
    was = version(f"{a_folder}/1", trees(a_trajectory(1)), decides={"model": "m", "method": "CoT@1"})
    now = version(f"{a_folder}/2", trees(a_trajectory(1)), decides={"model": "m", "form": "text"})
    assert of(was, now)[0].made_with == {"method": ("CoT@1", None), "form": (None, "text")}


def test_tables_of_different_stages_are_refused(a_folder: str) -> None:
    was = version(f"{a_folder}/1", trees(), stage="annotate")
    now = version(f"{a_folder}/2", trees(), stage="tooleval")
    with pytest.raises(ConfigurationError, match=r"'annotate', .* that of 'tooleval'; give two versions"):
        of(was, now)


def test_an_unfinished_table_is_refused_unless_a_part_is_asked_for(address: str) -> None:
    was = version(f"{address}/1", trees(a_trajectory(1)))
    begun = a_table(f"{address}/2", shards=2)
    begun.shard(0).publish(trees(a_trajectory(1)), finished=True)
    with pytest.raises(IncompleteTable, match=r"2 is not finished \(1 of 2 shards are open\).*--partial"):
        of(was, begun)
    assert of(was, begun, partial=True)[0].same


def test_a_damaged_part_is_said_and_no_difference(a_folder: str) -> None:
    was, now = (version(f"{a_folder}/{each}", trees(a_trajectory(each))) for each in (1, 2))
    store_of(now.address).write(now.newest()[0].members["trajectories"][0].key, b"?")
    with pytest.raises(AddressError, match="its bytes are not those"):
        of(was, now)


def test_few_rows_wait_for_their_like_however_the_shards_are_cut(
    a_folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tasks.storage import difference

    most = 0

    class Watched(difference._Matching):
        def add(self, side: int, key: Any, row: Any) -> None:
            nonlocal most
            super().add(side, key, row)
            most = max(most, sum(map(len, self.waiting)))

    monkeypatch.setattr(difference, "_Matching", Watched)
    rows = [a_trajectory(number) for number in range(60)]
    was = version(f"{a_folder}/1", *(trees(*rows[first : first + 10]) for first in range(0, 60, 10)))
    now = version(f"{a_folder}/2", *(trees(*rows[first : first + 4]) for first in range(0, 60, 4)))
    assert of(was, now)[0].same
    assert most <= 14


def test_every_member_has_columns_that_name_its_rows() -> None:
    for member, (record, column) in MEMBERS.items():
        for name in KEYS.get(member, (column,)):
            assert name in record.__dataclass_fields__
