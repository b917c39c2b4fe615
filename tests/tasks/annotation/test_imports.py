import json
from pathlib import Path

import pytest

from tasks.annotation.imports import read_queries
from tasks.errors import ConfigurationError

SKY = {
    "category_name": "Weather",
    "tool_name": "Sky Watch",
    "api_name": "Get Sky",
    "api_description": "From the query file",
    "required_parameters": [{"name": "cityID", "type": "STRING", "description": "", "default": ""}],
    "optional_parameters": [],
    "method": "GET",
}
SEA = {**SKY, "tool_name": "Sea", "api_name": "Tide"}


def query(*apis: dict, **fields) -> dict:
    return {
        "query": "How is it?",
        "query_id": 5,
        "api_list": list(apis) or [SKY],
        "relevant APIs": [],
        **fields,
    }


def written(tmp_path: Path, *queries: object, name: str = "queries.json") -> Path:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(queries))
    return path


def toolenv(tmp_path: Path) -> Path:
    folder = tmp_path / "tools"
    (folder / "Weather").mkdir(parents=True)
    own = {"name": "Get  Sky", "url": "https://sky.example/now", "description": "From the folder"}
    document = {"tool_name": "Sky Watch", "tool_description": "Skies", "api_list": [own]}
    (folder / "Weather" / "sky_watch.json").write_text(json.dumps(document))
    return folder


def test_a_query_becomes_an_instruction_with_its_apis_in_order(tmp_path: Path):
    path = written(
        tmp_path, query(SEA, SKY, **{"relevant APIs": [["Sky Watch", "Get Sky"], ["Moon", "Phase"]]})
    )
    found = read_queries(path)
    (instruction,) = found.instructions
    assert (instruction.text, instruction.source_id, instruction.group) == ("How is it?", "5", "I2")
    assert instruction.api_ids == ("toolbench/weather.sea/tide", "toolbench/weather.sky_watch/get_sky")
    assert instruction.relevant_api_ids == ("toolbench/weather.sky_watch/get_sky",)
    assert {api.api_id for api in found.apis} == set(instruction.api_ids)
    assert len(instruction.instruction_id) == 16


def test_documents_come_from_the_tool_folder_first(tmp_path: Path):
    found = read_queries(written(tmp_path, query(SKY, SEA)), toolenv(tmp_path))
    sky, sea = found.apis
    assert (sky.description, sky.tool_description, sky.url) == (
        "From the folder",
        "Skies",
        "https://sky.example/now",
    )
    assert (sea.description, found.from_entries) == ("From the query file", (sea.api_id,))


def test_a_query_may_be_a_list_and_may_lack_its_id(tmp_path: Path):
    path = written(tmp_path, query(query=["First?", "Second?"]), {"query": "Third?", "api_list": [SKY]})
    assert [(each.text, each.source_id) for each in read_queries(path).instructions] == [
        ("First?", "5"),
        ("Third?", "1"),
    ]


def test_the_same_api_twice_is_offered_once(tmp_path: Path):
    assert len(read_queries(written(tmp_path, query(SKY, SKY))).instructions[0].api_ids) == 1


def test_equal_queries_under_two_ids_stay_two_instructions(tmp_path: Path):
    found = read_queries(written(tmp_path, query(), query(query_id=6)))
    assert len({each.instruction_id for each in found.instructions}) == 2


@pytest.mark.parametrize(
    ("fields", "name", "group"),
    [
        ({"query_id": "G3_instruction-4"}, "queries.json", "I3"),
        ({}, "G2_query.json", "I2"),
        ({}, "queries.json", "I1"),
        ({"query_id": 12}, "G12_query.json", "I1"),
    ],
)
def test_the_group_is_read_from_the_id_then_from_the_file_then_from_the_tools(tmp_path, fields, name, group):
    assert read_queries(written(tmp_path, query(**fields), name=name)).instructions[0].group == group


def test_tools_of_several_categories_make_i3(tmp_path: Path):
    path = written(tmp_path, query(SKY, {**SEA, "category_name": "Travel"}))
    assert read_queries(path).instructions[0].group == "I3"


def test_test_instructions_are_never_trained_on(tmp_path: Path):
    path = written(tmp_path, query(), name="test_instruction/G1_tool.json")
    assert read_queries(path).instructions[0].split == "test"
    assert read_queries(written(tmp_path, query())).instructions[0].split == "train"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "is no JSON"),
        ("[{", "is no JSON"),
        ('{"query": "?"}', "must hold a JSON list"),
        ("[3]", "entry 0 is no object"),
        ('[{"api_list": []}]', "has no query"),
        ('[{"query": []}]', "has no query"),
        ('[{"query": "?"}]', "has no api_list"),
        ('[{"query": "?", "api_list": [{"tool_name": "x"}]}]', "needs tool_name and api_name"),
        ('[{"query": "?", "api_list": [{"tool_name": "x", "api_name": "y"}]}]', "give --toolenv"),
    ],
)
def test_a_malformed_file_is_named_in_one_sentence(tmp_path: Path, content: str, reason: str):
    path = tmp_path / "queries.json"
    path.write_text(content)
    with pytest.raises(ConfigurationError, match=reason) as caught:
        read_queries(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_absent_places_are_named(tmp_path: Path):
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_queries(tmp_path / "absent.json")
    with pytest.raises(ConfigurationError, match="no tool folder"):
        read_queries(written(tmp_path, query()), tmp_path / "absent")


def test_a_folder_without_any_of_the_tools_is_the_wrong_folder(tmp_path: Path):
    with pytest.raises(ConfigurationError, match="holds none of the tools"):
        read_queries(written(tmp_path, query(SEA)), toolenv(tmp_path))


def test_an_id_that_occurs_twice_would_overwrite_an_answer_file(tmp_path: Path):
    with pytest.raises(ConfigurationError, match="query_id 5 occurs twice"):
        read_queries(written(tmp_path, query(), query(query="Else?")))


def test_a_category_cannot_lead_out_of_the_folder(tmp_path: Path):
    outside = tmp_path / "sea.json"
    outside.write_text(
        json.dumps({"tool_name": "Sea", "api_list": [{"name": "Tide", "description": "outside"}]})
    )
    path = written(tmp_path, query(SKY, {**SEA, "category_name": ".."}))
    assert {api.description for api in read_queries(path, toolenv(tmp_path)).apis} == {
        "From the folder",
        "From the query file",
    }


@pytest.mark.parametrize("name", ["G1_query.json", "G2_query.json", "G3_query.json"])
def test_published_query_files_are_read(shared: Path, name: str):
    found = read_queries(shared / "data/toolbench/instruction" / name)
    assert {each.group for each in found.instructions} == {f"I{name[1]}"}
    assert all(each.relevant_api_ids for each in found.instructions)


def test_a_published_query_without_documents_takes_them_from_the_folder(shared: Path):
    toolbench = shared / "data/toolbench"
    path = toolbench / "instruction/inference_query_demo.json"
    assert len(read_queries(path, toolbench / "history_toolenv/tools").apis) == 3
    with pytest.raises(ConfigurationError, match="'Love Quote' of tool 'Olato Quotes'"):
        read_queries(path)
