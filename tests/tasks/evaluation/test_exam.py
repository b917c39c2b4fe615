from pathlib import Path

import pytest

from tasks.errors import ConfigurationError, IncompleteTable, RecordError
from tasks.evaluation.exam import any_of, choose, load_exam, searched_of, trajectories_of
from tasks.records import Group, Instruction
from tasks.rollout.instructions import apis_of
from tests.tasks.evaluation.made import (
    API,
    SOLVED,
    instruction,
    instructions_table,
    trajectories_table,
    trajectory,
)
from tests.tasks.one_shard import table

GROUPS: tuple[Group, ...] = ("I1", "I2", "I3")
MANY = [instruction(number, group=GROUPS[min(number // 6, 2)]) for number in range(20)]


def test_only_the_test_split_is_examined_in_the_table_s_order(tmp_path: Path) -> None:
    rows = [instruction(1), instruction(2, "train"), instruction(3)]
    exam = load_exam(instructions_table(tmp_path, rows), limit=None, seed=1, with_apis=True)
    assert list(exam.instructions) == [rows[0], rows[2]]
    assert apis_of(rows[0], exam.apis) == [API]


def test_without_a_student_no_catalogue_is_needed(tmp_path: Path) -> None:
    address = table(tmp_path / "i", "instruct", {"instructions": (Instruction, [instruction(1)])})
    assert load_exam(address, limit=None, seed=1, with_apis=False).apis == {}
    with pytest.raises(ConfigurationError, match="names no catalogue"):
        load_exam(address, limit=None, seed=1, with_apis=True)


def test_an_api_that_the_catalogue_lacks_is_a_bad_row(tmp_path: Path) -> None:
    exam = load_exam(instructions_table(tmp_path, [instruction(1)]), limit=None, seed=1, with_apis=False)
    with pytest.raises(RecordError, match=r"unknown_api: not in the catalogue: made/almanac/sunrise"):
        apis_of(exam.instructions[0], exam.apis)


@pytest.mark.parametrize("limit", [1, 3, 7, 19])
def test_a_limit_takes_as_many_of_each_group_as_it_can_and_keeps_the_order(limit: int) -> None:
    chosen = choose(MANY, limit, seed=1)
    assert len(chosen) == limit
    assert chosen == [each for each in MANY if each in chosen]
    counts = {group: sum(each.group == group for each in chosen) for group in GROUPS}
    sizes = {group: sum(each.group == group for each in MANY) for group in GROUPS}
    fullest = max(counts.values())
    assert all(count >= min(fullest - 1, sizes[group]) for group, count in counts.items())


def test_a_larger_limit_adds_to_a_smaller_one_and_another_seed_chooses_others() -> None:
    few, more = choose(MANY, 5, seed=1), choose(MANY, 11, seed=1)
    assert set(each.instruction_id for each in few) <= set(each.instruction_id for each in more)
    assert choose(MANY, 5, seed=2) != few
    assert choose(MANY, 20, seed=1) == choose(MANY, None, seed=1) == MANY


def test_the_order_of_the_table_does_not_decide_who_is_chosen() -> None:
    assert set(choose(MANY, 7, 1)) == set(choose(MANY[::-1], 7, 1))


def test_trajectories_come_by_instruction_and_others_stay_out(tmp_path: Path) -> None:
    rows = [trajectory(instruction(number), SOLVED) for number in (1, 2, 3)]
    address, wanted = trajectories_table(tmp_path, rows), [f"{2:016x}", f"{9:016x}"]
    assert trajectories_of(address, wanted) == {f"{2:016x}": rows[1]}
    assert searched_of(address, wanted) == {f"{2:016x}"}
    assert any_of(address) == rows[0]


def test_tables_of_other_stages_are_refused(tmp_path: Path) -> None:
    instructions = instructions_table(tmp_path, [instruction(1)])
    trajectories = trajectories_table(tmp_path, [trajectory(instruction(1), SOLVED)])
    with pytest.raises(ConfigurationError, match="output of 'annotate', not instructions"):
        load_exam(trajectories, limit=None, seed=1, with_apis=False)
    with pytest.raises(ConfigurationError, match="output of 'instruct', not trajectories"):
        trajectories_of(instructions, [])


def test_unfinished_tables_are_refused(tmp_path: Path) -> None:
    unfinished = instructions_table(tmp_path, [instruction(1)], finished=False)
    with pytest.raises(IncompleteTable, match="is not finished"):
        load_exam(unfinished, limit=None, seed=1, with_apis=False)
    trajectories = trajectories_table(tmp_path, [], finished=False)
    with pytest.raises(IncompleteTable, match="is not finished"):
        trajectories_of(trajectories, [])
