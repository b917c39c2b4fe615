import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from tasks.annotation.export import answer_file, export_toolbench, file_name
from tasks.errors import ConfigurationError
from tasks.records import Instruction, Trajectory
from tasks.rollout.trajectories import trajectory_of
from tasks.search.effects import FunctionCall, Observation, Reply
from tasks.search.methods import method
from tests.tasks.search.played import (
    ANSWER,
    GIVE_UP,
    METHODS,
    NORMAL_OBSERVATION,
    RAIN,
    WIND,
    calls,
    play,
    problem,
    says,
)


def trajectory(
    replies: Iterable[Reply],
    name: str = "DFS_woFilter_w2",
    source_id: str = "7",
    opinions: Iterable[str] = (),
    observation: Observation = NORMAL_OBSERVATION,
) -> Trajectory:
    search = method(name).search(problem(token_budget=1))
    tree = play(search, replies, observation, [says(each) for each in opinions]).tree
    instruction = Instruction("i1", "I1", "Rain?", (), (), "", "test", "w", "model", source_id=source_id)
    return trajectory_of(
        tree, instruction, method=name, teacher="t", teacher_kind="model", environment="live"
    )


RESCUED = [
    says("look", FunctionCall(RAIN, "{}")),
    says("no", GIVE_UP),
    calls(WIND),
    calls("snow"),
    says(None, ANSWER),
]


def walk(node: dict[str, Any]) -> list[dict[str, Any]]:
    return [node, *(each for child in node["children"] for each in walk(child))]


def test_a_tree_is_written_with_toolbenchs_bookkeeping():
    answer = answer_file(trajectory(RESCUED))
    nodes = walk(answer["tree"]["tree"])
    assert (answer["win"], answer["tree"]["size"], answer["tree"]["max_length"]) == (True, len(nodes), 7)
    assert [node["node_type"] for node in nodes[:4]] == ["Action Input", "Thought", "Action", "Action Input"]
    assert [node["expand_num"] for node in nodes] == [0, 0, 0, 1, 0, 0, 2, 0, 3, 0, 4, 0, 5]
    assert [n["description"] for n in nodes if n["pruned"]] == [GIVE_UP.arguments]
    finished = [n["depth"] for n in nodes if n["finished"]]
    assert finished == [2, 3, 4, 5, 6], "the answer and two calls above it"
    assert not any(node["is_terminal"] for node in nodes)


def test_the_chosen_path_is_spelled_out_step_by_step():
    generation = answer_file(trajectory(RESCUED))["answer_generation"]
    roles = [[message["role"] for message in step] for step in generation["train_messages"]]
    assert roles == [
        ["system", "user", "user", "assistant"],
        ["system", "user", "user", "assistant", "function", "assistant"],
        ["system", "user", "user", "assistant", "function", "assistant", "function", "assistant"],
    ]
    diversity = generation["train_messages"][0][2]
    assert diversity["valid"] is False
    assert RAIN in diversity["content"]
    last = generation["train_messages"][-1]
    assert last[5]["function_call"]["name"] == "invalid_hallucination_function_name"
    assert last[-1]["function_call"]["name"] == "Finish"
    assert generation["final_answer"] == ANSWER.arguments
    assert generation["function"][-1]["name"] == "Finish"
    assert (generation["valid_data"], generation["finish_type"], generation["query"]) == (
        True,
        "give_answer",
        "Rain?",
    )


def test_a_tree_of_give_ups_shows_one_of_them_always_the_same():
    lost = [calls(RAIN), says(None, GIVE_UP), says("hm", GIVE_UP)]
    first, second = (answer_file(trajectory(lost))["answer_generation"] for _ in range(2))
    assert first == second
    assert (first["valid_data"], first["finish_type"]) == (True, "give_up")
    assert json.loads(first["final_answer"]) == {"return_type": "give_up_and_restart"}
    assert first["train_messages"]


def test_a_tree_without_any_end_is_no_valid_data():
    answer = answer_file(trajectory([Reply(None, failed=True)] * 2))
    assert (answer["win"], answer["answer_generation"]["valid_data"]) == (False, False)
    assert "train_messages" not in answer["answer_generation"]


def test_status_codes_can_be_written_as_the_published_code_gives_them():
    script = [calls(RAIN), calls("snow"), says(None, ANSWER)]
    row = trajectory(script, observation=Observation('{"error": "Unauthorized error...", "response": ""}', 8))

    def codes(published: bool) -> list[int]:
        nodes = walk(answer_file(row, published)["tree"]["tree"])
        return [node["observation_code"] for node in nodes if "observation_code" in node]

    assert (codes(False), codes(True)) == ([8, 1, 3], [7, 1, 3])


def test_chains_are_written_one_by_one():
    answer = answer_file(trajectory([says(None, GIVE_UP), calls(RAIN), says(None, ANSWER)], "CoT@3"))
    assert (answer["win"], answer["try_count"]) == (True, 2)
    assert [attempt["win"] for attempt in answer["trys"]] == [False, True]
    assert [len(attempt["chain"]) for attempt in answer["trys"]] == [2, 4]
    assert answer["forward_args"] == {"single_chain_max_step": 12, "pass_at": 3, "answer": 1}
    assert len(answer["compare_candidates"]) == 1
    steps = answer["answer_generation"]["train_messages"]
    assert [message["role"] for message in steps[0]] == ["system", "user", "assistant"]


def test_chains_side_by_side_are_written_one_by_one_and_the_chosen_answer_is_the_files():
    other = FunctionCall("Finish", '{"return_type": "give_answer", "final_answer": "Dry."}')
    script = [calls(RAIN), says("b", ANSWER), says("c", ANSWER), says("a", other)]
    answer = answer_file(trajectory(script, "CoT-SC@3"))
    assert [len(attempt["chain"]) for attempt in answer["trys"]] == [5, 3, 3]
    assert answer["answer_generation"]["final_answer"] == ANSWER.arguments
    assert answer["answer_generation"]["train_messages"][0][-1]["content"] == "b"
    assert answer["forward_args"] == {"single_chain_max_step": 12, "pass_at": 3, "answer": 1}


def test_a_ranked_tree_says_that_it_is_filtered():
    row = trajectory([says("poor", ANSWER), says("good", ANSWER)], "DFS_w2", opinions=["B", "A"])
    answer = answer_file(row)
    assert answer["forward_args"]["with_filter"] is True
    assert answer["answer_generation"]["train_messages"][0][-1]["content"] == "good"
    assert row.messages.count("poor") == 0
    assert len(answer["compare_candidates"]) == 2


@pytest.mark.parametrize("name", METHODS)
def test_trees_of_every_method_are_written(name: str):
    answer = answer_file(trajectory([calls(RAIN), *[says(None, ANSWER)] * 30], name, opinions=["A"] * 30))
    assert answer["win"]
    assert answer["answer_generation"]["train_messages"]


def test_files_are_named_by_query_and_method(tmp_path: Path):
    rows = [trajectory([says(None, ANSWER)], source_id=each) for each in ("G1_tool-5", "a/../b", "")]
    assert export_toolbench(rows, tmp_path / "new" / "answers") == 3
    assert {path.name for path in (tmp_path / "new" / "answers").iterdir()} == {
        "G1_tool-5_DFS_woFilter_w2.json",
        "a-..-b_DFS_woFilter_w2.json",
        "i1_DFS_woFilter_w2.json",
    }


def test_one_file_is_never_written_for_two_trajectories(tmp_path: Path):
    row = trajectory([says(None, ANSWER)])
    with pytest.raises(ConfigurationError, match="7_DFS_woFilter_w2"):
        export_toolbench([row, row], tmp_path)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match="cannot be written"):
        export_toolbench([], tmp_path / "file")


PUBLISHED = {
    "DFS_woFilter_w2": "data/toolbench/answer/G1_answer/57_ChatGPT_DFS_woFilter_w2.json",
    "CoT@1": "data/stabletoolbench/data_example/answer/virtual_chatgpt_cot/G1_instruction/608_CoT@1.json",
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_our_files_have_the_keys_of_published_ones(shared: Path, name: str):
    theirs = json.loads((shared / PUBLISHED[name]).read_text())
    replies = RESCUED if name.startswith("DFS") else [RESCUED[0], says(None, ANSWER)]
    ours = answer_file(trajectory(replies, name))
    assert keys(ours) == keys(theirs)
    assert file_name(trajectory(replies, name)) == f"7_{name}.json"


def keys(value: Any) -> Any:
    """Which keys occur at which place; places inside lists and trees are one."""
    found: dict[str, set[str]] = {}

    def visit(place: str, value: Any) -> None:
        if isinstance(value, dict):
            found.setdefault(place, set()).update(value)
            for key, below in value.items():
                if key not in ("function", "io_state"):
                    visit("node" if key in ("children", "tree", "chain") else key, below)
        elif isinstance(value, list):
            for each in value:
                visit("node" if place == "compare_candidates" else place, each)

    visit("file", value)
    return found
