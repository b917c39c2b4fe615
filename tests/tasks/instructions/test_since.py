"""Instructions carried over to a catalogue that has changed, or to a longer list."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from tasks.errors import ConfigurationError
from tasks.instructions.stage import Parameters, plan, run
from tasks.llm.ledger import open_ledger, summary
from tasks.records import Call, Combination, Instruction, Reject
from tasks.storage.stage import Report, Silent
from tasks.storage.table import Table
from tests.tasks.catalog.tool_files import a_tool
from tests.tasks.instructions.test_stage import toolbench_catalog, with_a_value

WORDS = ("tide", "wind", "rain", "snow", "fog", "heat", "dew", "sun", "moon", "dust")


def a_catalog(folder: Path, changed: str = "", gone: str = "", words: tuple[str, ...] = WORDS) -> str:
    """Ten tools or others; one of them documents its parameter otherwise, one is not there."""
    folder.mkdir()
    tools: list[dict[str, Any]] = []
    for word in words:
        tool = with_a_value(a_tool(f"{word} desk", apis=3), word)
        for api, when in zip(tool["api_list"], ("yesterday", "today", "next week"), strict=True):
            api["description"] += f" {when}"
        if word == changed:
            tool["api_list"][0]["required_parameters"][0]["name"] = "city"
        if word != gone:
            tools.append(tool)
    return toolbench_catalog(folder, *tools)


def written(
    folder: Path, catalog: str, teacher: str, count: int = 24, since: str = "", groups: str = "I1"
) -> Report:
    told = Parameters(
        catalog=catalog, instructions=str(folder), groups=groups, count=count, model=teacher, since=since
    )
    return run(told, Silent())


def calls_of(report: Report) -> int:
    return sum(row["calls"] for row in summary(open_ledger(), report.run_id))


def rows_of(report: Report) -> dict[str, Instruction]:
    return {
        row.instruction_id: row for row in Table.open(report.address).records(Instruction, "instructions")
    }


def test_only_what_needs_a_changed_api_is_written_anew(teacher: str, tmp_path: Path):
    first = written(tmp_path / "v1", a_catalog(tmp_path / "one"), teacher)
    later = a_catalog(tmp_path / "two", changed="rain", gone="fog")
    delta = written(tmp_path / "v2", later, teacher, since=first.address)
    anew = written(tmp_path / "anew", later, teacher)

    before, after, full = rows_of(first), rows_of(delta), rows_of(anew)
    touched = {id for id, row in before.items() if any("rain" in api or "fog" in api for api in row.api_ids)}
    assert touched and len(after) == len(before) == 24
    assert set(before) & set(after) == set(before) - touched
    rejects = Table.open(delta.address).records(Reject, "rejects")
    reasons = {row.subject_id: row.reason for row in rejects if row.subject_id in before}
    assert set(reasons) == touched
    assert {reasons[id] for id in touched if "fog" in before[id].api_ids[0]} <= {"api_removed"}
    assert {reasons[id] for id in touched if "rain" in before[id].api_ids[0]} <= {"api_changed"}

    steady = {id for id, row in full.items() if not any("rain" in api for api in row.api_ids)}
    assert {id: after.get(id) for id in steady & set(before)} == {id: full[id] for id in steady & set(before)}
    assert 0 < calls_of(delta) < calls_of(anew) / 2
    combinations = {
        row.combination_id for row in Table.open(delta.address).records(Combination, "combinations")
    }
    assert {row.combination_id for row in after.values()} <= combinations


def test_a_longer_list_keeps_what_is_there_and_is_that_of_a_full_build(teacher: str, tmp_path: Path):
    catalog = a_catalog(tmp_path / "one")
    first = written(tmp_path / "v1", catalog, teacher, count=22)
    longer = written(tmp_path / "v2", catalog, teacher, count=34, since=first.address)
    assert rows_of(longer) == rows_of(written(tmp_path / "anew", catalog, teacher, count=34))
    assert rows_of(first).items() <= rows_of(longer).items()
    assert calls_of(longer) < calls_of(first)
    table = Table.open(longer.address)
    combinations = table.records(Combination, "combinations")
    assert len({row.combination_id for row in combinations}) == len(combinations)
    assert longer.figures["carried"] == 22
    assert all(call.stage == "instruct" for call in table.records(Call, "calls"))
    again = written(tmp_path / "v2", catalog, teacher, count=34, since=first.address)
    assert (again.address, calls_of(again)) == (longer.address, calls_of(longer))
    with pytest.raises(ConfigurationError, match="may grow with --since, not shrink"):
        written(tmp_path / "v3", catalog, teacher, count=20, since=longer.address)


def on_both_sides(report: Report) -> set[tuple[str, ...]]:
    """Sets of APIs with instructions for training and for testing."""
    sides = {(row.api_ids, row.split) for row in rows_of(report).values()}
    return {api_ids for api_ids, split in sides if split == "train" and (api_ids, "test") in sides}


def test_where_an_early_tool_goes_and_the_list_grows_sides_are_those_of_a_full_build(
    teacher: str, tmp_path: Path
):
    first = written(tmp_path / "v1", a_catalog(tmp_path / "one"), teacher, count=36)
    later = a_catalog(tmp_path / "two", gone="heat")
    delta = written(tmp_path / "v2", later, teacher, count=60, since=first.address)
    after, full = rows_of(delta), rows_of(written(tmp_path / "anew", later, teacher, count=60))
    assert not on_both_sides(delta)
    both = after.keys() & full.keys()
    assert len(both) > 50
    assert {id: after[id].split for id in both} == {id: full[id].split for id in both}


def test_a_set_whose_side_a_small_catalogue_draws_anew_stays_on_the_one_it_was_written_for(
    teacher: str, tmp_path: Path
):
    few = WORDS[:4]
    first = written(tmp_path / "v1", a_catalog(tmp_path / "one", words=few), teacher, count=16)
    (tested,) = {row.api_ids for row in rows_of(first).values() if row.split == "test"}
    gone = next(word for word in few if word in tested[0])
    later = a_catalog(tmp_path / "two", gone=gone, words=few)
    delta = written(tmp_path / "v2", later, teacher, count=30, since=first.address)
    anew = rows_of(written(tmp_path / "anew", later, teacher, count=30))
    moved = {row.api_ids for row in anew.values() if row.split == "test"}
    grown = [row for row in rows_of(delta).values() if row.api_ids in moved]
    assert len(grown) > sum(row.api_ids in moved for row in rows_of(first).values()) > 0
    assert not on_both_sides(delta)
    assert {row.split for row in grown} == {"train"}


def test_rows_that_were_made_another_way_are_not_carried_over(teacher: str, tmp_path: Path):
    catalog = a_catalog(tmp_path / "one")
    first = written(tmp_path / "v1", catalog, teacher, count=4)
    told = Parameters(
        catalog=catalog, instructions=str(tmp_path / "v2"), groups="I1", count=4, model=teacher,
        since=first.address, seed=2,
    )  # fmt: skip
    with pytest.raises(ConfigurationError, match=r"another way \(seed differ\)"):
        plan(told)


def test_a_delta_that_was_killed_before_it_carried_over_is_continued_whichever_way_it_is_asked_for(
    teacher: str, tmp_path: Path
):
    catalog = a_catalog(tmp_path / "one")
    first = written(tmp_path / "first", catalog, teacher, count=6).address
    other = written(tmp_path / "other", catalog, teacher, count=4).address
    whole = written(tmp_path / "whole", catalog, teacher, count=10, since=first)
    told = Parameters(
        catalog=catalog, instructions=str(tmp_path / "v1"), groups="I1", count=10, model=teacher,
        as_new_version=True,
    )  # fmt: skip

    def killed() -> None:
        """As a kill between the two leaves it: planned, nothing carried over."""
        shutil.rmtree(tmp_path / "v1", ignore_errors=True)
        shutil.rmtree(Path(plan(told.model_copy(update={"since": first}))) / "commits")

    for since in ("", other):
        killed()
        report = run(told.model_copy(update={"since": since}), Silent())
        assert (report.address, report.figures["carried"]) == (str(tmp_path / "v1"), 6)
        assert rows_of(report) == rows_of(whole)
    killed()
    moved = str(shutil.move(first, tmp_path / "moved"))
    with pytest.raises(ConfigurationError, match="first, which is not there any more; give the address"):
        plan(told)
    assert run(told.model_copy(update={"since": moved}), Silent()).figures["carried"] == 6


def test_a_combination_that_was_asked_again_is_not_paid_for_in_every_version_after(
    teacher: str, tmp_path: Path
):
    catalog = a_catalog(tmp_path / "one")

    def left(version: Report) -> set[str]:
        rejects = Table.open(version.address).records(Reject, "rejects")
        return {row.subject_id.partition("/")[0] for row in rejects if row.reason == "not_needed"}

    def asked(version: Report) -> set[str]:
        return {call.subject_id for call in Table.open(version.address).records(Call, "calls")}

    first = written(tmp_path / "v1", catalog, teacher, count=7)
    second = written(tmp_path / "v2", catalog, teacher, count=9, since=first.address)
    third = written(tmp_path / "v3", catalog, teacher, count=11, since=second.address)
    assert left(first) and left(first) <= asked(second)
    assert not left(first) & asked(third), "what the first version left over is used up in the second"
    assert rows_of(third) == rows_of(written(tmp_path / "anew", catalog, teacher, count=11))


def test_a_group_that_the_new_catalogue_cannot_make_is_told_from_one_that_nobody_asked_for(
    teacher: str, tmp_path: Path
):
    first = written(tmp_path / "v1", a_catalog(tmp_path / "one"), teacher, count=2, groups="")
    (tmp_path / "two").mkdir()
    small = toolbench_catalog(tmp_path / "two", with_a_value(a_tool("tide desk", apis=3), "tide"))

    def why(since: Report, name: str, catalog: str, groups: str) -> set[tuple[str, str]]:
        made = written(tmp_path / name, catalog, teacher, count=2, since=since.address, groups=groups)
        of = {row.instruction_id for row in rows_of(since).values() if row.group == "I2"}
        rejects = Table.open(made.address).records(Reject, "rejects")
        return {(row.reason, row.evidence) for row in rejects if row.subject_id in of}

    single = "the catalogue keeps a single tool, so only I1 can be made"
    assert why(first, "v2", small, "") == {("group_impossible", single)}
    assert why(first, "v3", small, "I1") == {("group_not_asked", "I2")}
