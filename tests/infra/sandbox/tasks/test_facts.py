"""Which values are facts, of which kind, and which a constant or the question itself would satisfy."""

import pytest

from infra.sandbox.tasks.asks import FactAsked
from infra.sandbox.tasks.facts import (
    Fact,
    Ledger,
    is_guessable,
    is_in_answers,
    is_said,
    kind_of,
    read_fact,
    unit_of,
)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (True, "boolean"),
        (3, "number"),
        (2.5, "number"),
        (["a", "b"], "list"),
        ("2026-06-21", "date"),
        ("2026-13-41", "text"),
        ("06:30", "time"),
        ("06:30:59", "time"),
        ("25:00", "text"),
        ("2026-06-21T06:12:14+01:00", "datetime"),
        ("2026-06-29T23:56", "datetime"),
        ("NOK", "text"),
        (None, None),
        ({"a": 1}, None),
    ],
)
def test_the_kind_is_read_off_the_value(value, kind):
    assert kind_of(value) == kind


@pytest.mark.parametrize(
    ("key", "unit"),
    [("distance_km", "km"), ("celsius", "celsius"), ("speed_kmh", "km/h"), ("name", ""), ("wind_ms", "")],
)
def test_the_unit_is_the_last_word_of_the_key(key, unit):
    assert unit_of(key) == unit


def test_tolerances_are_zero_for_whole_numbers_and_codes_relative_for_decimals_seconds_for_times():
    answer = {"count": 12, "km": 5.5, "code": "NO", "rise": "06:12", "at": "2026-06-21T06:12:14Z", "l": [1.5]}
    found = {key: read_fact(0, answer, FactAsked(key)).tolerance for key in answer}
    assert found == {"count": 0, "km": 0.005, "code": 0, "rise": 60, "at": 60, "l": 0.005}


def test_an_author_decides_kind_unit_and_tolerance():
    asked = FactAsked("hours.0", "time", "h", 1)
    assert read_fact(2, {"hours": ["06:12"]}, asked) == Fact("2.hours.0", "06:12", "time", 1.0, "h")


@pytest.mark.parametrize(
    "value", [None, {}, [], "", "  ", "x" * 241, list(range(2, 15)), [[1]], float("nan"), [None]]
)
def test_nothing_and_what_nobody_would_repeat_is_no_fact(value):
    assert read_fact(0, {"a": value}, FactAsked("a")) is None
    assert read_fact(0, {"a": value}, FactAsked("a", kind="text")) is None


def test_a_place_that_the_answer_lacks_is_no_fact():
    assert read_fact(0, {"a": [1]}, FactAsked("a.1")) is None


@pytest.mark.parametrize("value", [True, False, 0, 1, -1, 1.0])
def test_true_false_zero_and_one_are_guessable(value):
    assert is_guessable(value)


def test_two_and_a_name_are_not_guessable():
    assert not is_guessable(2) and not is_guessable("Oslo")


@pytest.mark.parametrize(
    ("value", "instruction", "arguments"),
    [
        (250, "What are 250 dollars?", {}),
        (250000, "A loan of 250,000 euros", {}),
        (2.5, "whatever", {"amount": 2.5}),
        ("2026-07-14", "On 14 July 2026, please", {}),
        ("2026-07-14", "On July 14, 2026, please", {}),
        ("NL", "Whose is NL004495445B01?", {"number": "NL004495445B01"}),
        ("example.org", "Is a@example.org right?", {"email": "a@example.org"}),
        ("Porto", "where is porto?", {}),
        ("C", "the note C, please", {}),
        (["a", 3], "a and 3", {}),
    ],
)
def test_what_the_instruction_holds_is_said(value, instruction, arguments):
    assert is_said(value, instruction, [arguments])


@pytest.mark.parametrize(
    ("value", "instruction", "arguments"),
    [
        (25, "What are 250 dollars?", {"amount": 250}),
        ("2026-07-15", "On 14 July 2026, please", {"date": "2026-07-14"}),
        ("C", "What follows B?", {"note": "B"}),
        (["a", 4], "a and 3", {}),
        ("NO", "In which country is Oslo?", {"name": "Oslo"}),
    ],
)
def test_what_is_not_in_the_instruction_is_not_said(value, instruction, arguments):
    assert not is_said(value, instruction, [arguments])


def test_values_are_found_in_answers_as_leaves_and_as_lists():
    assert is_in_answers("PT", [{"results": [{"country": "PT"}]}])
    assert is_in_answers(["a", "b"], [{"letters": ["a", "b"]}])
    assert not is_in_answers("P", [{"results": [{"country": "PT"}]}])


def test_no_value_serves_more_than_a_fifth_of_the_tasks_of_a_place():
    ledger, taken = Ledger(), []
    for number in range(400):
        value = "always" if number % 2 else number
        if ledger.is_free("a/b hours", value):
            ledger.note("a/b hours", value)
            taken.append(value)
    assert taken.count("always") > 10
    assert taken.count("always") / len(taken) <= 0.22
    assert all(taken[:n].count("always") <= 1 + n / 5 for n in range(1, len(taken)))


def test_places_are_counted_apart():
    ledger = Ledger()
    ledger.note("a/b hours", 3)
    assert not ledger.is_free("a/b hours", 3) and ledger.is_free("a/c hours", 3)
