"""ReACT is DFSDT's first chain; what makes their outcomes differ."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.annotation.analysis.chains import (
    beyond,
    ends_at_first_chain,
    first_chain,
    first_chain_is_right,
    paired,
    why,
)
from tasks.annotation.analysis.sheets import Share
from tasks.annotation.analysis.turns import Searched
from tasks.search.effects import Act, Ask, Observation, Reply
from tasks.search.methods import method
from tests.tasks.annotation.analysis.grown import PROBLEM, WIND, answer, call, give_up, searched
from tests.tasks.search.played import RAIN, play, says

REPLIES = [
    call(RAIN),
    call(RAIN, day=1),
    call(WIND, thought="windy?"),
    call("snow"),
    says("hm"),
    says(None),
    answer(),
    answer("It may rain."),
    give_up(),
    Reply("overflow", failed=True),
]


def by_state(drawn: list[int]) -> Callable[[Ask], Reply]:
    """A model whose reply is a function of state and ordinal; diversity messages are no part of a state."""

    def reply(ask: Ask) -> Reply:
        said = [
            m for m in ask.messages if not (m["role"] == "user" and "every attempt from here" in m["content"])
        ]
        return REPLIES[drawn[(hash_of(said) + ask.ordinal) % len(drawn)]]

    return reply


def hash_of(said: object) -> int:
    return sum(ord(letter) * place for place, letter in enumerate(repr(said), 1))


@given(st.lists(st.integers(0, len(REPLIES) - 1), min_size=5, max_size=60), st.integers(1, 3))
def test_react_is_the_first_chain_of_dfsdt_node_for_node(drawn: list[int], width: int):
    model = by_state(drawn)
    observed = Observation('{"error": "", "response": "x"}', 0)

    def weather(_: Act) -> Observation:
        return observed

    tree = play(method(f"DFS_woFilter_w{width}").search(PROBLEM), model, weather).tree
    chain = play(method("CoT@1").search(PROBLEM), model, weather).tree
    theirs = chain.records()
    # All but whether a node is pruned: the chain's end always is, the tree's may be a node it goes on from.
    ours = [replace(node, pruned=its.pruned) for node, its in zip(tree.records(), theirs, strict=False)]
    assert tuple(ours) == theirs
    if chain.win:
        assert tree.records() == chain.records(), "the tree ends where its first chain answers"


def pair(tree: Searched, chain: Searched, tree_right: bool | None, chain_right: bool | None) -> str:
    tree.known.correct, chain.known.correct = tree_right, chain_right
    (found,) = paired([tree], [chain])
    return found.split


def one_chain() -> Searched:
    return searched([call(), answer()], searcher="CoT@1")


def quitter() -> Searched:
    return searched([call(), give_up()], searcher="CoT@1")


def rescued() -> Searched:
    return searched([call(), give_up(), call(WIND), answer("Windy.")])


@pytest.mark.parametrize(
    ("tree", "chain", "tree_right", "chain_right", "split"),
    [
        (searched([call(), answer()]), one_chain(), True, True, "same path, right"),
        (searched([call(), answer()]), one_chain(), False, False, "same path, wrong"),
        (searched([call(), answer()]), one_chain(), None, None, "same path, right"),
        (searched([call(), answer()]), one_chain(), False, True, "changed only by the judge"),
        (rescued(), quitter(), True, False, "rescued by the tree"),
        (rescued(), quitter(), None, None, "rescued by the tree"),
        (rescued(), quitter(), False, False, "other path, both wrong"),
        (searched([give_up()], searcher="DFS_woFilter_w1"), quitter(), False, False, "no answer from either"),
        (searched([call(WIND), answer()]), one_chain(), True, True, "other path, both right"),
        (
            searched([call(WIND), answer()]), one_chain(), True, False,
            "changed only by sampling, for the better",
        ),
        (
            searched([call(WIND), answer()]), one_chain(), False, True,
            "changed only by sampling, for the worse",
        ),
    ],
)  # fmt: skip
def test_a_pair_is_split_by_what_made_it_differ(tree, chain, tree_right, chain_right, split):
    assert pair(tree, chain, tree_right, chain_right) == split


def test_a_tree_harms_where_giving_up_was_right():
    tree, chain = rescued(), quitter()
    tree.known.solvable = chain.known.solvable = False
    assert pair(tree, chain, False, True) == "harmed by the tree"
    assert first_chain_is_right(tree)


def test_a_give_up_and_a_chain_that_ran_out_of_depth_are_two_answers_to_judge():
    tree = searched([give_up()], searcher="DFS_woFilter_w1")
    chain = searched([call(day=day) for day in range(6)], searcher="CoT@1")
    tree.known.solvable = False
    assert pair(tree, chain, True, False) == "changed only by sampling, for the better"
    assert pair(tree, quitter(), True, False) == "changed only by the judge"


def test_running_out_of_depth_is_no_way_to_decline():
    days = [call(day=day) for day in range(6)]
    tree = searched([*days, answer("No.")])
    tree.known.solvable, tree.known.correct = False, False
    assert not first_chain_is_right(tree)


def test_the_first_chain_ends_where_the_search_first_turns_back():
    tree = rescued()
    assert [turn.ask for turn in first_chain(tree)] == [0, 1]
    assert not ends_at_first_chain(tree)
    assert ends_at_first_chain(one_chain())
    assert ends_at_first_chain(quitter())


def test_instructions_that_only_one_side_searched_are_left_out():
    tree = searched([answer()], instruction_id="other")
    assert paired([tree], [one_chain()]) == []


def test_columns_stand_side_by_side():
    pairs = paired([rescued()], [quitter()])
    sheet = why({"replayed": pairs, "fresh": pairs})
    rows = {row[0]: row[1:3] for row in sheet.rows}
    assert rows["rescued by the tree"] == (Share(1, 1), Share(1, 1))
    assert rows["right: DFSDT"] == (Share(1, 1), Share(1, 1))
    assert rows["right: ReACT"] == (Share(0, 1), Share(0, 1))
    assert rows["ReACT is the first chain"] == (Share(1, 1), Share(1, 1))


def test_what_a_tree_finds_beyond_its_first_chain_is_paid_there():
    # Two replies of the first chain, two beyond it, each billed 20 tokens; the other tree answers at once.
    sheet = beyond([rescued(), searched([answer()], instruction_id="b")])
    row = dict(zip(sheet.columns, sheet.rows[0], strict=True))
    assert row["answered on the first chain"] == row["answered later"] == Share(1, 2)
    assert row["tokens beyond the first chain"] == Share(40, 100)
    assert row["tokens a later answer"] == 40
