import pytest

from tasks.catalog.arguments import calls_of, values_of
from tasks.errors import RecordError
from tasks.records import Api, Parameter


def parameter(name: str, kind: str = "STRING", *, required: bool = True, **more) -> Parameter:
    return Parameter(name=name, original_name=name, place="query", type=kind, required=required, **more)


def api(*parameters: Parameter) -> Api:
    return Api(
        api_id="hub/t/a", tool_id="hub/t", source="hub", category="C", tool_name="T", tool_standard_name="t",
        tool_description="", name="A", standard_name="a", description="", method="GET", url="http://x.test/a",
        parameters=parameters,
    )  # fmt: skip


def test_the_first_call_is_the_documented_one():
    called = calls_of(
        api(parameter("iata", example="LIS"), parameter("unit", required=False, default="km")), 3
    )
    assert called[0] == {"iata": "LIS"}
    assert called[1] == {"iata": "LIS", "unit": "km"}


def test_calls_differ_where_the_documentation_lets_them():
    city = parameter(
        "city", description="Name of a city. Examples: Lisbon; Porto; São Tomé.", example="Lisbon"
    )
    assert [each["city"] for each in calls_of(api(city), 4)] == ["Lisbon", "Porto", "São Tomé", "Lisbon"]


def test_an_api_without_parameters_is_called_again_as_it_is():
    assert calls_of(api(), 3) == [{}, {}, {}]


@pytest.mark.parametrize(
    ("given", "values"),
    [
        (parameter("n", "NUMBER", example="38.72"), [38.72]),
        (parameter("n", "INTEGER", default="7", minimum=1, maximum=9), [7, 5, 3]),
        (parameter("n", "NUMBER", minimum=0.5, maximum=0.7), [0.6, 0.55]),
        (parameter("n", "NUMBER", example="many"), []),
        (parameter("b", "BOOLEAN", example="false"), [False, True]),
        (parameter("e", "ENUM", enum=("km", "mi")), ["km", "mi"]),
        (
            parameter("d", "DATE (YYYY-MM-DD)", example="2026-01-31"),
            ["2026-01-31", "2026-03-02", "2026-07-15", "2025-11-20"],
        ),
        (parameter("a", "ARRAY", example="[1, 2]"), [[1, 2]]),
        (parameter("s", "STRING", example="007"), ["007"]),
        (parameter("s", "STRING"), []),
        (parameter("s", "STRING", default=""), []),
    ],
)
def test_values_come_from_the_documentation_in_its_types(given: Parameter, values: list):
    assert values_of(given) == values


def test_a_required_parameter_that_nobody_documents_makes_no_call():
    with pytest.raises(RecordError, match="'secret'") as refusal:
        calls_of(api(parameter("secret"), parameter("x", required=False)), 3)
    assert refusal.value.reason == "no_example"


def test_an_optional_parameter_that_nobody_documents_is_left_out():
    assert calls_of(api(parameter("x", required=False)), 2) == [{}, {}]
