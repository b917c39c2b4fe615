"""The readers of published searches, and what they count."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.bench.real_errors import read_run, read_tree, real_runs, real_trees, report
from tests.bench.search_shapes import Searched, Turn, has_failed, measured


def node(kind: str, description: str, *children: Any, **more: Any) -> dict[str, Any]:
    return {
        "node_type": kind,
        "description": description,
        "children": list(children),
        "expand_num": 0,
        **more,
    }


def called(name: str, arguments: str, observation: str, *children: Any) -> dict[str, Any]:
    return node("Action", name, node("Action Input", arguments, *children, observation=observation))


def run(*messages: tuple[str, str], final_answer: str = "") -> dict[str, Any]:
    """A converted run; messages are cut after 100 characters as in the published files."""
    chain: list[Any] = []
    for role, text in reversed([("system", ""), ("user", "a query"), *messages]):
        chain = [{"role": role, "message": text[:100], "next": chain}]
    tools = [{"name": "find_it"}, {"name": "Finish"}]
    return {"available_tools": tools, "answer": {"final_answer": final_answer, "answer_details": chain}}


def call(name: str, arguments: str) -> tuple[str, str]:
    return "tool", str({"name": name, "arguments": arguments, "response": '{"error": "", "response": "ok"}'})


def test_a_tree_is_read_turn_by_turn() -> None:
    found = '{"error": "", "response": "{\'a\': 1}"}'
    tree = node(
        "Action Input",
        "",
        called("find_it", "{}", found, node("Thought", "Once more.", called("find_it", "{ }", found))),
        node(
            "Thought",
            "Alone.",
            called("made_up", "{}", '{"error": "No such function name", "response": ""}'),
            expand_num=4,
        ),
    )
    made = {"valid_data": False, "finish_type": "give_answer", "function": [{"name": "find_it"}]}
    searched = read_tree({"win": False, "tree": {"tree": tree}, "answer_generation": made})
    first, alone = searched.first
    assert (first.name, first.thought, first.children[0].thought) == ("find_it", False, True)
    assert (alone.name, alone.children[0].name) == ("", "made_up")
    counts = measured([searched])
    assert (counts["call repeats one of the tree"].part, counts["call repeats one of the tree"].of) == (1, 3)
    assert counts["call not offered"].part == 1
    assert counts["reply is a thought alone"].part == 1
    assert searched.ending == "no Finish"


def test_arguments_that_a_run_keeps_to_their_end_are_told_from_cut_ones() -> None:
    short, long = call("find_it", '{\n  "place": "Oslo"\n}'), call("find_it", json.dumps({"place": "x" * 90}))
    searched = read_run(run(short, long))
    assert searched.first[0].whole
    assert json.loads(searched.first[0].arguments) == {"place": "Oslo"}
    assert not searched.first[0].children[0].whole


ANSWERED = '{"return_type": "give_answer", "final_answer": "7"}'
GAVE_UP = '{"return_type": "give_up_and_restart"}'


@pytest.mark.parametrize(
    ("last", "final_answer", "ending"),
    [
        (call("Finish", ANSWERED), ANSWERED, "answered"),
        (call("Finish", GAVE_UP), "", "gave up"),
        (call("Finish", GAVE_UP), GAVE_UP, "gave up"),
        (call("find_it", "{}"), "", "no Finish"),
    ],
)
def test_how_a_run_ended_is_told_by_its_last_call(
    last: tuple[str, str], final_answer: str, ending: str
) -> None:
    assert read_run(run(call("find_it", "{}"), last, final_answer=final_answer)).ending == ending


def test_a_thought_belongs_to_the_call_after_it() -> None:
    searched = read_run(run(("assistant", "Let me see."), call("find_it", "{}"), ("assistant", "Hm.")))
    assert searched.first[0].thought
    assert searched.first[0].children[0].name == ""


@pytest.mark.parametrize(
    ("observation", "failed"),
    [
        ('{"error": "", "response": "{\'rate\': 1.2}"}', False),
        ('{"error": "Timeout error...", "response": ""}', True),
        ('{"error": "", "response": ""}', True),
        ('{"error": "", "response": "[]"}', True),
        ('{"error": "", "response": "{\'message\': \'You are not subscribed to this API.\'}"}', True),
        ('{"error": "", "response": "{\'rates\': [1, 2, 3...', False),
    ],
)
def test_an_observation_that_brought_nothing_has_failed(observation: str, failed: bool) -> None:
    assert has_failed(observation) is failed


def test_calls_count_as_equal_whatever_their_spacing_and_order() -> None:
    turns = Turn(False, "f", '{"a": 1, "b": 2}', None), Turn(False, "f", '{"b":2,"a":1}', None)
    counts = measured([Searched(frozenset({"f"}), turns, "no Finish", "")])
    assert counts["call repeats one of the tree"].part == 1
    assert counts["call repeats one of its path"].part == 0


def test_published_figures_come_out(shared: Path) -> None:
    """Ranges that hold for the open part of the published files and for all of them."""
    trees, runs = measured(real_trees(shared)), measured(real_runs(shared))
    assert 0.015 <= runs["call not offered"].value <= 0.035
    assert 0.55 <= trees["call repeats one of the tree"].value <= 0.63
    assert 0.45 <= runs["answered"].value <= 0.6
    assert 0.08 <= runs["gave up"].value <= 0.13
    assert 0.32 <= runs["no Finish"].value <= 0.42
    assert runs["answered"].of >= 400
    printed = report("published", {"trees": trees, "runs": runs})
    assert f"{runs['answered'].value:.1%} ({runs['answered'].part}/{runs['answered'].of})" in printed
