import json
from pathlib import Path

import pytest

from tasks.catalog import stage as crawl
from tasks.errors import BudgetExceeded, ConfigurationError, FingerprintMismatch, IncompleteTable
from tasks.instructions.stage import Parameters, finish, plan, run, run_shard
from tasks.llm.ledger import open_ledger, summary
from tasks.records import Api, Call, Combination, Instruction, Reject, Spend, Tool
from tasks.storage.ids import instruction_id
from tasks.storage.stage import Silent
from tasks.storage.table import Table
from tests.tasks.catalog.tool_files import a_tool, write_tools


def rows_of(address: str) -> dict[str, list[str]]:
    """What was written, without cost and time."""
    table = Table.open(address)
    return {
        "instructions": sorted(map(repr, table.records(Instruction, "instructions"))),
        "combinations": sorted(map(repr, table.records(Combination, "combinations"))),
        "rejects": sorted(map(repr, table.records(Reject, "rejects"))),
    }


def toolbench_catalog(folder: Path, *tools: dict) -> str:
    place = write_tools(folder / "tools.jsonl", *tools)
    crawl.run(
        crawl.Parameters(source="toolbench", location=str(place), catalog=str(folder / "catalog")), Silent()
    )
    return str(folder / "catalog")


def with_a_value(tool: dict, text: str) -> dict:
    """The tool with a required parameter that a writer can give a value for."""
    for api in tool["api_list"]:
        api["description"] = f"Tells the {text} of a town"
        api["required_parameters"] = [
            {"name": "town", "type": "STRING", "description": "Name of the town", "default": "Porto"}
        ]
    return tool


def test_each_group_gets_its_count_by_its_rules(catalog: str, teacher: str, tmp_path: Path):
    report = run(
        Parameters(catalog=catalog, instructions=str(tmp_path / "i"), count=12, model=teacher), Silent()
    )
    assert [report.figures[group] for group in ("I1", "I2", "I3")] == [12, 12, 12]
    table = Table.open(report.address)
    apis = {row.api_id: row for row in Table.open(catalog).records(Api, "apis")}
    combinations = {row.combination_id: row for row in table.records(Combination, "combinations")}
    instructions = table.records(Instruction, "instructions")
    assert len({row.instruction_id for row in instructions}) == 36
    for row in instructions:
        assert row.instruction_id == instruction_id(row.group, row.api_ids, row.text)
        assert row.api_ids == combinations[row.combination_id].api_ids
        assert set(row.relevant_api_ids) <= set(row.api_ids) <= set(apis)
        tools = {apis[api_id].tool_id for api_id in row.relevant_api_ids}
        assert len(tools) == 1 if row.group == "I1" else len(tools) >= 2
        assert (row.teacher, row.teacher_kind) == (teacher, "rehearsal")
    assert {row.split for row in instructions} == {"train", "test"}
    assert any("rehearsal" in note for note in report.notes)


def test_calls_and_spend_agree(catalog: str, teacher: str, tmp_path: Path):
    report = run(
        Parameters(catalog=catalog, instructions=str(tmp_path / "i"), count=8, groups="I1,I3", model=teacher),
        Silent(),
    )
    table = Table.open(report.address)
    calls, spend = table.records(Call, "calls"), table.records(Spend, "spend")
    assert {call.subject_id for call in calls} == {
        row.combination_id for row in table.records(Combination, "combinations")
    }
    assert (
        sum(row.calls for row in spend)
        == len(calls)
        == sum(row["calls"] for row in summary(open_ledger(), report.run_id))
    )
    assert sum(row.output_tokens for row in spend) == sum(call.output_tokens for call in calls) > 0


def test_rows_depend_neither_on_concurrency_nor_on_the_order_of_shards(
    catalog: str, teacher: str, tmp_path: Path
):
    one = Parameters(
        catalog=catalog,
        instructions=str(tmp_path / "one"),
        count=15,
        shard_size=5,
        model=teacher,
        concurrency=1,
    )
    run(one, Silent())
    other = plan(one.model_copy(update={"instructions": str(tmp_path / "other"), "concurrency": 16}))
    for shard in reversed(Table.open(other).shards):
        run_shard(other, shard, Silent())
    finish(other)
    assert len(Table.open(other).shards) == 9
    assert rows_of(str(tmp_path / "one")) == rows_of(other)


def test_another_seed_gives_other_instructions(catalog: str, teacher: str, tmp_path: Path):
    texts = []
    for seed in (1, 2):
        address = str(tmp_path / str(seed))
        run(
            Parameters(catalog=catalog, instructions=address, count=8, groups="I2", model=teacher, seed=seed),
            Silent(),
        )
        texts.append({row.text for row in Table.open(address).records(Instruction, "instructions")})
    assert not texts[0] & texts[1]


def test_a_spent_budget_keeps_what_is_written_and_a_raised_one_continues(
    catalog: str, teacher: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    prices = tmp_path / "prices.json"
    prices.write_text(json.dumps({teacher: {"input": 1.0, "output": 2.0}}))
    monkeypatch.setenv("FOUNDRY_PRICES", str(prices))
    whole = Parameters(
        catalog=catalog, instructions=str(tmp_path / "whole"), count=40, groups="I1", model=teacher
    )
    cost_usd = run(whole, Silent()).cost_usd
    capped = whole.model_copy(
        update={"instructions": str(tmp_path / "capped"), "budget_usd": cost_usd / 2, "concurrency": 2}
    )
    with pytest.raises(BudgetExceeded, match="raise --budget-usd"):
        run(capped, Silent())
    assert 0 < Table.open(capped.instructions).rows("instructions") < 40
    report = run(capped.model_copy(update={"budget_usd": 1.0}), Silent())
    assert rows_of(capped.instructions) == rows_of(whole.instructions)
    assert report.cost_usd == pytest.approx(cost_usd)
    assert sum(row["repeated"] for row in summary(open_ledger(), report.run_id)) == 0


class Broken(Exception):
    """The process died here."""


class DiesAt:
    """Progress that stops the run in its n-th step."""

    def __init__(self, step: int):
        self.left = step

    def show(self, what: str, done: int, total: int) -> None:
        self.left -= 1
        if self.left == 0:
            raise Broken


def test_replies_of_a_run_that_died_are_not_paid_again(catalog: str, teacher: str, tmp_path: Path):
    whole = Parameters(
        catalog=catalog, instructions=str(tmp_path / "whole"), count=20, groups="I1", model=teacher
    )
    run(whole, Silent())
    dying = whole.model_copy(update={"instructions": str(tmp_path / "dying"), "concurrency": 1})
    with pytest.raises(Broken):
        run(dying, DiesAt(4))
    assert Table.open(dying.instructions).rows("instructions") == 0
    report = run(dying, Silent())
    assert rows_of(dying.instructions) == rows_of(whole.instructions)
    replayed = [call for call in Table.open(dying.instructions).records(Call, "calls") if call.replayed]
    assert len(replayed) == 3
    assert sum(row["repeated"] for row in summary(open_ledger(), report.run_id)) == 0


def test_finished_instructions_are_not_written_again(catalog: str, teacher: str, tmp_path: Path):
    parameters = Parameters(
        catalog=catalog, instructions=str(tmp_path / "i"), count=4, groups="I1", model=teacher
    )
    run(parameters, Silent())
    before = Table.open(parameters.instructions).newest()
    run(parameters, Silent())
    assert Table.open(parameters.instructions).newest() == before
    with pytest.raises(FingerprintMismatch, match="count was 4, now 5"):
        plan(parameters.model_copy(update={"count": 5}))


def test_a_group_that_cannot_be_filled_stops_at_three_times_its_count_and_says_so(
    teacher: str, tmp_path: Path
):
    nothing_to_go_by = a_tool("mute")
    nothing_to_go_by["api_list"][0]["required_parameters"] = [{"name": "x", "type": "STRING"}]
    report = run(
        Parameters(
            catalog=toolbench_catalog(tmp_path, nothing_to_go_by),
            instructions=str(tmp_path / "i"),
            count=6,
            model=teacher,
        ),
        Silent(),
    )
    assert report.rows["combinations"] == 5
    assert set(report.rejected) == {"nothing_written"}
    assert any(note.startswith("I1: 0 of 6 instructions accepted") for note in report.notes)


def test_a_single_tool_makes_i1_only_and_says_so(teacher: str, tmp_path: Path):
    catalog = toolbench_catalog(tmp_path, with_a_value(a_tool("one", apis=3), "height"))
    for groups in ("", "I1,I2,I3"):
        report = run(
            Parameters(
                catalog=catalog,
                instructions=str(tmp_path / f"i{groups}"),
                groups=groups,
                count=1,
                model=teacher,
            ),
            Silent(),
        )
        assert {row.group for row in Table.open(report.address).records(Instruction, "instructions")} == {
            "I1"
        }
        assert "single tool, so only I1" in report.notes[0]
    with pytest.raises(ConfigurationError, match="give --groups I1"):
        plan(Parameters(catalog=catalog, instructions=str(tmp_path / "x"), groups="I2", model=teacher))


def test_without_collections_i3_is_left_out_or_refused(teacher: str, tmp_path: Path):
    tools = [with_a_value(a_tool(name), word) for name, word in (("one", "height"), ("two", "rainfall"))]
    catalog = toolbench_catalog(tmp_path, *tools)
    report = run(
        Parameters(catalog=catalog, instructions=str(tmp_path / "i"), count=1, model=teacher), Silent()
    )
    assert {work["group"] for work in Table.open(report.address).manifest.plan} == {"I1", "I2"}
    assert "the catalogue names no collections, so I3 cannot be made" in report.notes
    with pytest.raises(ConfigurationError, match="no collections, so I3 cannot be made; leave I3 out"):
        plan(Parameters(catalog=catalog, instructions=str(tmp_path / "x"), groups="I3", model=teacher))
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"groups": "I1,G2"}, "no group 'G2'; --groups takes a comma list of I1, I2, I3"),
        ({"model": ""}, "no model is named"),
        ({"catalog": "/nowhere/at/all"}, "holds no table"),
        ({"instructions": "gs://bucket/x"}, "is no address"),
    ],
)
def test_bad_parameters_are_one_sentence_before_anything_is_written(
    changed: dict[str, str], sentence: str, catalog: str, teacher: str, tmp_path: Path
):
    good = {"catalog": catalog, "instructions": str(tmp_path / "i"), "model": teacher}
    with pytest.raises(ConfigurationError, match=sentence):
        plan(Parameters(**{**good, **changed}))
    assert not (tmp_path / "i").exists()


def test_a_model_server_that_is_not_there_is_one_sentence(
    catalog: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")
    with pytest.raises(ConfigurationError, match="OPENAI_BASE_URL"):
        plan(Parameters(catalog=catalog, instructions=str(tmp_path / "i"), model="rehearsal-middle"))
    assert not (tmp_path / "i").exists()


def test_what_is_no_catalogue_is_refused(catalog: str, teacher: str, tmp_path: Path):
    written = Parameters(
        catalog=catalog, instructions=str(tmp_path / "i"), count=1, groups="I1", model=teacher
    )
    run(written, Silent())
    with pytest.raises(ConfigurationError, match="holds the output of 'instruct', not a catalogue"):
        plan(
            written.model_copy(update={"catalog": written.instructions, "instructions": str(tmp_path / "j")})
        )


def test_an_unfinished_catalogue_is_refused(teacher: str, tmp_path: Path):
    place = write_tools(tmp_path / "tools.jsonl", a_tool("one"))
    begun = crawl.plan(
        crawl.Parameters(source="toolbench", location=str(place), catalog=str(tmp_path / "catalog"))
    )
    with pytest.raises(IncompleteTable, match="is not finished"):
        plan(Parameters(catalog=begun, instructions=str(tmp_path / "i"), model=teacher))


def test_i1_and_i2_are_sampled_from_the_whole_marketplace(shared: Path, teacher: str, tmp_path: Path):
    location = shared / "data" / "catalog" / "rapidapi_all_tools.jsonl.gz"
    catalog = str(tmp_path / "catalog")
    crawl.run(crawl.Parameters(source="toolbench", location=str(location), catalog=catalog), Silent())
    report = run(
        Parameters(catalog=catalog, instructions=str(tmp_path / "i"), count=8, model=teacher), Silent()
    )
    assert report.figures["I1"] > 0 and report.figures["I2"] > 0
    origins = {row.origin for row in Table.open(report.address).records(Combination, "combinations")}
    assert len(origins) == report.rows["combinations"]
    assert origins & set(Table.open(catalog).read(Tool, "tools").column("tool_id").to_pylist())
