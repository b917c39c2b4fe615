"""Whatever tree a searcher grows, it can be counted, paired and drawn."""

import json
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.annotation.analysis.report import analysis
from tasks.annotation.analysis.turns import Searched
from tasks.annotation.picture import failed_branches, picture_of
from tasks.annotation.preferences import preferences
from tasks.records import Instruction
from tasks.rollout.trajectories import trajectory_of
from tasks.search.effects import FunctionCall, Reply
from tasks.search.methods import method
from tests.tasks.annotation.analysis.grown import PROBLEM, WIND, answer, call, give_up
from tests.tasks.search.played import METHODS, RAIN, play, says

REPLIES = [
    call(RAIN),
    call(RAIN, day=1),
    call(WIND, thought="windy?", day=2),
    call("snow"),
    says("hm"),
    says(None, FunctionCall(RAIN, "[")),
    says(None, FunctionCall(RAIN, "{}"), FunctionCall(WIND, "{}")),
    answer(),
    answer("It may rain."),
    give_up(),
    Reply("overflow", failed=True),
]


@pytest.mark.parametrize("name", METHODS)
@settings(max_examples=15)
@given(drawn=st.lists(st.integers(0, len(REPLIES) - 1), min_size=3, max_size=30))
def test_every_searchers_trees_are_counted_paired_and_drawn(name: str, drawn: list[int]):
    asked = iter(range(10_000))
    search = method(name).search(replace(PROBLEM, token_budget=200))
    tree = play(
        search, lambda _: REPLIES[drawn[next(asked) % len(drawn)]], opinions=lambda _: says("A, 5")
    ).tree
    row = trajectory_of(
        tree,
        Instruction("i1", "I1", "Will it rain?", (), (), "", "train", "a person", "rehearsal"),
        method=name,
        teacher="script",
        teacher_kind="rehearsal",
        environment="live",
    )
    searched = Searched(row)
    assert sum(len(turn.nodes) for turn in searched.turns) == len(searched.nodes) - 1
    report = analysis([searched], {})
    assert json.loads(json.dumps(report.to_plain()))["sheets"]
    assert bool(report.lost) is not row.win
    for folded in ((), failed_branches(searched)):
        ElementTree.fromstring(picture_of(searched, folded))
    made = preferences([searched])
    assert json.loads(json.dumps(made.pairs)) == made.pairs
    assert all(pair["chosen"] != pair["rejected"] for pair in made.pairs)
