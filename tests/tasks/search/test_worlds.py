"""What a path has written goes with it; a call that writes is made once in a world."""

import json

from tasks.search.abreast import abreast
from tasks.search.dfsdt import dfsdt
from tasks.search.effects import Act, Observation
from tasks.search.functions import offer
from tasks.search.problem import Problem
from tasks.search.react import ChainLimits, chain, react
from tasks.search.tree import DecisionTree
from tasks.search.worlds import NOT_REPEATED, not_repeated
from tests.tasks.search.played import ANSWER, GIVE_UP, api, calls, parameter, play, says, worlds

ADD, LIST = "add_for_notes", "list_for_notes"
GAVE_UP, ANSWERED = says(None, GIVE_UP), says(None, ANSWER)
CHAINS = ChainLimits(attempts=3)


def notes() -> Problem:
    apis = [api("add", "notes", parameter("text"), method="POST"), api("list", "notes")]
    return Problem("i1", "Note it.", offer(apis, writes=lambda each: each.method == "POST"))


def numbered(act: Act) -> Observation:
    return Observation(json.dumps({"error": "", "response": f"{act.makes} {act.ordinal}"}), 0)


def test_what_a_path_writes_goes_with_it_and_reading_changes_nothing():
    script = [calls(ADD, text="a"), calls(LIST), calls(ADD, text="b"), calls(LIST), ANSWERED]
    played = play(react(notes()), script)
    assert worlds(played) == [("-", "1"), ("1", "-"), ("1", "2"), ("2", "-")]


def test_a_sibling_stands_in_the_world_before_the_others_call():
    script = [calls(ADD, text="a"), GAVE_UP, calls(ADD, text="b"), ANSWERED]
    played = play(dfsdt(notes()), script)
    assert worlds(played) == [("-", "1"), ("-", "2")]


def test_the_same_call_from_the_same_world_names_the_world_it_made():
    script = [calls(ADD, text="a"), GAVE_UP, calls(LIST), calls(ADD, text="a"), ANSWERED]
    played = play(react(notes(), CHAINS), script, numbered)
    first, _, again = played.acts
    assert (again.world, again.makes) == (first.world, first.makes)
    one, other = (node for node in played.tree.nodes if node.description == '{"text": "a"}')
    assert (one.repeats, other.repeats) == (-1, one.node_id)
    assert played.tree.api_calls == 2


def test_the_same_call_in_another_world_is_another_call():
    script = [calls(ADD, text="a"), GAVE_UP, calls(ADD, text="b"), calls(ADD, text="a"), ANSWERED]
    played = play(react(notes(), CHAINS), script)
    assert worlds(played) == [("-", "1"), ("-", "2"), ("2", "3")]
    assert all(node.repeats < 0 for node in played.tree.nodes)


def test_a_call_made_twice_on_one_path_is_marked_and_leaves_the_world_as_it_is():
    script = [calls(ADD, text="a"), calls(ADD, text="b"), calls(ADD, text="a"), calls(LIST), ANSWERED]
    played = play(react(notes()), script)
    assert worlds(played) == [("-", "1"), ("1", "2"), ("2", "1"), ("2", "-")]
    first, _, again, *_ = (node for node in played.tree.nodes if node.kind == "action_input")
    assert again.repeats == first.node_id
    assert json.loads(again.observation) == {"note": NOT_REPEATED, **json.loads(first.observation)}


def test_values_count_as_the_api_reads_them():
    script = [calls(ADD, text="5"), calls(ADD, text=5), ANSWERED]
    assert worlds(play(react(notes()), script)) == [("-", "1"), ("1", "1")]


def test_unusable_arguments_write_nothing():
    played = play(react(notes()), [calls(ADD, words="a"), calls(LIST), ANSWERED])
    assert worlds(played) == [("-", "-")]


def test_chains_side_by_side_name_the_same_world():
    tree = DecisionTree(notes())

    def both():
        yield from abreast(chain(tree, 12) for _ in range(2))
        return tree

    played = play(both(), [calls(ADD, text="a"), calls(ADD, text="a"), ANSWERED, ANSWERED])
    assert worlds(played) == [("-", "1"), ("-", "1")]
    assert (played.rounds[1], played.tree.api_calls) == (2, 1)


def test_where_nothing_writes_every_call_is_made():
    apis = [api("add", "notes", parameter("text"), method="POST")]
    script = [calls(ADD, text="a"), calls(ADD, text="a"), ANSWERED]
    played = play(react(Problem("i1", "Note it.", offer(apis))), script)
    assert worlds(played) == [("-", "-"), ("-", "-")]
    assert [act.ordinal for act in played.acts] == [0, 1]


def test_a_mark_is_put_on_an_observation_that_was_cut():
    assert not_repeated(Observation('{"error": "", "resp...', 5)).text.endswith('"error": "", "resp...')


def test_calls_of_one_turn_build_on_each_other_before_any_is_answered():
    tree = DecisionTree(notes())
    first = tree.grow(tree.root, calls(ADD, text="a"), 0)
    second = tree.grow(first, calls(LIST), 0)
    third = tree.grow(second, calls(ADD, text="a"), 0)
    add, listed, again = (tree.act(node, name) for node, name in ((first, ADD), (second, LIST), (third, ADD)))
    assert listed.world == again.world == again.makes == add.makes != add.world
