"""Whatever a model sends, a tree ends, inside its limits, and can be stored."""

import json

import orjson
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.annotation.export import answer_file
from tasks.records import Instruction, Trajectory
from tasks.rollout.trajectories import trajectory_of
from tasks.search.dfsdt import Limits, dfsdt
from tasks.search.effects import FunctionCall, Observation, Reply
from tasks.search.foundry import MOST_CALLS
from tasks.search.messages import render
from tasks.search.methods import method
from tasks.tables import to_table
from tests.tasks.search.played import ANSWER, GIVE_UP, METHODS, RAIN, api, parameter, play, problem, says


def deepest(name: str) -> int:
    """A reply of three nodes at depth 11 ends a path; of several calls in it the first counts."""
    return 14 + 2 * (MOST_CALLS - 1) * 4 if name == "foundry" else 14


ANY_TEXT = st.text(st.characters(codec=None), max_size=60)
NAMES = st.one_of(
    st.sampled_from([RAIN, "Finish", "functions.Finish", "weather", "", ".", "finish", "rain_for_weather."]),
    ANY_TEXT,
)
ARGUMENTS = st.one_of(
    st.sampled_from(
        [
            "",
            "{}",
            "[]",
            "null",
            '"x"',
            "{",
            '{"city": 1e999}',
            '{"city": NaN}',
            '{"city": "\\ud800"}',
            '{"city": 99999999999999999999999}',
            "[" * 5000,
            ANSWER.arguments,
            GIVE_UP.arguments,
            '{"return_type": "give_answer", "final_answer": ["a", 1, null]}',
            '{"return_type": "give_answer", "final_answer": null}',
            '{"return_type": ["give_answer"]}',
            '{"return_type" : "give_answer", "final_answer": "cut of',
        ]
    ),
    ANY_TEXT,
    st.dictionaries(st.sampled_from(["city", "return_type", "final_answer"]), ANY_TEXT).map(json.dumps),
)
REPLIES = st.builds(
    Reply,
    st.one_of(st.none(), st.just(""), ANY_TEXT),
    st.lists(st.builds(FunctionCall, NAMES, ARGUMENTS), max_size=3).map(tuple),
    st.integers(0, 10_000),
    st.integers(0, 10_000),
    st.booleans(),
)


OPINIONS = st.builds(
    Reply,
    st.one_of(
        st.none(),
        st.sampled_from(["A", "B", "1", "3", "10", "7/10", "neither", "Try the wind first."]),
        st.integers().map(str),
        ANY_TEXT,
    ),
    st.just(()) | st.just((FunctionCall(RAIN, "{}"),)),
    st.integers(0, 10_000),
    st.integers(0, 10_000),
    st.booleans(),
)


@settings(max_examples=50, deadline=None)
@given(st.data())
@pytest.mark.parametrize("name", METHODS)
def test_a_tree_always_ends_as_a_row_that_can_be_stored_and_exported(name: str, data: st.DataObject):
    few = data.draw(st.lists(REPLIES, min_size=1, max_size=8))
    opinions = data.draw(st.lists(OPINIONS, min_size=1, max_size=4))
    order, thoughts = iter(range(10_000)), iter(range(10_000))
    asked = problem(
        api("rain", "weather", parameter("city")), api("wind"), token_budget=data.draw(st.integers(0, 50_000))
    )
    played = play(
        method(name).search(asked),
        lambda ask: few[next(order) % len(few)],
        Observation(data.draw(ANY_TEXT), data.draw(st.integers(0, 12))),
        lambda ask: opinions[next(thoughts) % len(opinions)],
    )
    assert played.tree.query_count <= method(name).most_replies
    assert played.tree.query_count == len(played.asks) + len(played.questions)
    assert sum(node.chosen for node in played.tree.records()) <= 1
    assert max(node.depth for node in played.tree.records()) <= deepest(name)
    row = trajectory_of(
        played.tree,
        Instruction("i1", "I1", "Will it rain?", (), (), "", "train", "t", "model"),
        method=name,
        teacher="t",
        teacher_kind="model",
        environment="live",
    )
    assert to_table(Trajectory, [row]).cast(pa.schema(to_table(Trajectory, []).schema)).num_rows == 1
    orjson.dumps(answer_file(row))
    for ask in [*played.asks, *played.questions]:
        orjson.dumps([render(ask.messages, "tools"), render(ask.messages, "functions")])
        assert len(orjson.dumps(ask.messages)) < 2_000_000


WILD = {
    "no choice at all": Reply(None),
    "empty content": Reply(""),
    "several calls": says(None, *[FunctionCall(RAIN, "{}")] * 20),
    "invalid JSON": says(None, FunctionCall(RAIN, '{"city": ')),
    "unknown names": says(None, FunctionCall("snow", "{}")),
    "a megabyte": says("x" * 1_000_000, FunctionCall("y" * 1_000_000, "z" * 1_000_000)),
    "endless give-ups": says("no", GIVE_UP),
    "a context overflow": Reply("context length exceeded", failed=True),
}


@pytest.mark.parametrize("wild", WILD)
@pytest.mark.parametrize("name", METHODS)
def test_a_model_that_never_stops_being_wild_is_stopped(name: str, wild: str):
    asked = problem(token_budget=50_000)
    played = play(method(name).search(asked), lambda ask: WILD[wild], opinions=lambda ask: WILD[wild])
    assert 0 < played.tree.query_count <= method(name).most_replies
    assert not played.tree.win
    records = played.tree.records()
    assert max(node.depth for node in records) <= deepest(name)
    assert max(len(node.description) for node in records) <= 32_768
    assert played.tree.finish_type == ("give_up" if wild == "endless give-ups" else None)


def test_no_choice_at_all_makes_empty_thoughts_that_cost_depth():
    played = play(dfsdt(problem(), Limits(width=1)), lambda ask: Reply(None))
    assert played.tree.query_count == 12
    assert {node.kind for node in played.tree.records()[1:]} == {"thought"}


def test_endless_give_ups_end():
    played = play(dfsdt(problem()), lambda ask: says(None, GIVE_UP) if len(ask.messages) > 3 else says("hm"))
    assert played.tree.finish_type == "give_up"


@pytest.mark.parametrize("said", ["x" * 1_000_000, '{"city": "' + "x" * 1_000_000])
def test_a_megabyte_is_cut_and_does_not_grow_the_row(said: str):
    played = play(dfsdt(problem()), lambda ask: says(said, FunctionCall("a" * 1_000_000, said)))
    longest = max(len(node.description) for node in played.tree.records())
    assert longest == 32_768
