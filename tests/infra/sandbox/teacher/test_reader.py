from typing import Any

import pytest

from infra.sandbox.teacher.documents import build_function, build_parameter
from infra.sandbox.teacher.reader import read_values


def read(text: str, **parameters: dict[str, Any]) -> dict[str, Any]:
    """Values that the reader finds for parameters, given as JSON schemas; `optional` are not required."""
    built = tuple(
        build_parameter(name, schema, not schema.get("optional")) for name, schema in parameters.items()
    )
    return read_values(build_function("f", "", built), text, 0, len(text)).arguments


NUMBER: dict[str, Any] = {"type": "number"}
INTEGER: dict[str, Any] = {"type": "integer"}
TEXT: dict[str, Any] = {"type": "string"}
DAY: dict[str, Any] = {"type": "string", "example": "2026-01-02"}
COUNTRY: dict[str, Any] = {"type": "string", "description": "Two-letter country code.", "example": "PT"}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("the code is 007", "007"),
        ('the code is "2.0"', "2.0"),
        ("call the code +351 21 123 4567", "+351 21 123 4567"),
        ('with code "DE89 3704 0044 0532 0130 00"', "DE89 3704 0044 0532 0130 00"),
        ("with the code 91-1144442", "91-1144442"),
        ('take "N" as the code', "N"),
        (r'the code "a \"quoted\" word, and more. Really?"', 'a "quoted" word, and more. Really?'),
        ("the code is '8FVC9G8F+6X'", "8FVC9G8F+6X"),
        ("for the code 8FVC9G8F+6X", "8FVC9G8F+6X"),
    ],
)
def test_strings_are_kept_to_the_letter(text: str, value: str) -> None:
    assert read(text, code=TEXT) == {"code": value}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("an amount of 1,234.5", 1234.5),
        ("an amount of -9.13", -9.13),
        ("the amount is 250000", 250000),
        ("the amount 2e3", 2000.0),
        ("an amount of twenty-five", 25),
        ("an amount of three hundred", 300),
    ],
)
def test_numbers_are_read_in_the_ways_people_write_them(text: str, value: float) -> None:
    assert read(text, amount=NUMBER) == {"amount": value}


@pytest.mark.parametrize(
    "text",
    [
        "on 2026-07-14",
        "on 14 July 2026",
        "on July 14th, 2026",
        "on the 14th of July 2026".replace("the ", ""),
    ],
)
def test_dates_come_out_in_iso_form(text: str) -> None:
    assert read(text, date=DAY) == {"date": "2026-07-14"}


def test_a_date_and_a_time_of_day_join() -> None:
    schema = {"type": "string", "example": "2026-01-02T10:00:00"}
    assert read("at 15:30 on 3 March 2026", moment=schema) == {"moment": "2026-03-03T15:30:00"}


def test_the_longer_label_wins() -> None:
    text = "with start date 2026-07-01 and date 2026-08-01"
    assert read(text, date=DAY, start_date=DAY) == {"date": "2026-08-01", "start_date": "2026-07-01"}


def test_a_label_may_follow_its_value() -> None:
    text = "use 2026-08-01 as the end and 2026-07-01 as the start"
    assert read(text, start=DAY, end=DAY) == {"start": "2026-07-01", "end": "2026-08-01"}


def test_from_and_to_tell_two_alike_apart_in_either_order() -> None:
    money = {"type": "string", "description": "Three-letter currency code.", "example": "EUR"}
    wanted = {"from_currency": "USD", "to_currency": "JPY"}
    assert read("from USD to JPY", from_currency=money, to_currency=money) == wanted
    assert read("to JPY from USD", from_currency=money, to_currency=money) == wanted


def test_values_without_labels_go_by_their_order() -> None:
    point = {"latitude": NUMBER, "longitude": NUMBER}
    assert read("near (48.2, -7.6)", **point) == {"latitude": 48.2, "longitude": -7.6}


def test_a_pair_of_points_goes_by_from_and_to() -> None:
    names = ("from_latitude", "from_longitude", "to_latitude", "to_longitude")
    found = read("from 38.77, -9.13 to 40.64, -73.78", **dict.fromkeys(names, NUMBER))
    assert found == dict(zip(names, (38.77, -9.13, 40.64, -73.78), strict=True))


def test_a_country_is_brought_to_the_code_the_documentation_asks_for() -> None:
    assert read("in South Korea", country=COUNTRY) == {"country": "KR"}


def test_a_name_is_not_taken_for_a_code() -> None:
    assert read("in Ruritania", country=COUNTRY) == {}


def test_a_value_outside_the_documented_range_is_not_taken() -> None:
    assert read("the hour is 31", hour={"type": "integer", "minimum": 0, "maximum": 23}) == {}


def test_members_of_an_enumeration_are_found_in_plain_words() -> None:
    phase = {"type": "string", "enum": ["new_moon", "full_moon"]}
    assert read("when is the next full moon", phase=phase) == {"phase": "full_moon"}


@pytest.mark.parametrize(
    ("text", "value"), [("with express yes", True), ("express: no", False), ("without express", False)]
)
def test_booleans_are_read_by_label(text: str, value: bool) -> None:
    assert read(text, express={"type": "boolean", "optional": True}) == {"express": value}


def test_a_list_is_read_as_json() -> None:
    assert read("the cashflows are [-1000, 300.5, 420]", cashflows={"type": "array"}) == {
        "cashflows": [-1000, 300.5, 420]
    }


def test_a_stray_number_fills_no_optional_parameter() -> None:
    limit = {**INTEGER, "optional": True}
    assert read("near Porto, room 12", name=TEXT, limit=limit) == {"name": "Porto"}
