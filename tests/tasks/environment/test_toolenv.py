import gzip
import json
from collections import Counter
from pathlib import Path

import pytest

from tasks.environment.toolenv import ToolDocuments, read_tool, read_toolenv
from tasks.errors import ConfigurationError


def document(name: str = "Sky Watch", *apis: dict, **fields) -> dict:
    return {"tool_name": name, "tool_description": "Skies", "api_list": list(apis) or [entry()], **fields}


def entry(name: str = "Get Sky", **fields) -> dict:
    return {
        "name": name,
        "url": "https://sky.example/v1/{cityID}",
        "description": "Now",
        "method": "GET",
        "required_parameters": [{"name": "cityID", "type": "NUMBER", "description": "", "default": "7"}],
        "optional_parameters": [{"name": "id", "type": "STRING", "description": "", "default": ""}],
        **fields,
    }


def folder(tmp_path: Path, **files: dict | str) -> Path:
    for name, content in files.items():
        path = tmp_path / name.replace("__", "/")
        path = path.with_name(path.name + ".json")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content))
    return tmp_path


def read_one(tmp_path: Path, **fields):
    return read_toolenv(folder(tmp_path, Weather__sky_watch=document("Sky Watch", entry(**fields))))


def test_a_document_becomes_a_tool_and_its_apis(tmp_path: Path):
    found = read_toolenv(folder(tmp_path, Weather__sky_watch=document(pricing="FREE", host="sky.example")))
    (tool,), (api,) = found.tools, found.apis
    assert (tool.tool_id, tool.name, tool.standard_name) == (
        "toolbench/weather.sky_watch",
        "Sky Watch",
        "sky_watch",
    )
    assert (tool.category, tool.pricing, tool.base_url, tool.api_count) == (
        "Weather",
        "FREE",
        "https://sky.example",
        1,
    )
    assert (api.api_id, api.name, api.standard_name) == (
        "toolbench/weather.sky_watch/get_sky",
        "Get Sky",
        "get_sky",
    )
    assert (api.category, api.tool_standard_name, api.source) == ("Weather", "sky_watch", "toolbench")
    city, other = api.parameters
    assert (city.name, city.original_name, city.place, city.type, city.required, city.default) == (
        "cityid",
        "cityID",
        "path",
        "NUMBER",
        True,
        "7",
    )
    assert (other.name, other.original_name, other.place, other.required, other.default) == (
        "is_id",
        "id",
        "query",
        False,
        None,
    )


def test_arguments_of_a_writing_api_go_into_its_body(tmp_path: Path):
    (api,) = read_one(tmp_path, method="post").apis
    assert api.method == "POST"
    assert [parameter.place for parameter in api.parameters] == ["path", "body"]


@pytest.mark.parametrize(("method", "writes"), [("GET", None), ("POST", None), ("", True)])
def test_a_missing_method_is_called_by_get_and_not_trusted(tmp_path: Path, method: str, writes: bool | None):
    (api,) = read_one(tmp_path, method=method).apis
    assert (api.method, api.writes) == (method or "GET", writes)


def test_names_that_are_standard_already_are_led_back_to_what_the_api_knows(tmp_path: Path):
    parameters = [{"name": "is_id", "type": "NUMBER", "description": ""}]
    (api,) = read_one(
        tmp_path,
        function_name="get_sky",
        url="https://sky.example/{is_id}",
        required_parameters=parameters,
        optional_parameters=[],
    ).apis
    assert (api.parameters[0].name, api.parameters[0].original_name) == ("is_id", "id")
    assert api.url == "https://sky.example/{id}"


def test_defaults_of_any_type_become_text(tmp_path: Path):
    defaults = [1, True, 2.5, ["a"], None, "", {}]
    parameters = [{"name": f"p{i}", "type": "STRING", "default": value} for i, value in enumerate(defaults)]
    (api,) = read_one(tmp_path, required_parameters=parameters, optional_parameters=None).apis
    assert [parameter.default for parameter in api.parameters] == [
        "1",
        "true",
        "2.5",
        '["a"]',
        None,
        None,
        None,
    ]


def test_parameters_of_one_standard_name_are_told_apart(tmp_path: Path):
    twice = [{"name": "ID"}, {"name": "id"}]
    (api,) = read_one(tmp_path, required_parameters=twice[:1], optional_parameters=twice[1:]).apis
    assert [(p.name, p.original_name) for p in api.parameters] == [("is_id", "ID"), ("is_id_2", "id")]


def test_apis_of_one_standard_name_have_ids_of_their_own(tmp_path: Path):
    twins = document("Sky Watch", entry("Sky?"), entry("Sky!"), entry("///"))
    found = read_toolenv(folder(tmp_path, Weather__sky_watch=twins))
    assert [api.api_id.rsplit("/", 1)[1] for api in found.apis] == ["sky", "sky_2", "unnamed"]


def test_tools_of_one_name_in_two_categories_do_not_collide(tmp_path: Path):
    found = read_toolenv(folder(tmp_path, Media__demo=document("Demo"), Sports__demo=document("Demo")))
    assert {tool.tool_id for tool in found.tools} == {"toolbench/media.demo", "toolbench/sports.demo"}
    assert len({api.api_id for api in found.apis}) == 2


def test_an_example_answer_is_kept_unless_it_is_huge(tmp_path: Path):
    assert read_one(tmp_path, test_endpoint={"a": 1}).apis[0].example_response == '{"a":1}'
    assert read_one(tmp_path, test_endpoint={"a": "x" * 30_000}).apis[0].example_response is None


def test_bad_documents_are_rejects_with_their_reasons_and_good_ones_are_read(tmp_path: Path):
    location = folder(
        tmp_path,
        A__good=document("Good"),
        A__again=document("good"),
        A__empty="",
        A__broken='{"tool_name": ',
        A__listed="[1, 2]",
        A__nameless=document(""),
        A__bare=document("Bare", {"url": "x"}),
        A__half=document("Half", entry(), {"name": None}, "no entry"),  # type: ignore[arg-type]
        A__deep='{"a":' * 100_000,
    )
    found = read_toolenv(location)
    assert {tool.name for tool in found.tools} == {"good", "Half"}
    assert Counter(reject.reason for reject in found.rejects) == {
        "duplicate_tool": 1,
        "empty_file": 1,
        "unreadable": 2,
        "no_tool_document": 1,
        "no_name": 1,
        "no_api_name": 3,
        "no_apis": 1,
    }
    assert all(reject.subject_id and len(reject.evidence) <= 500 for reject in found.rejects)


def test_half_a_character_does_not_lose_a_document(tmp_path: Path):
    found = read_toolenv(
        folder(tmp_path, A__half='{"tool_name": "Half \\ud83d", "api_list": [{"name": "a"}]}')
    )
    assert found.tools[0].name == "Half ?"
    found.tools[0].name.encode()


def test_lines_are_read_zipped_or_not(tmp_path: Path):
    lines = "\n".join(json.dumps(document(f"T{n}", category="Weather")) for n in range(3)) + "\n\n{"
    plain, zipped = tmp_path / "tools.jsonl", tmp_path / "tools.jsonl.gz"
    plain.write_text(lines)
    zipped.write_bytes(gzip.compress(lines.encode()))
    for path in (plain, zipped):
        found = read_toolenv(path)
        assert len(found.tools) == 3
        assert [reject.subject_id for reject in found.rejects] == [f"{path.name}:5"]


def test_a_single_file_may_hold_a_tool_or_a_list_of_tools(tmp_path: Path):
    (tmp_path / "one.json").write_text(json.dumps(document("One")))
    (tmp_path / "two.json").write_text(json.dumps([document("One"), document("Two")]))
    assert len(read_toolenv(tmp_path / "one.json").tools) == 1
    assert len(read_toolenv(tmp_path / "two.json").tools) == 2


def test_a_place_without_tools_is_a_mistake_said_in_a_sentence(tmp_path: Path):
    with pytest.raises(ConfigurationError, match="there is no tool folder or file"):
        read_toolenv(tmp_path / "absent")
    with pytest.raises(ConfigurationError, match="holds no tool document"):
        read_toolenv(tmp_path)
    (tmp_path / "cut.jsonl.gz").write_bytes(gzip.compress(b"x" * 10_000)[:-10])
    with pytest.raises(ConfigurationError, match="cannot be read to its end"):
        read_toolenv(tmp_path / "cut.jsonl.gz")


@pytest.mark.parametrize(
    "text", [b"null", b"3", b'{"api_list": {}}', b'{"api_list": null, "tool_name": "x"}']
)
def test_any_json_is_survived(text: bytes):
    found = ToolDocuments()
    read_tool(text, "A", "x.json", found, set())
    assert [reject.reason for reject in found.rejects] == ["no_tool_document"]


def test_the_real_catalogue_is_read_whole(shared: Path):
    found = read_toolenv(shared / "data/catalog/rapidapi_all_tools.jsonl.gz")
    assert len(found.tools) + len(found.rejects) == 10_056
    assert {reject.reason for reject in found.rejects} == {"duplicate_tool"}
    assert sum(tool.api_count for tool in found.tools) == len(found.apis)
    assert len({api.api_id for api in found.apis}) == len(found.apis)
    assert len({tool.category for tool in found.tools}) == 49


def test_a_published_tool_document_is_read(shared: Path):
    found = read_toolenv(shared / "data/toolbench/history_toolenv/tools")
    assert [api.standard_name for api in found.apis] == ["love_quote", "success_quote", "motivation_quote"]
    assert found.rejects == []
