"""ReACT@N at the cost of another search, from a query file to the table."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tasks.annotation import stage
from tasks.annotation.imports import read_queries
from tasks.errors import ConfigurationError
from tasks.records import Reject, Trajectory
from tasks.storage.stage import Silent
from tasks.storage.table import Table
from tests.tasks.examples import a_trajectory
from tests.tasks.llm.chat_server import USAGE, ChatServer, chat_server, completion
from tests.tasks.one_shard import table

GIVE_UP = completion(
    {
        "content": None,
        "tool_calls": [
            {
                "id": "c",
                "type": "function",
                "function": {"name": "Finish", "arguments": '{"return_type": "give_up_and_restart"}'},
            }
        ],
    }
)
REPLY_TOKENS = USAGE["prompt_tokens"] + USAGE["completion_tokens"]  # type: ignore[operator]


@pytest.fixture
def queries(tmp_path: Path) -> Path:
    """Three queries for one API that documents itself."""
    offered = {
        **{"category_name": "Weather", "tool_name": "Almanac", "api_name": "Sunrise", "method": "GET"},
        **{"required_parameters": [], "optional_parameters": []},
    }
    path = tmp_path / "queries.json"
    path.write_text(
        json.dumps(
            [
                {"query": f"Sunrise of day {n}?", "query_id": n, "api_list": [offered], "relevant APIs": []}
                for n in range(3)
            ]
        )
    )
    return path


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ChatServer]:
    with chat_server(GIVE_UP) as running:
        monkeypatch.setenv("OPENAI_BASE_URL", running.url)
        yield running


def parameters(queries: Path, server: ChatServer, **changed: Any) -> stage.Parameters:
    given = {
        **{"instructions": str(queries), "trajectories": str(queries.parent / "cost" / "v1"), "model": "m"},
        **{"method": "CoT@cost", "environment": "proxy", "api_proxy": f"{server.url}/rapidapi"},
    }
    return stage.Parameters(**{**given, **changed})


def searched(queries: Path, *tokens: int, stage_name: str = "annotate", finished: bool = True) -> str:
    """An annotation of the first queries that cost so many tokens each."""
    asked = read_queries(queries).instructions
    rows = [
        replace(
            a_trajectory(n),
            instruction_id=asked[n].instruction_id,
            prompt_tokens=spent - 7,
            completion_tokens=7,
        )
        for n, spent in enumerate(tokens)
    ]
    folder = queries.parent / f"dfsdt-{stage_name}-{finished}-{len(tokens)}"
    return table(folder, stage_name, {"trajectories": (Trajectory, rows)}, finished=finished)


def test_chains_are_tried_until_the_other_searchs_tokens_are_spent(queries: Path, server: ChatServer):
    matched = searched(queries, REPLY_TOKENS, 3 * REPLY_TOKENS - 1)
    report = stage.run(parameters(queries, server, equal_cost_to=matched), Silent())
    written = Table.open(report.address)
    rows = written.records(Trajectory, "trajectories")
    assert {row.source_id: row.query_count for row in rows} == {"0": 1, "1": 3}
    assert [(row.subject_id, row.reason) for row in written.records(Reject, "rejects")] == [
        (read_queries(queries).instructions[2].instruction_id, "no_budget")
    ]
    assert {row.method for row in rows} == {"CoT@cost"}
    assert written.manifest.inputs["equal_cost_to"] == matched


def test_what_does_not_go_together_is_one_sentence_before_the_first_call(queries: Path, server: ChatServer):
    matched = searched(queries, 100)

    def mistake(**changed: Any) -> str:
        with pytest.raises(ConfigurationError) as error:
            stage.plan(parameters(queries, server, **changed))
        return str(error.value)

    assert "name it with --equal-cost-to" in mistake()
    assert "goes with --method CoT@cost" in mistake(method="CoT@1", equal_cost_to=matched)
    assert "not trajectories" in mistake(equal_cost_to=searched(queries, 100, stage_name="instruct"))
    assert "is not finished" in mistake(equal_cost_to=searched(queries, 100, finished=False))
    assert "none of these instructions" in mistake(equal_cost_to=searched(queries))
    assert "holds no table" in mistake(equal_cost_to=str(queries.parent / "nothing"))
    assert not server.bodies


def test_a_fixed_budget_needs_no_other_table(queries: Path, server: ChatServer):
    report = stage.run(parameters(queries, server, method="CoT@250tokens"), Silent())
    rows = Table.open(report.address).records(Trajectory, "trajectories")
    assert [row.query_count for row in rows] == [3, 3, 3]


def test_a_table_without_the_parameter_is_continued_by_one_that_leaves_it_empty(
    queries: Path, server: ChatServer
):
    report = stage.run(parameters(queries, server, method="CoT@1"), Silent())
    decides = Table.open(report.address).manifest.decides
    assert not [name for name in decides if "equal_cost" in name or name == "questions"]
    asked = stage.run(parameters(queries, server, method="Reflect@2", as_new_version=True), Silent())
    assert Table.open(asked.address).manifest.decides["questions"] == "1"
