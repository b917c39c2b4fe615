import pytest

from tasks.errors import ConfigurationError
from tasks.search.functions import DOCUMENTED, PUBLISHED, TOOLBENCH, offer
from tests.tasks.search.played import api, parameter

SKY = api(
    "sky",
    "weather",
    parameter("lat", "NUMBER", description="d" * 300, default="49.34"),
    parameter("night", "BOOLEAN", required=False),
    parameter("kind", "ENUM", required=False, enum=("a", "b"), example="a"),
)


def test_a_schema_has_toolbenchs_shape():
    schema = offer([SKY], PUBLISHED).schemas[0]
    assert schema["name"] == "sky_for_weather"
    assert schema["description"] == (
        'This is the subfunction for tool "weather", you can use this tool. '
        'The description of this function is: "Tells the sky_for_weather"'
    )
    properties = schema["parameters"]["properties"]
    assert properties["lat"] == {"type": "integer", "description": "d" * 256, "example_value": "49.34"}
    assert [properties[name]["type"] for name in properties] == ["integer", "boolean", "string"]
    assert schema["parameters"]["required"] == ["lat"]
    assert schema["parameters"]["optional"] == ["night", "kind"]


def test_functions_stand_in_order_and_finish_last():
    offered = offer([api("wind"), api("rain")])
    assert [schema["name"] for schema in offered.schemas] == [
        "wind_for_weather",
        "rain_for_weather",
        "Finish",
    ]
    finish = offered.schemas[-1]["parameters"]
    assert finish["properties"]["return_type"]["enum"] == ["give_answer", "give_up_and_restart"]
    assert finish["required"] == ["return_type"]


def test_optional_parameters_survive_alone_unless_published():
    alone = api("sky", "weather", parameter("day", required=False))
    assert list(offer([alone], TOOLBENCH).schemas[0]["parameters"]["properties"]) == ["day"]
    assert offer([alone], PUBLISHED).schemas[0]["parameters"]["properties"] == {}


def test_a_number_may_have_a_fraction_unless_published():
    kinds = [
        offer([SKY], style).schemas[0]["parameters"]["properties"]["lat"]["type"]
        for style in (TOOLBENCH, PUBLISHED)
    ]
    assert kinds == ["number", "integer"]


def test_a_documented_catalogue_passes_its_limits_on():
    count = api(
        "count", "weather", parameter("n", "INTEGER", minimum=1.0, maximum=9.0, default="3"), source="hub"
    )
    found = offer([count, api("x", "weather", SKY.parameters[2], source="hub")])
    assert found.schemas[0]["parameters"]["properties"]["n"] == {
        "type": "integer",
        "description": "",
        "example_value": "3",
        "minimum": 1,
        "maximum": 9,
        "default": 3,
    }
    kind = found.schemas[1]["parameters"]["properties"]["kind"]
    assert (kind["enum"], kind["example_value"]) == (["a", "b"], "a")


def test_toolbenchs_catalogue_gets_one_plain_type_a_parameter():
    kind = offer([SKY]).schemas[0]["parameters"]["properties"]["kind"]
    assert set(kind) == {"type", "description", "example_value"}


def test_equal_names_are_told_apart_and_each_calls_its_own_api():
    twins = [api("sky", slug="one"), api("sky", slug="two")]
    offered = offer(twins)
    assert [schema["name"] for schema in offered.schemas[:2]] == ["sky_for_weather", "sky_for_weather_2"]
    assert [offered.api(name).api_id for name in ("sky_for_weather", "sky_for_weather_2")] == [
        twin.api_id for twin in twins
    ]


def test_to_the_letter_equal_names_are_offered_twice_and_call_the_first():
    twins = [api("sky", slug="one"), api("sky", slug="two")]
    offered = offer(twins, PUBLISHED)
    assert [schema["name"] for schema in offered.schemas[:2]] == ["sky_for_weather"] * 2
    assert offered.match("sky_for_weather") == "sky_for_weather"
    assert offered.api("sky_for_weather").api_id == twins[0].api_id


def test_finish_is_no_api():
    with pytest.raises(KeyError):
        offer([SKY]).api("Finish")


def test_names_are_matched_exactly_first_then_by_their_end():
    offered = offer([api("clear_sky"), api("sky")])
    assert offered.match("sky_for_weather") == "sky_for_weather"
    assert offered.match("for_weather") == "clear_sky_for_weather"
    assert offered.match("Finish") == "Finish"
    assert offered.match("inish") is None
    assert offered.match("") is None


def test_the_same_api_twice_is_a_mistake_of_the_instruction():
    with pytest.raises(ConfigurationError, match="same API twice"):
        offer([SKY, SKY])


def test_arrays_say_what_they_hold():
    listed = api("sky", "weather", parameter("days", "ARRAY"))
    assert offer([listed], DOCUMENTED).schemas[0]["parameters"]["properties"]["days"]["items"] == {}
