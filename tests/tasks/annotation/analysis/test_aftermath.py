"""What follows a failed call, and which calls are repeats."""

import pytest

from tasks.annotation.analysis.aftermath import next_step, recovery, repeated, repeats
from tasks.annotation.analysis.sheets import Share
from tasks.search.effects import FunctionCall
from tests.tasks.annotation.analysis.grown import (
    DEAD,
    GOOD,
    RAIN,
    REFUSED,
    WIND,
    answer,
    call,
    give_up,
    searched,
)
from tests.tasks.search.played import says


@pytest.mark.parametrize(
    ("reply", "step"),
    [
        (call(day=1), "same call"),
        (call(day=2), "other arguments"),
        (call(WIND, day=1), "other function"),
        (says("hm"), "thought only"),
        (answer(), "answers"),
        (give_up(), "gives up"),
    ],
)
def test_the_step_after_a_call_has_a_name(reply, step):
    tree = searched([call(day=1), reply, answer()], [REFUSED], searcher="CoT@1")
    first, second = tree.turns[:2]
    assert next_step(first.actions[0], second) == step


def test_spelling_does_not_make_another_call():
    tree = searched([call(a=1, b=2), call(b=2, a=1), answer()], searcher="CoT@1")
    assert next_step(tree.turns[0].actions[0], tree.turns[1]) == "same call"
    assert next_step(tree.turns[0].actions[0], None) == "nothing"


def test_arguments_of_hundreds_of_brackets_are_compared_as_they_are_written():
    deep = says(None, FunctionCall(RAIN, f'{{"day": {"[" * 400}{"]" * 400}}}'))
    tree = searched([deep, deep, answer()], searcher="CoT@1")
    assert next_step(tree.turns[0].actions[0], tree.turns[1]) == "same call"


def test_recovery_counts_each_next_step_of_a_tree():
    # A refusal is followed by a give-up, which climbs to the root; then by another function, which works.
    tree = searched([call(day=1), call(day=2), give_up(), call(WIND), answer()], [REFUSED, REFUSED, GOOD])
    sheet = recovery([tree])
    row = dict(zip(sheet.columns, sheet.rows[0], strict=True))
    assert sheet.rows[0][0] == "bad argument" and sheet.rows[-1][0] == "all failures"
    assert row["failures"] == 2
    assert row["other arguments"] == Share(1, 3)
    assert row["other function"] == Share(1, 3)
    assert row["gives up"] == Share(1, 3)
    assert row["next call works"] == Share(1, 2)
    assert row["answer below"] == Share(1, 2)
    assert row["search answered"] == Share(2, 2)


def test_a_repeat_is_placed_where_the_nearest_equal_call_stands():
    tree = searched(
        [
            call(day=1),
            call(day=1),  # of the call before
            call(WIND),
            call(day=1),  # on its own path
            give_up(),
            call(
                WIND, thought="again"
            ),  # a sibling of the call before the give-up: on its own path all the same
            give_up(),
            answer(),
        ],
        [DEAD, DEAD],
    )
    assert [each.where for each in repeated(tree)] == [
        "of the call before",
        "on its own path",
        "of the call before",
    ]


def test_siblings_and_cousins_repeat_each_other():
    chains = searched([call(), give_up(), call(), call(WIND), answer()], searcher="CoT@2")
    assert [each.where for each in repeated(chains)] == ["of a sibling"]
    chains = searched([call(), call(WIND), give_up(), call(day=2), call(WIND), answer()], searcher="CoT@2")
    assert [each.where for each in repeated(chains)] == ["elsewhere in the tree"]


def test_repeats_say_what_the_first_had_brought():
    sheet = repeats([searched([call(), call(), answer()], [DEAD, GOOD], searcher="CoT@1")])
    rows = {row[0]: row[1:] for row in sheet.rows}
    assert rows["of the call before"] == (1, Share(1, 2), Share(1, 1), Share(0, 1))
    assert rows["all repeats"] == (1, Share(1, 2), Share(1, 1), Share(0, 1))
