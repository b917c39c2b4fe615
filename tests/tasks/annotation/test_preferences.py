"""Preference pairs: the step that led to the answer, and one that failed, from one state."""

import json
from pathlib import Path

import pytest

from tasks.annotation.preferences import preferences, write_preferences
from tasks.errors import ConfigurationError
from tasks.search.effects import FunctionCall, Reply
from tests.tasks.annotation.analysis.grown import (
    DEAD,
    GOOD,
    REFUSED,
    WIND,
    answer,
    call,
    give_up,
    searched,
)
from tests.tasks.search.played import says


def named(message: dict) -> tuple[str, dict]:
    (made,) = message["tool_calls"]
    return made["function"]["name"], made["function"]["arguments"]


DEEP = f'{{"day": {"[" * 250}{"]" * 250}}}'
"""As deep as arguments may be that can still be written, but not within a pair."""


def test_siblings_make_a_pair_whose_prompt_ends_where_they_part():
    # The second call is refused and its path gives up, which climbs past it, to another child of the first.
    tree = searched([call(day=1), call(day=2), give_up(), call(WIND, day=3), answer()], [GOOD, REFUSED])
    made = preferences([tree])
    (pair,) = made.pairs
    assert [message["role"] for message in pair["prompt"]] == ["system", "user", "assistant", "tool"]
    assert named(pair["chosen"][0]) == ("wind_for_weather", {"day": 3})
    assert named(pair["rejected"][0]) == ("rain_for_weather", {"day": 2})
    assert pair["rejected_because"] == "bad argument"
    assert made.trees == 1


def test_a_pair_has_the_columns_of_trl():
    tree = searched([give_up(), answer()], searcher="CoT@2")
    (pair,) = preferences([tree]).pairs
    assert list(pair)[:4] == ["prompt", "chosen", "rejected", "tools"]
    assert [tool["type"] for tool in pair["tools"]] == ["function"] * 3
    assert pair["tools"][-1]["function"]["name"] == "Finish"
    assert (pair["chosen"][0]["role"], pair["chosen"][0]["content"]) == ("assistant", "")
    assert named(pair["rejected"][0])[1] == {"return_type": "give_up_and_restart"}
    assert (pair["rejected_because"], pair["split"]) == ("gives up", "train")
    assert (pair["chosen_reply"], pair["rejected_reply"]) == (1, 0)


def test_tool_messages_of_the_prompt_bear_the_name_of_their_function():
    tree = searched([call("snow"), give_up(), call("snow"), call(), answer()], searcher="CoT@2")
    (pair,) = preferences([tree]).pairs
    said = pair["prompt"][2:]
    assert [message["role"] for message in said] == ["assistant", "tool"]
    assert said[1]["name"] == named(said[0])[0] == "invalid_hallucination_function_name"
    assert named(pair["chosen"][0])[0] == "rain_for_weather"


def test_chains_that_began_alike_part_where_they_differ():
    chains = searched([call(), call(WIND), give_up(), call(), call(WIND), answer()], searcher="CoT@2")
    (pair,) = preferences([chains]).pairs
    assert len(pair["prompt"]) == 2 + 4
    assert named(pair["chosen"][0])[1]["final_answer"] == "It rains."


def test_an_invented_name_is_rejected_as_the_model_wrote_it():
    chains = searched([call("snow"), give_up(), call(), answer()], searcher="CoT@2")
    (pair,) = preferences([chains]).pairs
    assert named(pair["rejected"][0]) == ("snow", {})
    assert pair["rejected_because"] == "hallucinated name"


@pytest.mark.parametrize(
    ("replies", "observed", "reason"),
    [
        ([give_up()], [], "tree without an answer"),
        ([give_up(), call(), answer()], [DEAD], "chosen step failed itself"),
        ([give_up(), call("snow"), answer()], [], "chosen step calls what was not offered"),
        (
            [says(None, FunctionCall("rain_for_weather", "[")), give_up(), call(), answer()],
            [],
            "rejected step with unreadable arguments",
        ),
        (
            [says(None, FunctionCall("rain_for_weather", DEEP)), give_up(), call(), answer()],
            [],
            "rejected step with unreadable arguments",
        ),
    ],
)
def test_what_cannot_be_taught_is_left_out_and_counted(replies: list[Reply], observed, reason: str):
    searcher = "CoT@1" if len(replies) == 1 else "CoT@2"
    made = preferences([searched(replies, observed, searcher=searcher)])
    assert made.pairs == []
    assert made.left_out[reason] == 1


def test_a_wrong_answer_is_nobodys_example():
    tree = searched([give_up(), answer()], searcher="CoT@2")
    tree.known.correct = False
    made = preferences([tree])
    assert (made.pairs, dict(made.left_out)) == ([], {"tree with a wrong answer": 1})


def test_a_step_that_also_led_to_an_answer_is_no_loser():
    chains = searched([call(), answer("No."), call(WIND), answer()], searcher="CoT-SC@2")
    assert preferences([chains]).pairs == []


def test_the_file_is_one_pair_a_line(tmp_path: Path):
    path = tmp_path / "pairs.jsonl"
    pairs = preferences([searched([give_up(), answer()], searcher="CoT@2")]).pairs
    write_preferences(pairs, path)
    assert [json.loads(line) for line in path.read_text().splitlines()] == pairs
    with pytest.raises(ConfigurationError, match="cannot be written"):
        write_preferences(pairs, tmp_path)
