"""Departures from ToolBench that a run can switch off, as a server sees them."""

import json
from pathlib import Path
from typing import Any

import pytest

from tasks.annotation import stage
from tasks.storage.stage import Silent
from tests.tasks.llm.chat_server import chat_server, completion

OFFERED = {
    **{"category_name": "Weather", "tool_name": "Almanac", "api_name": "Sunrise", "method": "GET"},
    "required_parameters": [],
    "optional_parameters": [{"name": "latitude", "type": "NUMBER", "description": "", "default": "59.3"}],
}


def test_what_had_to_be_mended_stands_in_the_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    text = "Action: `Finish`\nAction Input: {'return_type': 'give_up_and_restart'}"
    with chat_server(completion({"content": text})) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        report = stage.run(parameters(tmp_path, server.url, form="text"), Silent())
    assert report.notes == ["replies were mended before they were followed: dressed_name 1, python_input 1"]


def parameters(folder: Path, url: str, **switches: Any) -> stage.Parameters:
    """Of a run over one query."""
    queries = folder / "queries.json"
    entry = {"query": "Sunrise?", "query_id": 1, "api_list": [OFFERED], "relevant APIs": []}
    queries.write_text(json.dumps([entry]))
    return stage.Parameters(
        instructions=str(queries),
        trajectories=str(folder / "trajectories"),
        model="m",
        environment="proxy",
        api_proxy=f"{url}/rapidapi",
        **switches,
    )


def asked_with(folder: Path, monkeypatch: pytest.MonkeyPatch, **switches: Any) -> dict[str, Any]:
    """Body of the only request of a run."""
    finish = {"name": "Finish", "arguments": '{"return_type": "give_up_and_restart"}'}
    call = {"id": "c", "type": "function", "function": finish}
    with chat_server(completion({"content": None, "tool_calls": [call]})) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        stage.run(parameters(folder, server.url, **switches), Silent())
    (body,) = server.bodies
    return body


def test_schemas_can_be_had_to_the_letter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "a").mkdir()
    repaired = asked_with(tmp_path / "a", monkeypatch)["tools"][0]["function"]
    (tmp_path / "b").mkdir()
    published = asked_with(tmp_path / "b", monkeypatch, schemas="published")["tools"][0]["function"]
    assert repaired["parameters"]["properties"]["latitude"]["type"] == "number"
    assert published["parameters"]["properties"] == {}
    assert repaired["name"] == published["name"]


@pytest.mark.parametrize("form", ["tools", "functions", "text"])
def test_a_run_speaks_the_form_it_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str):
    body = asked_with(tmp_path, monkeypatch, form=form)
    assert ("tools" in body, "functions" in body) == (form == "tools", form == "functions")
    assert ("Action Input:" in body["messages"][0]["content"]) == (form == "text")
