"""Values in a person's writing."""

import pytest

from infra.sandbox.tasks.natural import Manner, wants_quotes, written
from tests.infra.sandbox.tasks.builders import parameter_document

ISO = Manner("iso", False, False)
AMERICAN = Manner("month first", True, True)
BRITISH = Manner("day first", False, True)


@pytest.mark.parametrize(
    ("kind", "value", "manner", "text"),
    [
        ("DATE (YYYY-MM-DD)", "2026-07-14", ISO, "2026-07-14"),
        ("DATE (YYYY-MM-DD)", "2026-07-04", AMERICAN, "July 4, 2026"),
        ("DATE (YYYY-MM-DD)", "2026-07-14", BRITISH, "14 July 2026"),
        ("DATE (YYYY-MM-DD)", "2026-02-30", BRITISH, "30 February 2026"),
        ("TIME (24-hour HH:MM)", "14:30", AMERICAN, "2:30 pm"),
        ("TIME (24-hour HH:MM)", "00:05", AMERICAN, "12:05 am"),
        ("TIME (24-hour HH:MM)", "25:30", AMERICAN, "25:30"),
        ("TIME (24-hour HH:MM)", "14:30", BRITISH, "14:30"),
        ("NUMBER", 250000, AMERICAN, "250,000"),
        ("NUMBER", 250000.0, ISO, "250000"),
        ("NUMBER", 0.00001, ISO, "0.00001"),
        ("INTEGER", 2735943, AMERICAN, "2735943"),
        ("ENUM", "full_moon", ISO, "full moon"),
        ("ENUM", "XNYS", ISO, "XNYS"),
        ("BOOLEAN", True, ISO, "yes"),
        ("ARRAY", [4, 8.5, 15.0], ISO, "4, 8.5, 15"),
        ("STRING", "Europe/Lisbon", AMERICAN, "Europe/Lisbon"),
    ],
)
def test_values_are_written_as_people_do(kind, value, manner, text):
    assert written(parameter_document(kind=kind), value, manner) == text


def test_only_texts_that_run_into_the_sentence_want_quotes():
    string = parameter_document(kind="STRING")
    assert wants_quotes(string, "The staff were wonderful, but the soup was cold")
    assert wants_quotes(string, "Never!")
    assert not wants_quotes(string, "Porto")
