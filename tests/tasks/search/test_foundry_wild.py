"""`foundry` ends inside its limits, and its tree can be stored, whatever a model sends."""

import json

import orjson
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.annotation.export import answer_file
from tasks.records import Instruction, Trajectory
from tasks.rollout.trajectories import trajectory_of
from tasks.search.arguments import arguments_of, documented
from tasks.search.effects import Ask, FunctionCall, Observation, Reply
from tasks.search.foundry import foundry
from tasks.search.functions import offer
from tasks.search.levers import LEFT_OUT, TAKEN
from tasks.search.messages import render, turns
from tasks.search.methods import method
from tasks.search.problem import Problem
from tasks.tables import to_table
from tests.tasks.search.foundry_played import (
    ADD,
    BROKEN,
    CLOUDY,
    FAILED,
    GAVE_UP,
    GOOD,
    LIST,
    SUN,
    alike,
    call,
    finish,
    found,
    paired,
    sky,
)
from tests.tasks.search.played import ANSWER, GIVE_UP, RAIN, WIND, Play, api, calls, parameter, play, says

ANY_TEXT = st.text(st.characters(codec=None), max_size=40)
HUGE = "x" * 1_000_000
CITIES = st.sampled_from(["Oslo", "Narvik", "rain", "a", "b", "c", "2026-01-31", HUGE, 5, None, ["Oslo", 99]])
NAMES = st.sampled_from(
    [RAIN, WIND, SUN, ADD, LIST, "snow", "Finish", "functions.Finish", "weather", "", HUGE]
)
CALLS = st.one_of(
    st.sampled_from(
        [GOOD, ANSWER, GIVE_UP, finish("Sorry. " + HUGE), call("Finish"), call(RAIN), call(WIND), call(LIST)]
    ),
    CITIES.map(lambda city: call(SUN, city=city)),
    CITIES.map(lambda text: call(ADD, text=text)),
    st.builds(
        FunctionCall,
        NAMES | ANY_TEXT,
        ANY_TEXT
        | st.sampled_from(
            [
                *("", "[]", "null", "{", "[" * 100_000, HUGE, '{"city": "\\ud800"}', '{"city": NaN}'),
                *('{"city": 1e999}', '{"city": ' + "[" * 240 + "]" * 240 + "}", '{"city": "\ud800"}'),
                *('{"city": 99999999999999999999999}', '{"city": 9223372036854775807}', '{"city": 1e308}'),
            ]
        ),
    ),
)
REPLIES = st.builds(
    Reply,
    st.sampled_from([None, "", "hm", HUGE]) | ANY_TEXT,
    st.lists(CALLS, max_size=6).map(tuple),
    st.integers(0, 10_000),
    st.integers(0, 10_000),
    st.integers(0, 9).map(lambda draw: draw == 0),
)
OBSERVATIONS = st.builds(
    Observation,
    st.sampled_from([CLOUDY.text, "Narvik", HUGE, "1," * 400_000]) | ANY_TEXT,
    st.integers(0, 12) | st.just(0),
)
LEVERS = st.lists(st.sampled_from([*TAKEN, *LEFT_OUT]), unique=True)
EVERYTHING = [
    api("rain"), api("wind"), api("sun", "weather", parameter("city")),
    api("add", "notes", parameter("text"), method="POST"), api("list", "notes"),
]  # fmt: skip


def ends_well(played: Play, name: str, asked: Problem) -> None:
    tree = played.tree
    assert 0 < tree.query_count == len(played.asks) <= method(name).most_replies
    assert sum(node.chosen for node in tree.records()) == bool(tree.answers)
    assert all(node.terminal and not node.pruned and not node.children for node in tree.answers)
    assert tree.kept is None or tree.kept.score == max(node.score or 0.0 for node in tree.answers)
    for node in tree.nodes:
        counted = [{step.kind for step in turn} for turn in turns(node.path())]
        assert sum(len(kinds) for kinds in counted) <= 14, "of several calls one counts"
    for ask in played.asks:
        paired(ask.messages)
        orjson.dumps([render(ask.messages, "tools"), render(ask.messages, "functions")])
    for act in played.acts:
        documented(asked.offer.api(act.function), arguments_of(act.arguments))
    row = trajectory_of(
        tree,
        Instruction("i1", "I1", asked.text, (), (), "", "train", "t", "model"),
        method=name,
        teacher="t",
        teacher_kind="model",
        environment="live",
    )
    assert to_table(Trajectory, [row]).cast(pa.schema(to_table(Trajectory, []).schema)).num_rows == 1
    orjson.dumps(answer_file(row))


def sent_once(played: Play, asked: Problem) -> None:
    """A call that reads and succeeded is sent once in a world."""
    seen: set[str] = set()
    for act in played.acts:
        if act.function not in asked.offer.writing:
            values = documented(asked.offer.api(act.function), arguments_of(act.arguments))
            key = json.dumps([act.function, values, act.world])
            assert key not in seen
            seen.add(key)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_tree_ends_inside_its_limits_and_can_be_stored_whatever_the_levers(data: st.DataObject):
    name = "".join(["foundry-all", *(f"+{lever}" for lever in data.draw(LEVERS))])
    wild(data, name if data.draw(st.booleans()) else "foundry")


def wild(data: st.DataObject, name: str) -> None:
    replies = data.draw(st.lists(REPLIES, min_size=1, max_size=6))
    observations = data.draw(st.lists(OBSERVATIONS, min_size=1, max_size=3))
    writes = data.draw(st.booleans())
    offered = offer(EVERYTHING, writes=lambda each: writes and each.method == "POST")
    asked = Problem("i1", "Will it rain in Oslo on day 77?", offered)

    def once() -> Play:
        order = iter(range(10_000))
        return play(
            method(name).search(asked),
            lambda ask: replies[next(order) % len(replies)],
            lambda act: observations[len(act.arguments) % len(observations)],
        )

    played = once()
    ends_well(played, name, asked)
    if all(each.code == 0 for each in observations) and ("memory" in name or name == "foundry"):
        sent_once(played, asked)
    again = once()
    assert again.tree.records() == played.tree.records(), "equal outcomes make equal trees"
    assert (again.asks, again.acts, again.rounds) == (played.asks, played.acts, played.rounds)


@settings(max_examples=40, deadline=None)
@given(st.lists(REPLIES, min_size=1, max_size=8), st.lists(OBSERVATIONS, min_size=1, max_size=3))
def test_with_every_lever_out_it_is_react_for_any_model(
    replies: list[Reply], observations: list[Observation]
):
    def driven(name: str) -> Play:
        order, answers = iter(range(10_000)), iter(range(10_000))
        return play(
            method(name).search(sky()),
            lambda ask: replies[next(order) % len(replies)],
            lambda act: observations[next(answers) % len(observations)],
        )

    alike(driven("foundry-all"), driven("CoT@1"))


NEVER = {
    "only thoughts": says("hm"),
    "only unknown names": calls("snow"),
    "only made-up values": calls(SUN, city="Narvik"),
    "only one call": calls(RAIN),
    "only give-ups": GAVE_UP,
    "only failures": FAILED,
    "only megabytes": says(HUGE, FunctionCall(HUGE, HUGE), FunctionCall(SUN, HUGE)),
    "only broken finishes": calls("Finish", return_type="nothing"),
    "only the same twenty calls": says(None, *[call(RAIN)] * 20),
}


@pytest.mark.parametrize("never", NEVER)
@pytest.mark.parametrize(
    "name",
    ["foundry", "foundry-errors", "foundry+third-errors", "foundry+told+frontier+third", "foundry-all"],
)
def test_a_model_that_never_comes_to_an_end_is_stopped(name: str, never: str):
    played = found(lambda ask: NEVER[never], name, observation=lambda act: BROKEN)
    ends_well(played, name, sky())
    assert not played.tree.win


def test_thoughts_and_then_a_doubt_cost_no_more_than_is_promised():
    """Without `errors` a thought costs one reply; what follows the eleventh may cost two."""

    def model(ask: Ask) -> Reply:
        return says("hm") if len(ask.messages) < 2 + 11 else GAVE_UP

    played = found(model, "foundry-errors-agreed")
    assert played.tree.query_count == 26
    ends_well(played, "foundry-errors-agreed", sky())


def test_an_outcome_of_the_wrong_kind_is_refused():
    search = foundry(sky())
    next(search)
    with pytest.raises(TypeError, match="answered by a Reply"):
        search.send((CLOUDY,))
    search = foundry(sky())
    next(search)
    search.send((calls(RAIN),))
    with pytest.raises(TypeError, match="answered by an Observation"):
        search.send((calls(RAIN),))
