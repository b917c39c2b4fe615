"""What an earlier run took is counted without reading its trees."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tasks.annotation.forecast.costs import opening_size
from tasks.annotation.forecast.earlier import searched_in
from tasks.annotation.forecast.outcome import taken
from tasks.llm.pricing import price_of
from tasks.records import Call, Trajectory
from tasks.storage import parts
from tasks.storage.commits import PartFile
from tasks.storage.store import Store
from tests.tasks.examples import a_trajectory
from tests.tasks.storage.tables_made import a_table


def test_of_an_earlier_run_only_what_counts_is_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [a_trajectory(number) for number in range(3)]
    calls = [
        Call("annotate", 0, row.instruction_id, "model", "m", 0, "k", "ok", 0.5, 9, 0, 0, 3, 700, False)
        for row in rows
    ]
    table = a_table(str(tmp_path / "v1"))
    table.shard(0).publish({"trajectories": (Trajectory, rows), "calls": (Call, calls)}, finished=True)
    decoded: dict[type[Any], set[str]] = {Trajectory: set(), Call: set()}

    def noted(store: Store, record: type[Any], part: PartFile, columns: Sequence[str]) -> Any:
        decoded[record] |= set(columns)
        return parts.read_part(store, record, part, columns)

    monkeypatch.setattr("tasks.storage.table.read_part", noted)
    assert taken(table)["usd"] == pytest.approx(sum(call.cost_nano_usd for call in calls) / 1e9)
    assert "request_key" not in decoded[Call]
    found = searched_in(table, price_of("m", "http://127.0.0.1:1"))
    assert [each.instruction_id for each in found] == [row.instruction_id for row in rows]
    assert found[0].opening == opening_size(rows[0].text, rows[0].functions)
    assert decoded[Trajectory].isdisjoint({"tree", "messages", "final_answer"})
