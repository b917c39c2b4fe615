import json

import pytest

from tasks.records import Instruction, Reject, TrainingSample, Trajectory
from tasks.rollout.trajectories import trajectory_of
from tasks.search.dfsdt import dfsdt
from tasks.search.effects import FunctionCall, Reply
from tasks.training.samples import sample_of, samples_of
from tests.tasks.search.played import GIVE_UP, RAIN, play, problem, says
from tests.tasks.training.made_up import answer, call, observation, solved_path, trajectory

ASKED = solved_path()[:2]
LOOKED_UP = solved_path()[2:4]


def taken(**changes: object) -> TrainingSample:
    sample = sample_of(trajectory(**changes))  # type: ignore[arg-type]
    assert isinstance(sample, TrainingSample), sample
    return sample


def refused(messages: list[dict[str, object]] | None = None, **changes: object) -> str:
    reject = sample_of(trajectory(messages, **changes))
    assert isinstance(reject, Reject)
    assert (reject.stage, reject.subject_id) == ("assemble", "i1/DFS_woFilter_w2")
    return reject.reason


def test_a_solved_path_becomes_one_conversation_with_its_tools() -> None:
    sample = taken()
    turns = json.loads(sample.messages)
    assert [turn["role"] for turn in turns] == ["system", "user", "assistant", "tool", "assistant"]
    assert sample.assistant_turns == 2
    assert turns[2]["tool_calls"][0]["function"]["arguments"] == '{"city": "Lima"}'
    assert [tool["function"]["name"] for tool in json.loads(sample.tools)] == [
        "sunrise_for_almanac",
        "Finish",
    ]
    assert all("weight" not in turn for turn in turns)


def gave_up(*replies: Reply) -> Trajectory:
    asked = Instruction("i1", "I1", "Will it rain?", (), (), "", "train", "w", "model")
    tree = play(dfsdt(problem()), replies).tree
    return trajectory_of(
        tree, asked, method="DFS_woFilter_w2", teacher="t", teacher_kind="model", environment="live"
    )


def test_give_ups_are_learned_where_that_is_asked_for() -> None:
    row = gave_up(says("look", FunctionCall(RAIN, "{}")), *[says("no", GIVE_UP)] * 2)
    assert isinstance(sample_of(row), Reject)
    sample = sample_of(row, give_ups=True)
    assert isinstance(sample, TrainingSample)
    turns = json.loads(sample.messages)
    assert turns[:2] == json.loads(row.opening)
    assert turns[-1]["tool_calls"][0]["function"]["name"] == "Finish"
    assert json.loads(turns[-1]["tool_calls"][0]["function"]["arguments"]) == {
        "return_type": "give_up_and_restart"
    }
    assert sample == sample_of(row, give_ups=True)


def test_answers_make_the_same_sample_whether_give_ups_are_learned_or_not() -> None:
    assert sample_of(trajectory(), give_ups=True) == sample_of(trajectory())
    without_end = sample_of(trajectory(win=False, finish_type=None), give_ups=True)
    assert isinstance(without_end, Reject)
    broken = sample_of(trajectory(win=False, finish_type="give_up", tree='[{"x": 1}]'), give_ups=True)
    assert isinstance(broken, Reject)
    assert broken.reason == "unreadable"


def test_give_ups_and_trees_without_an_answer_are_not_trained_on() -> None:
    assert refused(win=False, finish_type="give_up") == "not_answered"
    assert refused(win=False, finish_type=None) == "not_answered"


@pytest.mark.parametrize(
    ("messages", "reason"),
    [
        ([], "empty_path"),
        (ASKED, "empty_path"),
        (solved_path()[2:], "no_instruction"),
        ([*ASKED, LOOKED_UP[0], answer("06:12")], "orphaned_call"),
        ([*ASKED, observation("c7", "lost"), answer("06:12")], "no_instruction"),
        ([*ASKED, *LOOKED_UP, observation("c7", "lost"), answer("06:12")], "orphaned_observation"),
        ([*ASKED, *LOOKED_UP, LOOKED_UP[1], answer("06:12")], "orphaned_observation"),
        ([*ASKED, *LOOKED_UP, {"role": "user", "content": "Try again"}, answer("06:12")], "stray_user_turn"),
        ([*ASKED, {"role": "assistant", "content": " "}, answer("06:12")], "empty_turn"),
        ([*ASKED, *LOOKED_UP], "unfinished"),
        ([*ASKED, call("Finish", '{"return_type": "give_up_and_restart"}', "c9")], "unfinished"),
        ([*ASKED, {"role": "oracle", "content": "42"}, answer("06:12")], "unknown_role"),
        ([*ASKED, {"role": "assistant", "content": "x", "tool_calls": [{}]}], "unreadable"),
    ],
)
def test_a_broken_path_is_rejected_with_its_reason(messages: list[dict[str, object]], reason: str) -> None:
    assert refused(messages, final_answer="") == reason


def test_damaged_json_is_a_reject_and_no_crash() -> None:
    assert refused(messages=None, functions="{") == "unreadable"
    assert refused(messages=None, functions='{"name": "x"}') == "unreadable"


def test_what_follows_the_answer_is_left_out() -> None:
    path = [*solved_path(), observation("c9", '{"response": "successfully giving the final answer."}')]
    assert json.loads(taken(messages=path).messages) == json.loads(taken().messages)


def test_an_answer_whose_arguments_were_only_read_leniently_is_written_anew() -> None:
    path = [*ASKED, *LOOKED_UP, call("Finish", '{"return_type": "give_answer", "final_answer": "06', "c9")]
    turns = json.loads(taken(messages=path, final_answer="06:12").messages)
    assert json.loads(turns[-1]["tool_calls"][0]["function"]["arguments"]) == {
        "return_type": "give_answer",
        "final_answer": "06:12",
    }


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("invalid_hallucination_function_name", "{}"),
        ("sunrise_for_almanac", '{"city": '),
        ("Finish", "[]"),
        ("sunrise_for_almanac", '{"a":' * 5_000),
    ],
)
def test_a_call_that_cannot_be_right_is_read_but_not_learned(name: str, arguments: str) -> None:
    mistake = [call(name, arguments, "c0"), observation("c0", '{"error": "no such function"}')]
    turns = json.loads(taken(messages=[*ASKED, *mistake, *LOOKED_UP, answer("06:12")]).messages)
    assert [turn.get("weight") for turn in turns] == [None, None, 0, None, None, None, None]
    assert turns[2]["tool_calls"][0]["function"]["arguments"] == arguments


def test_samples_and_rejects_of_many_are_counted_apart() -> None:
    samples, rejects = samples_of([trajectory(), trajectory(win=False), trajectory([])])
    assert len(samples) == 1
    assert [reject.reason for reject in rejects] == ["not_answered", "empty_path"]
