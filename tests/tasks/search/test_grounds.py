from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.search.arguments import ArgumentError, arguments_of
from tasks.search.grounds import READ_CHARS, Told, excuses_itself, leftovers, results, tells_results
from tests.tasks.search.played import NORMAL_OBSERVATION

ASKED = (
    "Book 3 seats from Oslo to São Paulo on July 21st, 2026 at 18:45 for 89,000.50 NOK; order AB-1734, "
    "card 4111111111111111, and mail eva@example.org."
)


def call(arguments: str, observation: str = NORMAL_OBSERVATION.text, code: int = 0) -> Any:
    return SimpleNamespace(
        kind="action_input", description=arguments, observation=observation, observation_code=code, ask=0
    )


@pytest.mark.parametrize(
    "value",
    [
        *("Oslo", "oslo", " OSLO ", "São Paulo", "Paulo, Brazil", "eva@example.org", "AB-1734", "1734"),
        *("2026-07-21", "21.07.2026", "07/21/2026", "2026-07-21T18:45:00", "18:45"),
        *(89000.5, "89000.50", "89,000.50", 89000.50, -89000.5, 1734, "4111111111111111", 4111111111111111),
        *(0, 1, 7, 12, 12.0, "12", "EUR", "NO", "x", "", None, True, False),
    ],
)
def test_what_was_told_is_borne_out_in_any_spelling(value: Any):
    assert Told(ASKED).bears(value)


@pytest.mark.parametrize(
    "value",
    [
        *("Bergen", "2027-07-21", "2026-07-22", "19:45", "en-US", 13, 13.5, 0.5, 89000, "89.000", "1735"),
        *("eve@elsewhere.com", "AB-9999", 5111111111111111, "Rio de Janeiro"),
    ],
)
def test_what_nobody_told_is_not(value: Any):
    assert not Told(ASKED).bears(value)


def test_a_sign_and_a_small_number_in_a_date_tell_nothing():
    assert Told(ASKED).bears(-1734)
    assert Told(ASKED).bears("2026-08-21")


def test_a_thousands_separator_is_one_number_and_a_list_of_numbers_is_several():
    assert Told("1,250,000 people").numbers == {1250000.0}
    assert Told("the 14, 15 and 16").numbers == {14.0, 15.0, 16.0}
    assert Told("14,15").numbers == {14.0, 15.0}
    assert Told("192.168.20.30").numbers == {192.0, 168.0, 20.0, 30.0}


def test_number_words_are_small_and_count_as_told():
    told = Told("two rooms for a dozen nights")
    assert told.bears(2) and told.bears(12) and told.bears("2")
    assert not told.bears(13)


def test_documented_members_and_defaults_can_always_be_meant():
    told = Told(ASKED)
    assert not told.bears("imperial")
    assert told.bears("imperial", ["metric", "imperial"])
    assert not told.bears("Imperial", ["metric", "imperial"])
    assert not told.bears(300)
    assert told.bears(300, [300])
    assert told.bears("300", [300]), "a member in the other spelling"


def test_a_list_is_borne_out_where_each_of_it_is():
    told = Told(ASKED)
    assert told.bears(["Oslo", 1734, ["São Paulo"]])
    assert not told.bears(["Oslo", "Bergen"])
    assert told.bears([])
    assert told.bears({"from": "Oslo", "deep": [{"at": "18:45"}]})
    assert not told.bears({"from": "Oslo", "deep": [{"at": "23:59"}]})
    assert told.bears(["imperial", "Oslo"], ["imperial"])


def test_a_word_of_three_letters_in_common_is_enough():
    assert Told("weather in New York").bears("York, United States")
    assert not Told("weather in New York").bears("Boston, United States")


def test_results_bear_out_what_they_hold():
    path = [SimpleNamespace(kind="thought", observation="snow"), call("{}", '{"response": "id 998877"}')]
    assert results(path) == ['{"response": "id 998877"}']
    assert Told(*results(path)).bears(998877)


def test_an_answer_tells_results_where_it_says_what_is_new_in_them():
    path = [call('{"city": "Oslo"}', '{"error": "", "response": {"sky": "cloudy", "wind": 17}}')]
    asked = "Will it rain in Oslo?"
    assert tells_results("It is cloudy.", asked, path)
    assert tells_results("17 m/s", asked, path)
    assert not tells_results("It will rain in Oslo.", asked, path), "nothing but the instruction"
    assert not tells_results("no error in this response", asked, path), "the envelope is no news"
    assert not tells_results("", asked, path)
    assert not tells_results("It is cloudy.", asked, []), "nothing was brought"


@pytest.mark.parametrize(
    "said",
    [
        *("Sorry, no.", "I could not find it", "it couldn't be determined", "UNFORTUNATELY", "I'm unable to"),
        *("I cannot say", "No data was not available", "I apologise"),
    ],
)
def test_an_answer_that_excuses_itself_is_seen(said: str):
    assert excuses_itself(said)


@pytest.mark.parametrize("said", ["It rains.", "", "Do not go out", "It is known", "A can, not two"])
def test_an_answer_that_does_not_is_not(said: str):
    assert not excuses_itself(said)


def test_leftovers_are_the_numbers_that_no_successful_call_was_given_and_none_has_brought():
    asked = "Convert 250 and 99.5 for 3 people by 2026"
    assert leftovers(asked, []) == {250.0, 99.5, 2026.0}
    assert leftovers(asked, [call('{"amount": 250}')]) == {99.5, 2026.0}
    assert leftovers(asked, [call('{"a": 250, "b": [{"c": 99.5}]}', '{"response": 2026}')]) == set()
    assert leftovers(asked, [call('{"amount": 250}', code=11)]) == {250.0, 99.5, 2026.0}
    assert leftovers(asked, [call('{"250": 1}')]) == {250.0, 99.5, 2026.0}, "a name is no value"
    assert leftovers(asked, [call('{"amount": ')]) == {250.0, 99.5, 2026.0}


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([10**400, -(10**400), 2**63, 1e308, -0.0])
    | st.floats()
    | st.text(st.characters(codec=None), max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None)
@given(JSON, st.text(st.characters(codec=None), max_size=60), st.lists(JSON, max_size=3))
def test_any_value_is_borne_out_or_not(value: Any, told: str, members: list[Any]):
    assert Told(told).bears(value, members) in (True, False)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60), st.integers(0, 10**18) | st.floats(0, 1e9).map(lambda each: round(each, 3)))
def test_a_word_or_number_that_was_told_is_borne_out(before: str, number: float):
    words = "".join(each if each.isalpha() else " " for each in before)
    assert Told(f"{words} {number:f} {number}").bears(number)
    assert Told(words).bears(words)


@settings(max_examples=100, deadline=None)
@given(*[st.text(st.characters(codec=None), max_size=80)] * 3)
def test_any_path_can_be_asked_for_news_excuses_and_leftovers(answer: str, text: str, observation: str):
    path = [call(answer, observation), call(observation, text)]
    assert tells_results(answer, text, path) in (True, False)
    assert excuses_itself(answer) in (True, False)
    assert leftovers(text, path) <= Told(text).numbers


@pytest.mark.parametrize("levels", [200, 250])
def test_arguments_as_deep_as_are_taken_are_read(levels: int):
    try:
        value = arguments_of('{"a": ' + "[" * levels + "7" + "]" * levels + "}")
    except ArgumentError:
        return
    assert Told("").bears(value)
    assert leftovers("", [call('{"a": ' + "[" * levels + "7" + "]" * levels + "}")]) == set()


@pytest.mark.parametrize("text", ["9" * 1_000_000, "1," * 500_000, "word " * 200_000, "1." * 500_000])
def test_a_megabyte_is_read_as_far_as_its_beginning(text: str):
    assert not Told(text + " Bergen").bears("Bergen")
    assert Told(text).bears(text[:READ_CHARS])
    assert Told(text).bears(text)
    assert excuses_itself("x" * 1_000_000 + "sorry") is False
