import pytest

from tasks.environment.hub_pages import read_page
from tasks.errors import RecordError

PAGE = {
    "slug": "sun-times",
    "name": "Sun Times",
    "category": "Weather, Sky",
    "description": "When the Sun rises.",
    "pricing": "FREE",
    "base_url": "http://hub.test/api/sun-times",
    "licence": "a key we do not know",
    "apis": [
        {
            "slug": "day-length",
            "name": "Day Length",
            "description": "Hours of light.",
            "method": "get",
            "path": "/sun/{id}",
            "parameters": [
                {
                    "name": "id",
                    "place": "path",
                    "type": "INTEGER",
                    "required": True,
                    "example": 7,
                    "minimum": 1,
                },
                {"name": "twilight", "type": "ENUM", "enum": ["civil", 6], "default": False},
            ],
            "example_response": {"hours": 9.4},
        }
    ],
}


def test_a_page_becomes_a_tool_and_its_apis():
    found = read_page(PAGE, "hub/sun-times", "http://hub.test")
    assert (found.tool.category, found.tool.standard_name, found.tool.api_count) == (
        "Weather_Sky",
        "sun_times",
        1,
    )
    (api,) = found.apis
    assert (api.api_id, api.method) == ("hub/sun-times/day-length", "GET")
    assert api.url == "http://hub.test/api/sun-times/sun/{id}"
    assert api.example_response == '{"hours":9.4}'
    first, second = api.parameters
    assert (first.name, first.original_name, first.place, first.example) == ("is_id", "id", "path", "7")
    assert (second.enum, second.default, second.required) == (("civil", "6"), "false", False)


def test_a_relative_base_starts_at_the_hub():
    found = read_page({**PAGE, "base_url": "/api/x/"}, "hub/x", "http://hub.test:9000")
    assert found.tool.base_url == "http://hub.test:9000/api/x"


def test_an_api_that_cannot_be_read_costs_only_itself():
    broken = {"name": "No path", "parameters": "many"}
    found = read_page({**PAGE, "apis": [*PAGE["apis"], broken, 7]}, "hub/x", "http://hub.test")
    assert [api.name for api in found.apis] == ["Day Length"]
    assert [api_id for api_id, _ in found.unreadable] == ["hub/x/unreadable-1", "hub/x/unreadable-2"]
    assert "path" in found.unreadable[0][1]
    assert found.tool.api_count == 3


def test_two_apis_of_one_slug_get_two_ids():
    twin = {**PAGE["apis"][0], "path": "/other"}
    found = read_page({**PAGE, "apis": [PAGE["apis"][0], twin]}, "hub/x", "http://hub.test")
    assert len({api.api_id for api in found.apis}) == 2


@pytest.mark.parametrize(
    "page", [None, [], {"name": "x"}, {**PAGE, "base_url": "file:///etc"}, {**PAGE, "apis": "none"}]
)
def test_a_page_that_documents_no_tool_is_a_reject(page: object):
    with pytest.raises(RecordError) as refusal:
        read_page(page, "hub/x", "http://hub.test")
    assert refusal.value.reason == "bad_page"


@pytest.mark.parametrize(
    ("fields", "writes"), [({}, None), ({"writes": False}, False), ({"writes": True}, True)]
)
def test_what_a_page_says_of_writing_is_kept(fields: dict, writes: bool | None):
    page = {**PAGE, "apis": [{**PAGE["apis"][0], **fields}]}
    assert read_page(page, "hub/sun-times", "http://hub.test").apis[0].writes is writes


def test_an_api_without_a_method_is_taken_to_write():
    bare = {name: value for name, value in PAGE["apis"][0].items() if name != "method"}
    (api,) = read_page({**PAGE, "apis": [bare]}, "hub/sun-times", "http://hub.test").apis
    assert (api.method, api.writes) == ("GET", True)
