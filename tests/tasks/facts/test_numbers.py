import pytest

from tasks.facts import judge
from tasks.facts.characters import plain
from tasks.facts.numbers import quantities
from tasks.facts.reading import Reading
from tests.tasks.facts.written import fact


def told(answer, value, asked="How much is it?", **of_the_fact):
    return judge(answer, [fact(value, **{"tolerance": 0.005, **of_the_fact})], asked).correct


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("1,234.5", 1234.5),
        ("1.234,5", 1234.5),
        ("1 234,5", 1234.5),
        ("1'234.5", 1234.5),
        ("12,34,567", 1234567),
        ("1.2345e3", 1234.5),
        ("1.5 × 10⁻³", 0.0015),
        ("−7", -7),
        ("minus seven", -7),
        ("two hundred and fifty-three", 253),
        ("nineteen eighty-four", 1984),
        ("one point two five", 1.25),
        ("three and a half", 3.5),
        ("5½", 5.5),
        ("31/32", 0.96875),
        ("84.6 thousand", 84600),
        ("1.2 million", 1200000),
        ("(48.35883,-120.34367)", 48.35883),
    ],
)
def test_a_number_is_read_however_it_is_written(said, value):
    assert quantities(plain(said), [])[0].value == pytest.approx(value)


@pytest.mark.parametrize("said", ["A5", "10.0.0.1", "GB-EMI-03", "x₁", "HLXU2008410", "2.0.1"])
def test_digits_of_codes_are_no_numbers(said):
    assert Reading(said).quantities == []


def test_points_that_are_counted_are_no_numbers():
    assert [each.value for each in quantities("1. foo 42\n2. bar 17", [])] == [42, 17]
    assert [each.value for each in quantities("42. That is it.", [])] == [42]


def test_digits_inside_a_longer_number_do_not_count():
    assert not told("It is 14210.", 42)
    assert not told("It is 421.", 42)


def test_a_unit_may_be_another_one_of_its_kind_and_no_other():
    assert told("1,080 miles", 1738.8, unit="km")
    assert told("1738800 m", 1738.8, path="2.distance_km")
    assert told("41.5 °F", 5.25, unit="celsius")
    assert told("6 h 52 min", 412, unit="minutes", tolerance=0.0)
    assert told("6:52 hours", 412, unit="minutes", tolerance=0.0)
    assert not told("1739 miles", 1738.8, unit="km")
    assert not told("1738.8 kg", 1738.8, unit="km")
    assert not told("5.25 °F", 5.25, unit="celsius")


def test_a_key_that_says_more_than_the_declared_unit_wins():
    assert told("2925.4 nautical miles", 2925.4, path="0.nautical_miles", unit="mi")
    assert told("74.09 g/mol", 74.0927, path="0.g_per_mol", unit="mol")
    assert told("3.933 minutes per km", 3.933, path="2.minutes_per_km", unit="km")


def test_a_converted_value_of_the_question_is_no_answer():
    assert told("1219.2 m", 1219.2, asked="Turn 4000 feet into metres.")
    assert told("1.219 km", 1219.2, asked="Turn 4000 feet into metres.")
    assert not told("4000 feet", 1219.2, asked="Turn 4000 feet into metres.")


def test_currencies_are_compared_and_not_converted():
    assert told("€1,342.05", 1342.05, unit="EUR")
    assert told("1342.05 kroner", 1342.05, unit="NOK")
    assert not told("$1,342.05", 1342.05, unit="EUR")


def test_a_share_is_a_percentage():
    assert told("0.96875", 96.875, unit="percent")
    assert told("31/32", 96.875, unit="percent")
    assert told("98.93 %", 0.9893, path="0.abundance")
    assert not told("96.875", 0.9893, path="0.abundance")


def test_rounding_shows_enough_digits():
    assert told("6.06", 6.062)
    assert told("6.1", 6.062)
    assert told("about 5,400", 5418.9)
    assert told("1342", 1342.05, tolerance=0.0005)
    assert not told("6", 6.062)
    assert not told("1300", 1342.05)
    assert not told("1,350", 1342.05, tolerance=0.0005)


def test_what_is_counted_is_exact():
    assert told("17", 17, tolerance=0.0)
    assert not told("16.9", 17, tolerance=0.0)
    assert not told("about 310", 309, tolerance=0.0)
    assert told("about 250,000", 249633, tolerance=0.0)
    assert not told("250,001", 249633, tolerance=0.0)


def test_the_sign_may_be_a_word_and_must_be_there():
    assert told("It fell by 7.46 %.", -7.46, unit="percent")
    assert told("nine hours behind", -9.0, unit="hours")
    assert told("120.3437° W", -120.34367, path="0.longitude")
    assert not told("It rose by 7.46 %.", -7.46, unit="percent")
    assert not told("7.46", -7.46, unit="percent")
    assert not told("48.36° S", 48.35883, path="0.latitude")
    assert not told("13 below zero", 13.0, unit="celsius")


def test_an_order_of_magnitude_is_no_separator():
    assert not told("5.419 km", 5418.9, unit="km")
    assert told("5.418,9 km", 5418.9, unit="km")
    assert told("580.000", 580000, tolerance=0.0)
