import json

import httpx
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.search.arguments import ArgumentError, arguments_of, as_documented, documented, json_type
from tests.tasks.search.played import api, parameter


@pytest.mark.parametrize("text", ["", "  \n", "{}"])
def test_no_text_means_no_arguments(text: str):
    assert arguments_of(text) == {}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "no usable JSON"),
        ("[1]", "one JSON object"),
        ("null", "one JSON object"),
        ('{"a": NaN}', "no usable JSON"),
        ('{"a": 1e999}', "no usable JSON"),
        ('{"a": "\\ud800"}', "no usable JSON"),
        ('{"a": 123456789012345678901}', "64-bit"),
        ("[" * 100_000, "nested too deeply"),
        ('{"a":' * 600 + "1" + "}" * 600, "no usable JSON"),
    ],
)
def test_what_cannot_be_sent_on_is_refused_with_its_reason(text: str, reason: str):
    with pytest.raises(ArgumentError, match=reason):
        arguments_of(text)


@settings(deadline=None)
@given(st.one_of(st.text(), st.recursive(st.none() | st.floats() | st.text(), st.lists).map(json.dumps)))
def test_whatever_is_read_can_be_stored_and_sent(text: str):
    try:
        read = arguments_of(text)
    except ArgumentError:
        return
    orjson.dumps(read)
    httpx.Request("POST", "http://a.example", json=read)


def test_line_breaks_inside_strings_are_read():
    assert arguments_of('{"a": "x\ny"}') == {"a": "x\ny"}


@pytest.mark.parametrize(
    ("type_", "said", "meant"),
    [
        ("NUMBER", "5", 5),
        ("NUMBER", "49.34", 49.34),
        ("NUMBER", 5.0, 5),
        ("NUMBER", "many", "many"),
        ("NUMBER", "inf", "inf"),
        ("INTEGER", "-7", -7),
        ("INTEGER", 7.5, 7.5),
        ("BOOLEAN", "True", True),
        ("BOOLEAN", "maybe", "maybe"),
        ("STRING", 5, "5"),
        ("STRING", True, "true"),
        ("string", None, "null"),
        ("ENUM", "a", "a"),
        ("DATE (YYYY-MM-DD)", 2024, "2024"),
        ("ARRAY", "[1, 2]", [1, 2]),
        ("ARRAY", "[1e999]", "[1e999]"),
        ("OBJECT", '{"a": 1}', {"a": 1}),
        ("OBJECT", "[1]", "[1]"),
    ],
)
def test_values_are_brought_to_the_documented_type_where_they_read_as_one(type_: str, said, meant):
    found = as_documented(parameter("x", type_), said)
    assert found == meant
    assert type(found) is type(meant)


def test_documented_types_are_read_in_any_case():
    assert [json_type(each) for each in ("Number", "int", "list", "TIME (24-hour HH:MM)", "")] == [
        "number",
        "integer",
        "array",
        "string",
        "string",
    ]


def test_arguments_come_in_the_order_of_the_documentation():
    sky = api("sky", "weather", parameter("lat", "NUMBER"), parameter("day", required=False))
    assert list(documented(sky, {"day": 1, "lat": "1"}).items()) == [("lat", 1), ("day", "1")]


def test_null_leaves_an_optional_parameter_out():
    assert documented(api("sky", "weather", parameter("day", required=False)), {"day": None}) == {}


def test_unknown_and_missing_arguments_are_named():
    sky = api("sky", "weather", parameter("lat", "NUMBER"))
    with pytest.raises(ArgumentError, match="unknown argument 'lon'; known: lat"):
        documented(sky, {"lon": 1})
    with pytest.raises(ArgumentError, match="'lat' is missing"):
        documented(sky, {"lat": None})
