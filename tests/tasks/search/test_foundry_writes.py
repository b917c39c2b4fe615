"""`foundry`: calls that write, their order and their worlds."""

import json

from tasks.search.effects import Act, Observation
from tests.tasks.search.foundry_played import (
    ADD,
    ANSWERED,
    FAILED,
    LIST,
    call,
    found,
    inputs,
    notes,
    ordinals,
    sent,
)
from tests.tasks.search.played import calls, says, worlds


def numbered(act: Act) -> Observation:
    return Observation(json.dumps({"error": "", "response": f"cloudy {act.makes} {act.ordinal}"}), 0)


def test_calls_that_write_are_sent_one_by_one_in_their_order():
    reply = says(None, call(ADD, text="apple"), call(ADD, text="bread"), call(LIST))
    played = found([reply, ANSWERED], asked=notes(), observation=numbered)
    assert sent(played)[:2] == [(ADD, '{"text": "apple"}'), (ADD, '{"text": "bread"}')]
    assert played.rounds == [1, 1, 1, 1, 1]
    assert worlds(played) == [("-", "1"), ("1", "2"), ("2", "-")]


def test_what_reads_before_a_write_reads_the_world_before_it():
    reply = says(None, call(LIST), call(ADD, text="apple"))
    played = found([reply, ANSWERED], asked=notes(), observation=numbered)
    assert played.rounds == [1, 2, 1]
    assert worlds(played) == [("-", "-"), ("-", "1")]


def test_a_path_that_repeats_a_write_is_told_so_and_stays_in_its_world():
    script = [calls(ADD, text="apple"), calls(ADD, text="bread"), calls(ADD, text="apple"), ANSWERED]
    played = found(script, asked=notes(), observation=numbered)
    assert worlds(played) == [("-", "1"), ("1", "2"), ("2", "1")]
    first, _, again, _ = inputs(played)
    assert again.repeats == first.node_id
    assert "Not called again" in again.observation
    assert played.tree.api_calls == 2


def test_a_write_that_another_chain_has_made_names_the_same_world():
    script = [calls(ADD, text="apple"), FAILED, calls(ADD, text="apple"), calls(LIST), ANSWERED]
    played = found(script, asked=notes(), observation=numbered)
    assert worlds(played) == [("-", "1"), ("-", "1"), ("1", "-")]
    assert played.tree.api_calls == 2


def test_memory_never_crosses_worlds():
    script = [calls(LIST), calls(ADD, text="apple"), calls(LIST), ANSWERED]
    played = found(script, asked=notes(), observation=numbered)
    assert [act.function for act in played.acts] == [LIST, ADD, LIST]
    assert ordinals(played) == [0, 0, 0, 0], "no doubt either"


def test_memory_serves_the_same_world_on_another_path():
    add = calls(ADD, text="apple")
    played = found(
        [add, calls(LIST), FAILED, add, calls(LIST), ANSWERED], asked=notes(), observation=numbered
    )
    assert [act.function for act in played.acts] == [ADD, LIST, ADD]


def test_a_read_that_a_chain_without_the_write_repeats_is_sent():
    script = [calls(ADD, text="apple"), calls(LIST), FAILED, calls(LIST), ANSWERED]
    played = found(script, asked=notes(), observation=numbered)
    assert worlds(played) == [("-", "1"), ("1", "-"), ("-", "-")]
