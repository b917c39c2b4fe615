"""What is analysed, and what is known of it from elsewhere."""

import json
from collections.abc import Iterable
from pathlib import Path

import pytest

from tasks.annotation.analysis.report import analysis
from tasks.annotation.analysis.sources import gather, read_searches
from tasks.environment.tasks_file import read_tasks
from tasks.errors import ConfigurationError
from tasks.records import Api, Call, Trajectory
from tasks.storage.manifest import Manifest
from tasks.storage.table import Table
from tests.tasks.annotation.analysis.grown import answer, call, give_up, trajectory
from tests.tasks.annotation.test_published import written as exported
from tests.tasks.environment.tasks_made import line, written
from tests.tasks.search.played import api


def model_call(instruction_id: str, **fields: int) -> Call:
    tokens = {"uncached_tokens": 100, "cached_tokens": 900, "cache_write_tokens": 0, "output_tokens": 10}
    return Call(
        "annotate", 0, instruction_id, "model", "m", 0, "key", "ok", 0.1,
        **{**tokens, "cost_nano_usd": 0, **fields}, replayed=False,
    )  # fmt: skip


def table(
    address: Path,
    rows: Iterable[Trajectory],
    calls: Iterable[Call] = (),
    instructions: str = "nowhere",
    stage: str = "annotate",
) -> str:
    manifest = Manifest(
        stage=stage, run_id="r", parameters={}, decides={}, inputs={"instructions": instructions}, seed=1,
        code_version="1", plan=({},), schema_versions={},
    )  # fmt: skip
    made = Table.create_or_continue(str(address), manifest)
    members = {"trajectories": (Trajectory, list(rows)), "calls": (Call, list(calls))}
    made.shard(0).publish(members, finished=True)
    return str(address)


def test_a_table_tells_prices_relevant_apis_and_categories(tmp_path: Path):
    tasks = written(tmp_path, line())
    own_id = read_tasks(tasks).tasks[0].instruction.instruction_id
    row = trajectory([call(), answer()], instruction_id=own_id)
    paid = model_call(own_id, cost_nano_usd=2_000_000_000)
    place = table(tmp_path / "t", [row], [paid], str(tasks))
    material = gather([place])
    (searched,) = material.searches
    assert searched.known.usd == 2.0
    assert searched.known.relevant == ("hub/sun-times/day-length",)
    assert searched.known.solvable is True
    assert material.categories["hub/sun-times/day-length"] == "Weather"
    assert material.notes == []


def test_tokens_are_priced_by_the_class_they_were_billed_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    prices = tmp_path / "prices.json"
    prices.write_text(json.dumps({"dear": {"input": 1_000_000, "cached": 0, "output": 2_000_000}}))
    monkeypatch.setenv("FOUNDRY_PRICES", str(prices))
    row = trajectory([answer()], instruction_id="i1")
    (searched,) = gather([table(tmp_path / "t", [row], [model_call("i1")])], price_as="dear").searches
    assert searched.known.usd == 100 + 20
    with pytest.raises(ConfigurationError, match="no price is known"):
        gather([str(tmp_path / "t")], price_as="unheard-of")


def test_instructions_that_are_gone_are_a_note_and_no_failure(tmp_path: Path):
    material = gather(
        [table(tmp_path / "t", [trajectory([answer()])], instructions=str(tmp_path / "gone.jsonl"))]
    )
    assert len(material.searches) == 1
    assert "are not known" in material.notes[0]


def test_another_table_is_refused_in_a_sentence(tmp_path: Path):
    address = table(tmp_path / "t", [], stage="crawl")
    with pytest.raises(ConfigurationError, match="holds the output of 'crawl', not trajectories"):
        read_searches(address)


def test_published_files_take_categories_and_relevant_apis_from_elsewhere(tmp_path: Path):
    row = trajectory([call(), give_up()], searcher="CoT@1")
    path = exported(row, tmp_path / "answers")
    known = Table.create_or_continue(
        str(tmp_path / "catalog"),
        Manifest(
            stage="crawl", run_id="r", parameters={}, decides={}, inputs={}, seed=1, code_version="1",
            plan=({},), schema_versions={},
        ),
    )  # fmt: skip
    apis = [api("rain", "weather"), api("wind", "weather")]
    known.shard(0).publish({"apis": (Api, apis)}, finished=True)
    queries = tmp_path / "queries.json"
    listed = [
        {"category_name": "Sky", "tool_name": "weather", "api_name": name, "required_parameters": [],
         "optional_parameters": []}
        for name in ("rain", "wind")
    ]  # fmt: skip
    query = {"query": row.text, "api_list": listed, "relevant APIs": [["weather", "rain"]], "query_id": 1}
    queries.write_text(json.dumps([query]))
    material = gather([str(path)], catalog=str(tmp_path / "catalog"), queries=[queries])
    assert material.categories["toolbench/weather/rain"] == "Weather"
    (searched,) = material.searches
    assert len(searched.known.relevant or ()) == 1
    report = analysis(material.searches, material.categories)
    assert "| Weather" in report.to_markdown()
    plain = report.to_plain()
    assert plain["lost"][0]["reason"] == "give-ups only"
    assert json.loads(json.dumps(plain)) == plain


def test_searchers_that_were_counted_together_are_named(tmp_path: Path):
    searches = read_searches(
        table(tmp_path / "t", [trajectory([answer()]), trajectory([answer()], searcher="CoT@1")])
    )
    assert analysis(searches, {}).notes == (
        "all but yields and losses is counted over all searchers together: CoT@1, DFS_woFilter_w2",
    )
