import json

from tasks.records import Instruction
from tasks.rollout.trajectories import trajectory_of
from tasks.search.dfsdt import dfsdt
from tasks.search.effects import FunctionCall
from tasks.search.methods import method
from tests.tasks.search.played import ANSWER, GIVE_UP, calls, play, problem, says

INSTRUCTION = Instruction("i1", "I1", "Will it rain?", (), (), "", "test", "writer", "model", source_id="7")


def kept(*replies):
    tree = play(dfsdt(problem()), replies).tree
    return trajectory_of(
        tree,
        INSTRUCTION,
        method="DFS_woFilter_w2",
        teacher="solver",
        teacher_kind="rehearsal",
        environment="live",
    )


def test_an_answered_tree_keeps_the_path_of_its_answer():
    row = kept(calls("rain_for_weather"), says("no", GIVE_UP), calls("wind_for_weather"), says(None, ANSWER))
    messages = json.loads(row.messages)
    assert [message["role"] for message in messages] == ["system", "user", *["assistant", "tool"] * 2]
    assert messages[2]["tool_calls"][0]["function"]["name"] == "wind_for_weather"
    assert (row.win, row.finish_type, row.final_answer) == (True, "give_answer", "It rains.")
    assert (row.query_count, row.api_calls) == (4, 2)
    assert json.loads(row.opening) == messages[:2]


def test_a_give_up_keeps_its_tree_and_no_path():
    row = kept(says(None, GIVE_UP))
    assert (row.messages, row.win, row.finish_type, row.final_answer) == ("[]", False, "give_up", "")
    assert len(json.loads(row.tree)) == 3
    assert json.loads(row.opening)[0]["role"] == "system"


def test_what_was_offered_and_who_was_asked_stand_in_the_row():
    row = kept(says(None, ANSWER))
    assert [function["name"] for function in json.loads(row.functions)] == [
        "rain_for_weather",
        "wind_for_weather",
        "Finish",
    ]
    assert row.api_ids == ("toolbench/weather/rain", "toolbench/weather/wind")
    assert (row.trajectory_id, row.source_id, row.split) == ("i1/DFS_woFilter_w2", "7", "test")
    assert (row.teacher, row.teacher_kind, row.environment) == ("solver", "rehearsal", "live")


def test_of_several_answers_the_chosen_one_is_the_rows():
    def answers(text: str):
        return says(
            text, FunctionCall("Finish", json.dumps({"return_type": "give_answer", "final_answer": text}))
        )

    tree = play(method("CoT-SC@3").search(problem()), [answers("dry"), answers("wet"), answers("Wet")]).tree
    row = trajectory_of(
        tree, INSTRUCTION, method="CoT-SC@3", teacher="t", teacher_kind="model", environment="live"
    )
    assert row.final_answer == "wet"
    assert json.loads(row.messages)[2]["content"] == "wet"
    assert [node.get("chosen") for node in json.loads(row.tree) if node["terminal"]] == [None, True, None]


def test_what_was_mended_in_replies_is_counted_in_the_row():
    both = says(None, FunctionCall("rain_for_weather", "{}"), FunctionCall("wind_for_weather", "{}"))
    assert json.loads(kept(both, says(None, ANSWER)).repairs) == {"calls_dropped": 1}
    assert kept(says(None, ANSWER)).repairs == "{}"
