import pytest

from tasks.search.writing import said_to_write, writes
from tests.tasks.search.played import api


@pytest.mark.parametrize(
    ("method", "said", "expected"),
    [
        ("GET", None, False),
        ("head", None, False),
        ("POST", None, True),
        ("DELETE", None, True),
        ("", None, True),
        ("POST", False, False),
        ("GET", True, True),
    ],
)
def test_the_method_decides_where_the_source_is_silent(method: str, said: bool | None, expected: bool):
    assert writes(api(method=method, writes=said)) is expected


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"name": "today"}, None),
        ({"writes": False}, False),
        ({"annotations": {"readOnlyHint": True}}, False),
        ({"annotations": {"readOnlyHint": False, "idempotentHint": True}}, True),
        ({"annotations": None, "x-read-only": True}, False),
        ({"x-openai-isConsequential": True}, True),
        ({"writes": "no"}, None),
        ({"writes": False, "readOnlyHint": False}, True),
    ],
)
def test_what_a_source_says_is_found_under_the_names_in_use(document: dict, expected: bool | None):
    assert said_to_write(document) is expected
