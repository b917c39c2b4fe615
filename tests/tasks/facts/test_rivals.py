import pytest

from tasks.facts import judge
from tests.tasks.facts.written import fact


def told(answer, value, kind="number", path="0.value", asked="What is it?"):
    return judge(answer, [fact(value, kind, path)], asked).correct


@pytest.mark.parametrize(
    "answer",
    [
        "12, 14, 16, 18",
        "12 or 14",
        "Either 12 or 14.",
        "It is 12. It is 14. It is 16.",
        "Maybe 12, maybe 14, maybe 16.",
        "12\n14\n16",
        "The answer could be 12, 14 or 16.",
        "from 14 to 16",
        "Guesses: 14; 15; 16; 17",
    ],
)
def test_one_of_many_numbers_is_no_answer(answer):
    assert not told(answer, 14)


def test_further_values_with_names_of_their_own_do_no_harm():
    assert told("14 days; the year has 365 days and the month 31.", 14)
    assert told("Sunrise 06:12, noon 13:38, sunset 21:05", "21:05", "time")
    assert told("| km | time |\n|---|---|\n| 5 | 25:00 |\n| 10 | 50:00 |", "0:50:00", "text")
    assert told('{"count": 14, "days": [1, 2, 3, 4]}', 14, path="0.count")


def test_values_of_the_question_are_nobodys_guesses():
    assert told("14, 20, 30", 14, asked="Of 20 and 30?")


@pytest.mark.parametrize(
    "answer", ["Paris, Rome, Lisbon, Madrid", "Lisbon or Madrid", "Maybe it is Lisbon. Maybe it is Rome."]
)
def test_one_of_many_names_is_no_answer(answer):
    assert not told(answer, "Lisbon", "text")


def test_a_place_in_a_list_is_told_as_that_place():
    assert told("Oslo, Bergen, Trondheim, Stavanger", "Oslo", "text", "0.cities.0.name")
    assert not told("Bergen, Trondheim, Oslo, Stavanger", "Oslo", "text", "0.cities.0.name")


def test_a_name_with_its_region_is_one_name():
    assert told("Seattle, King County, Washington", "Seattle", "text", "0.city")
