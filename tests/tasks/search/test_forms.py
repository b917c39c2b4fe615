import pytest

from tasks.search.dfsdt import dfsdt
from tasks.search.effects import Ask, FunctionCall
from tasks.search.forms import CallingForm, read, said, version
from tasks.search.messages import render
from tests.tasks.search.played import problem

CALL = FunctionCall("f", "{}")


@pytest.fixture
def ask() -> Ask:
    (effect,) = next(dfsdt(problem()))
    assert isinstance(effect, Ask)
    return effect


@pytest.mark.parametrize("form", ["tools", "functions"])
def test_servers_that_know_functions_are_told_of_them(ask: Ask, form: CallingForm):
    words = said(ask.messages, ask.functions, form)
    assert (words.messages, words.prompt, words.stop) == (render(ask.messages, form), None, ())
    assert words.functions == list(ask.functions)
    assert read("hm", [CALL], form, asks=False).calls == (CALL,)
    assert read("Action: f", [], form, asks=False).calls == ()


def test_in_writing_functions_stand_in_the_text_and_strings_end_the_reply(ask: Ask):
    text, layout = said(ask.messages, ask.functions, "text"), said(ask.messages, ask.functions, "toolllama")
    assert (text.functions, layout.functions) == ([], [])
    assert text.prompt is None
    assert "rain_for_weather" in text.messages[0]["content"]
    assert layout.messages == []
    assert layout.prompt is not None
    assert "rain_for_weather" in layout.prompt
    assert 0 < len(text.stop) <= 4
    assert 0 < len(layout.stop) <= 4


@pytest.mark.parametrize("form", ["text", "toolllama"])
def test_a_question_is_answered_in_words(form: CallingForm):
    asked = [{"role": "system", "content": "Judge."}, {"role": "user", "content": "A or B?"}]
    words = said(asked, (), form)
    assert words.messages == asked or "A or B?" in str(words.prompt)
    assert read("Action: f", [], form, asks=True).content == "Action: f"


def test_calls_that_a_server_has_found_itself_are_taken():
    assert read("Action: other", [CALL], "text", asks=False).calls == (CALL,)


def test_only_written_forms_add_to_the_fingerprint():
    assert version("tools") == version("functions") == {}
    assert version("text")
    assert version("toolllama")
