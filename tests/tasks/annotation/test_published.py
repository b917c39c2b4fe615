"""Published searches as records of ours."""

import json
from pathlib import Path
from typing import Any

import pytest

from tasks.annotation.analysis.errors import by_kind
from tasks.annotation.analysis.failures import Failure
from tasks.annotation.analysis.turns import searched_of
from tasks.annotation.export import export_toolbench
from tasks.annotation.published import answer_record, read_published
from tasks.annotation.published_runs import run_record
from tasks.errors import ConfigurationError
from tasks.records import Trajectory
from tests.bench.real_errors import read_run, read_tree
from tests.bench.search_shapes import measured
from tests.tasks.annotation.analysis.grown import DEAD, WIND, answer, call, give_up, trajectory

FUNCTIONS = [
    {"name": "rain_for_weather", "description": 'This is the subfunction for tool "weather", ...'},
    {"name": "Finish", "description": ""},
]
TREE = [call(thought="look"), call("snow"), give_up(), call(WIND), answer()]


def written(row: Trajectory, folder: Path) -> Path:
    export_toolbench([row], folder)
    return folder / f"i1_{row.method}.json"


def a_published_tree() -> Trajectory:
    """A tree whose replies have no bills of their own."""
    row = trajectory(TREE, [DEAD])
    answered = json.dumps({"return_type": "give_answer", "final_answer": "Rain."})
    node = {"expand_num": 0, "pruned": False, "children": []}

    def nodes(*made: dict[str, Any]) -> dict[str, Any]:
        return made[0] | {"children": [nodes(*made[1:])] if made[1:] else []}

    tree = nodes(
        {**node, "node_type": "Action Input", "description": "", "depth": 0},
        {**node, "node_type": "Action", "description": "rain_for_weather", "depth": 1},
        {**node, "node_type": "Action Input", "description": "{}", "depth": 2, "observation": "wet",
         "observation_code": 0, "expand_num": 1},
        {**node, "node_type": "Action", "description": "Finish", "depth": 3},
        {**node, "node_type": "Action Input", "description": answered, "depth": 4,
         "observation": "ok", "observation_code": 3, "expand_num": 2},
    )  # fmt: skip
    made = {
        "query": row.text, "function": FUNCTIONS, "query_count": 2, "total_tokens": 1000,
        "final_answer": answered,
    }  # fmt: skip
    document = {"win": True, "tree": {"tree": tree}, "answer_generation": made}
    return answer_record(document, Path("G2_answer/7_ChatGPT_DFS_woFilter_w2.json"))


def test_an_answer_file_tells_query_method_teacher_and_group():
    row = a_published_tree()
    assert (row.source_id, row.method, row.teacher, row.group) == ("7", "DFS_woFilter_w2", "ChatGPT", "I2")
    assert (row.win, row.finish_type, row.final_answer) == (True, "give_answer", "Rain.")
    assert (row.prompt_tokens, row.completion_tokens, row.api_calls) == (1000, 0, 1)
    assert row.api_ids == ("toolbench/weather/rain",)
    assert row.environment == "published"


@pytest.mark.parametrize("searcher", ["DFS_woFilter_w2", "CoT@2"])
def test_our_own_answer_files_are_read_back_as_they_were(searcher: str, tmp_path: Path):
    row = trajectory(TREE, [DEAD], searcher=searcher)
    (found,) = read_published(written(row, tmp_path))
    ours, theirs = searched_of([row, found])
    assert [(turn.ask, turn.thought, turn.end.pruned) for turn in theirs.turns] == [
        (turn.ask, turn.thought, turn.end.pruned) for turn in ours.turns
    ]
    assert [(a.function, a.arguments, a.failure) for _, a in theirs.actions()] == [
        (a.function, a.arguments, a.failure) for _, a in ours.actions()
    ]
    assert (theirs.trajectory.win, theirs.tokens) == (ours.trajectory.win, ours.tokens)
    assert (theirs.trajectory.source_id, theirs.trajectory.method) == ("i1", searcher)


def a_run(*messages: tuple[str, str], final_answer: str = "") -> dict[str, Any]:
    chain: list[dict[str, Any]] = []
    for role, text in reversed(messages):
        chain = [{"role": role, "message": text, "next": chain}]
    return {
        "query": "Rain?",
        "available_tools": FUNCTIONS,
        "answer": {
            "method": "chatgpt_CoT", "total_steps": 3, "final_answer": final_answer,
            "answer_details": [{"role": "system", "message": "", "next": chain}],
        },
    }  # fmt: skip


def test_a_converted_run_is_read_as_far_as_it_was_kept(tmp_path: Path):
    good = "{'name': 'rain_for_weather', 'arguments': '{\"a\": 1}', 'response': '{\"error\": \"\", \"resp"
    wrong = "{'name': 'snow', 'arguments': '{}', 'response': '{\"err"
    last = "{'name': 'Finish', 'arguments': '{\\n  \"return_type\": \"give_ans"
    run = a_run(
        ("assistant", "look"), ("tool", good), ("tool", wrong), ("tool", last),
        final_answer='{"return_type": "give_answer", "final_answer": "Wet."}',
    )  # fmt: skip
    path = tmp_path / "G1_tool.json"
    path.write_text(json.dumps({"42": run}))
    (found,) = read_published(path)
    assert (found.cut, found.coded) == (True, False)
    row = found.trajectory
    assert (row.group, row.source_id, row.method, row.teacher) == ("I1", "42", "CoT@1", "ChatGPT")
    assert (row.final_answer, row.query_count) == ("Wet.", 3)
    (searched,) = searched_of([found])
    assert [turn.thought for turn in searched.turns] == ["look", "", ""]
    first, second = [action for _, action in searched.actions()]
    assert (first.function, first.arguments, first.known) == ("rain_for_weather", '{"a": 1}', True)
    assert (second.function, second.known) == ("snow", False)
    assert second.failure == Failure("hallucinated name")


def test_a_run_without_final_answer_gave_up_or_never_finished():
    gave_up = a_run(("tool", "{'name': 'Finish', 'arguments': '{\"return_type\": \"give_up_and_restart\"}'"))
    assert run_record(gave_up, "1", Path("G1.json")).finish_type == "give_up"
    stopped = a_run(("tool", "{'name': 'rain_for_weather', 'arguments': '{}', 'response': 'x'}"))
    row = run_record(stopped, "1", Path("G1.json"))
    assert (row.finish_type, row.win) == (None, False)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("[1]", "holds no answer file"),
        ("{", "is no JSON"),
        ('{"answer_generation": {}}', "is no search in ToolBench's form"),
        ('{"a": {"b": 1}}', "holds no answer file"),
    ],
)
def test_other_files_are_refused_in_a_sentence(content: str, sentence: str, tmp_path: Path):
    path = tmp_path / "x.json"
    path.write_text(content)
    with pytest.raises(ConfigurationError, match=sentence):
        read_published(path)
    with pytest.raises(ConfigurationError, match="there is no file or folder"):
        read_published(tmp_path / "absent")


def test_the_real_searches_are_counted_as_the_benchmarks_count_them(shared: Path):
    folder = shared / "data" / "toolbench"
    runs = searched_of(read_published(folder / "tooleval_converted"))
    trees = searched_of(read_published(folder / "answer"))
    for ours, theirs in (
        (trees, [read_tree(json.loads(path.read_text())) for path in sorted(folder.glob("answer/*/*.json"))]),
        (
            runs,
            [
                read_run(run)
                for path in sorted(folder.glob("tooleval_converted/*.json"))
                for run in json.loads(path.read_text()).values()
            ],
        ),
    ):
        measures = measured(theirs)
        assert len(ours) == len(theirs)
        assert sum(1 for each in ours for _ in each.actions()) == measures["calls a search"].part
        assert sum(len(each.turns) for each in ours) == measures["replies a search"].part
        assert sum(each.trajectory.win for each in ours) == measures["answered"].part
        named = {row[0]: row for row in by_kind(ours).rows}
        assert named["hallucinated name"][1] == measures["call not offered"].part
