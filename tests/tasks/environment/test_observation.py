import json

import pytest

from tasks.environment.observation import LABELS, observe, published_code
from tasks.environment.protocol import ApiAnswer


def answer(error: str = "", response: str = "") -> ApiAnswer:
    return ApiAnswer(error, response, 200, 0.1)


def test_an_answer_is_shown_in_an_envelope():
    observation = observe(answer(response='{"temp": 3}'))
    assert json.loads(observation.text) == {"error": "", "response": '{"temp": 3}'}
    assert observation.code == 0


def test_a_long_answer_is_cut_by_characters_and_says_so():
    text = observe(answer(response="ü" * 5000)).text
    assert len(text) == 1027
    assert text.endswith("ü...")


def test_an_envelope_that_just_fits_is_whole():
    room = 1024 - len('{"error": "", "response": ""}')
    assert json.loads(observe(answer(response="x" * room)).text)["response"] == "x" * room


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ("API temporarily not working error...", 5),
        ("API not working error...", 6),
        ("Unsubscribed error...", 7),
        ("Unauthorized error...", 8),
        ("Too many requests error...", 9),
        ("Rate limit per minute error...", 10),
        ("Message error...", 11),
        ("Function executing from toolenv/... error...", 11),
    ],
)
def test_codes_are_those_of_toolbenchs_documentation(label: str, code: int):
    assert observe(answer(label)).code == code


def test_no_error_has_the_code_of_a_normal_answer():
    assert [label for label, code in LABELS.items() if code == 0] == [""]


@pytest.mark.parametrize(
    ("label", "documented", "published"),
    [
        ("", 0, 0),
        ("API not working error...", 6, 6),
        ("Unauthorized error...", 8, 7),
        ("Unsubscribed error...", 7, 8),
        ("Too many requests error...", 9, 9),
        ("Rate limit error...", 10, 0),
        ("Gateway error...", 6, 0),
        ("Function executing getrain error...", 11, 0),
        ("API temporarily not working error...", 5, 0),
    ],
)
def test_codes_can_be_had_as_the_published_code_gives_them(label: str, documented: int, published: int):
    observation = observe(answer(error=label, response="x" * 5000))
    assert observation.code == documented
    assert published_code(observation.code, observation.text) == published


@pytest.mark.parametrize("code", [-1, 1, 2, 3, 4])
def test_codes_that_no_api_gave_stay(code: int):
    assert published_code(code, '{"error": "Unauthorized error...", "response": ""}') == code
    assert published_code(0, "cut before its label") == 0
