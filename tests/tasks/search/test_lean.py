import json
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.records import Api
from tasks.search.finish import read_finish
from tasks.search.functions import DESCRIPTION_CHARS, DOCUMENTED, PUBLISHED, TOOLBENCH, SchemaStyle, offer
from tasks.search.lean import lean_offer, lean_opening, saved_characters
from tasks.search.prompts import opening
from tests.tasks.search.played import api, parameter

LONG = "Tells the forecast of a place for a number of days, by the hour."
STYLES = (DOCUMENTED, TOOLBENCH, PUBLISHED)


def forecast() -> Api:
    return api(
        "forecast",
        "weather",
        parameter("city", description="Name of the city"),
        parameter("days", "NUMBER", required=False, default="3", minimum=0.0, maximum=16.0, example="5"),
        parameter("unit", required=False, enum=("metric", "imperial"), default="metric"),
        parameter("hours", "ARRAY", required=False),
        parameter("radar", "BOOLEAN", required=False, default="false"),
        parameter("note", required=False, example="dry"),
        description=LONG,
    )


def properties(lean: dict[str, Any]) -> dict[str, Any]:
    return lean["parameters"]["properties"]


@pytest.mark.parametrize("style", STYLES)
def test_names_apis_order_and_what_writes_stay(style: SchemaStyle):
    full = offer([api("wind"), forecast(), api("rain")], style, writes=lambda each: each.name == "wind")
    lean = lean_offer(full)
    assert [each["name"] for each in lean.schemas] == [each["name"] for each in full.schemas]
    assert lean.schemas[-1]["name"] == "Finish"
    assert (lean.apis, lean.writing) == (full.apis, full.writing)
    for said in ("wind", "forecast_for_weather", "Finish", "snow"):
        assert lean.match(said) == full.match(said)
    assert lean.api("forecast_for_weather") == full.api("forecast_for_weather")


@pytest.mark.parametrize("style", STYLES)
def test_parameters_keep_their_order_types_members_limits_and_which_are_required(style: SchemaStyle):
    full = offer([forecast()], style)
    before, after = full.schemas[0], lean_offer(full).schemas[0]
    assert list(properties(before)) == list(properties(after))
    assert before["parameters"]["required"] == after["parameters"]["required"]
    for name, schema in properties(before).items():
        kept = properties(after)[name]
        for key in ("type", "enum", "default", "minimum", "maximum", "items"):
            assert kept.get(key) == schema.get(key)
            assert (key in kept) == (key in schema)
        assert kept.get("description", "") == schema["description"]


def test_limits_and_defaults_that_are_zero_or_false_are_said():
    lean = properties(lean_offer(offer([forecast()], DOCUMENTED)).schemas[0])
    assert (lean["days"]["minimum"], lean["radar"]["default"]) == (0.0, False)


def test_a_list_says_what_it_holds_even_where_that_is_anything():
    """Servers refuse a list without `items`."""
    lean = properties(lean_offer(offer([forecast()], DOCUMENTED)).schemas[0])
    assert lean["hours"] == {"type": "array", "items": {}}


def test_an_example_is_said_where_no_default_is():
    lean = properties(lean_offer(offer([forecast()], DOCUMENTED)).schemas[0])
    assert lean["note"] == {"type": "string", "example_value": "dry"}
    assert "example_value" not in lean["days"]


def test_a_tool_is_described_where_its_api_says_too_little():
    said = [
        api("a", "t", description=LONG, tool_description="About clouds"),
        api("b", "t", description="Tells b", tool_description="About\n clouds"),
        api("c", "t", description="", tool_description="About clouds"),
        api("d", "t", description="", tool_description=""),
    ]
    lean = lean_offer(offer(said))
    assert [each["description"] for each in lean.schemas[:-1]] == [
        LONG,
        "Tells b. About clouds",
        "c. About clouds",
        "d",
    ]


def test_no_description_grows_beyond_what_is_offered():
    said = [api("a", "t", description="y" * 30, tool_description="z" * 900), api("b", description="x" * 900)]
    lengths = [len(each["description"]) for each in lean_offer(offer(said)).schemas]
    assert max(lengths) <= DESCRIPTION_CHARS + 2


def test_finish_means_the_same():
    full, lean = (each.schemas[-1] for each in (offer([forecast()]), lean_offer(offer([forecast()]))))
    assert lean["parameters"]["required"] == full["parameters"]["required"] == ["return_type"]
    assert properties(lean)["return_type"] == properties(full)["return_type"]
    assert list(properties(lean)) == list(properties(full))
    answer, give_up = properties(lean)["return_type"]["enum"]
    assert read_finish(json.dumps({"return_type": answer, "final_answer": "dry"})).answer == "dry"
    assert read_finish(json.dumps({"return_type": give_up})).observation.code == 4


def test_the_opening_says_the_instruction_in_the_same_words_and_the_rules_in_fewer():
    lean, full = lean_opening("Will it rain?"), opening("Will it rain?", [forecast()])
    assert lean[1] == full[1]
    assert [message["role"] for message in lean] == ["system", "user"]
    assert len(lean[0]["content"]) < len(full[0]["content"]) / 2
    for word in ("Finish", "give_answer", "give_up_and_restart", "final_answer"):
        assert word in lean[0]["content"]


@pytest.mark.parametrize("style", STYLES)
def test_an_offer_gets_smaller(style: SchemaStyle):
    before, after = saved_characters(offer([forecast(), api("rain"), api("wind")], style))
    assert after < 0.8 * before


def test_the_full_offer_is_left_as_it_is():
    full = offer([forecast()], DOCUMENTED)
    before = json.dumps(full.schemas)
    lean_offer(full)
    assert json.dumps(full.schemas) == before
    assert lean_offer(full) == lean_offer(full)


@settings(deadline=None)
@given(st.text(max_size=400), st.text(max_size=400), st.text(max_size=20), st.sampled_from(STYLES))
def test_any_documentation_makes_an_offer_that_can_be_sent(
    said: str, tool: str, example: str, style: SchemaStyle
):
    documented = api(
        "a", "t", parameter("x", "LIST", default=example), description=said, tool_description=tool
    )
    lean = lean_offer(offer([documented], style))
    orjson.dumps(lean.schemas)
    assert lean.schemas[0]["description"]
