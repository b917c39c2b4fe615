import json

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.search.effects import FunctionCall
from tasks.search.text_form import spoken
from tasks.search.written_calls import SPEAKERS, Heard, heard

ONE = FunctionCall("f", '{"a": 1}')


def test_three_lines_are_a_thought_and_a_call():
    assert heard('Thought: look\nAction: f\nAction Input: {"a": 1}') == Heard("look", (ONE,), ())


def test_a_reply_may_go_on_after_the_mark_that_ended_the_prompt():
    assert heard(' look\nAction: f\nAction Input: {"a": 1}', begun=True) == Heard("look", (ONE,), ())
    assert heard(' \nAction: f\nAction Input: {"a": 1}', begun=True) == Heard(None, (ONE,), ())
    assert heard("Thought: only thinking", begun=True) == Heard("only thinking", (), ())
    assert heard('Action: f\nAction Input: {"a": 1}', begun=True) == Heard(None, (ONE,), ())


@pytest.mark.parametrize(
    ("text", "thought", "repairs"),
    [
        ('I look.\nAction: f\nAction Input: {"a": 1}', "I look.", ["unmarked_thought"]),
        ('**Action:** `f`.\n**Action Input:** {"a": 1}', None, ["dressed_name"]),
        ('ACTION: f\naction_input: {"a": 1}', None, []),
        ('Action: f({"a": 1})', None, ["call_in_action"]),
        ("Action: f(a=1)", None, ["call_in_action", "python_input"]),
        ('Action: f\n{"a": 1}', None, ["call_in_action"]),
        ('Action: f\nAction Input: ```json\n{"a": 1}\n```', None, ["fenced_input"]),
        ('Action: f\nAction Input: ```\n{"a": 1}', None, ["fenced_input"]),
        ('Action: f\nAction Input: with {"a": 1} then', None, ["text_around_input"]),
        ("Action: f\nAction Input: {'a': 1}", None, ["python_input"]),
        ('Action: f\nAction Input: {"a": 1}\nObservation: {"b": 2}', None, ["invented_observation"]),
        (
            'Thought: x\nAction: f\nAction Input: {"a": 1}\nThought: y\nAction: g\nAction Input: {}',
            "x",
            ["more_actions"],
        ),
        ('Thought: x\nThought: y\nAction: f\nAction Input: {"a": 1}', "x\ny", []),
    ],
)
def test_what_was_meant_is_followed_and_every_guess_is_named(
    text: str, thought: str | None, repairs: list[str]
):
    found = heard(text)
    assert found.content == thought
    assert list(found.repairs) == repairs
    assert [call.name for call in found.calls] == ["f"]
    assert json.loads(found.calls[0].arguments) == {"a": 1}


def test_an_action_without_input_wants_none():
    assert heard("Action: f") == Heard(None, (FunctionCall("f", ""),), ("no_input",))


def test_a_final_answer_finishes():
    found = heard("Thought: done\nFinal Answer: It rains,\nall day.")
    assert (found.content, found.repairs) == ("done", ("answer_line",))
    assert found.calls[0].name == "Finish"
    assert json.loads(found.calls[0].arguments) == {
        "return_type": "give_answer",
        "final_answer": "It rains,\nall day.",
    }


def test_words_alone_are_a_thought():
    assert heard("Thought: I wonder.") == Heard("I wonder.", (), ())
    assert heard("I wonder.") == Heard("I wonder.", (), ("unmarked_thought",))
    assert heard("") == Heard("", (), ())


def test_arguments_that_stay_unreadable_are_left_for_the_search_to_tell():
    assert heard("Action: f\nAction Input: the city is Lima").calls == (
        FunctionCall("f", "the city is Lima"),
    )
    assert heard('Action: f\nAction Input: {"a": ').calls == (FunctionCall("f", '{"a":'),)


def test_only_lines_of_other_speakers_end_a_turn():
    text = 'Thought: the user said\nUser: hello\nAction: f\nAction Input: {"a": 1}'
    assert heard(text).content == "the user said\nUser: hello"
    assert heard(text, others=SPEAKERS) == Heard("the user said", (), ("invented_observation",))


TEXT = st.text(st.characters(codec=None), max_size=40)
PIECES = st.sampled_from(
    [
        "Thought:",
        "Action:",
        "Action Input:",
        "Observation:",
        "Final Answer:",
        "User:",
        "\n",
        "{",
        "}",
        '"',
        "'",
    ]
)


@given(st.lists(TEXT | PIECES, max_size=12).map("".join), st.booleans())
def test_any_text_is_read_to_something_that_can_be_stored(text: str, begun: bool):
    found = heard(text, begun, SPEAKERS if begun else frozenset({"observation"}))
    assert len(found.calls) <= 1
    assert found.content is not None or found.calls
    assert len(set(found.repairs)) == len(found.repairs)
    orjson.dumps(found.repairs)


WORDS = st.text(st.sampled_from("ab c.,{}\"'é"), max_size=20).map(str.strip)
ARGUMENTS = st.dictionaries(st.sampled_from("xyz"), st.none() | st.integers() | WORDS).map(json.dumps)


@given(WORDS, st.from_regex(r"[a-z_]{1,20}", fullmatch=True), ARGUMENTS)
def test_what_is_written_is_read_back_without_a_guess(thought: str, name: str, arguments: str):
    name = name.strip("_") or "f"
    expected = Heard(thought or None, (FunctionCall(name, arguments),), ())
    assert heard(spoken(thought, name, arguments)) == expected
    assert heard(spoken(thought, name, arguments).removeprefix("Thought:"), begun=True) == expected


@pytest.mark.parametrize(
    "evil",
    ["-" * 60_000 + "1", "[" * 60_000, "{'a':" * 9_000, "f(" * 20_000, "```" * 20_000, "lambda:" * 9_000],
)
def test_nesting_that_no_reader_bears_is_no_error(evil: str):
    for text in (f"Action: f\nAction Input: {evil}", f"Action: {evil}", evil):
        assert heard(text * 3) is not None
