"""Tasks with known answers, annotated at a running hub one of whose tools writes."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tasks.annotation import stage
from tasks.errors import ConfigurationError, FingerprintMismatch
from tasks.records import Trajectory
from tasks.storage.stage import Silent
from tasks.storage.table import Table
from tests.tasks.catalog.sandbox import RunningHub, running_hub
from tests.tasks.environment.tasks_made import line, written
from tests.tasks.llm.chat_server import Answer, chat_server, completion

NOTEBOOK = '''
"""Notebook: short notes."""

from typing import Annotated

from infra.sandbox.hub.parameters import Text
from infra.sandbox.hub.state import State
from infra.sandbox.hub.tool import Answer, Tool

tool = Tool(
    name="Notebook", category="Tools", description="Short notes.", packages=(), data_vintage="None.",
    licence="Apache-2.0", initial_state={"notes": []},
)


@tool.post("/notes", "Add Note")
def add_note(state: State, text: Annotated[str, Text("What to write.", examples=("call Ann",))]) -> Answer:
    """Write a note."""
    note = {"id": len(state["notes"]) + 1, "text": text}
    state["notes"].append(note)
    return note
'''
GIVE_UP = {"return_type": "give_up_and_restart"}
KEPT = {"notebook": {"notes": [{"id": 1, "text": "buy bread"}]}}


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    folder = tmp_path_factory.mktemp("tools")
    (folder / "notebook.py").write_text(NOTEBOOK)
    with running_hub("--plants", "0", "--tools", str(folder)) as running:
        yield running


def said(name: str, arguments: dict[str, Any]) -> Answer:
    function = {"name": name, "arguments": json.dumps(arguments)}
    return completion(
        {"content": None, "tool_calls": [{"id": "c", "type": "function", "function": function}]}
    )


def notes_task(hub: RunningHub) -> dict[str, Any]:
    """The task to write a note, documented as the hub documents it."""
    key = {"X-Hub-Key": hub.key}
    page = httpx.get(f"{hub.location}/hub/tools/notebook", headers=key).json()
    tool = {name: page[name] for name in ("slug", "name", "category", "description")}
    tool["base_path"] = httpx.URL(page["base_url"]).path
    return line(
        instruction="Note that I must buy bread.",
        hub=hub.location,
        apis=[{"tool": tool, "api": page["apis"][0]}],
        relevant=["notebook/add-note"],
        calls=[{"api": "notebook/add-note", "arguments": {"text": "buy bread"}}],
        facts=[{"path": "state.notebook", "value": KEPT["notebook"], "kind": "state"}],
    )


def test_the_end_state_of_an_instruction_is_its_own_and_starts_fresh(
    hub: RunningHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tasks = written(tmp_path, notes_task(hub))
    finish = said("Finish", {"return_type": "give_answer", "final_answer": "Noted."})
    script = [said("add_note_for_notebook", {"text": "buy bread"}), finish]
    monkeypatch.setenv("FOUNDRY_HUB_KEY", hub.key)
    for version in ("v1", "v2"):
        with chat_server(*script) as model:
            monkeypatch.setenv("OPENAI_BASE_URL", model.url)
            parameters = stage.Parameters(
                instructions=str(tasks),
                trajectories=str(tmp_path / version),
                model="x",
                method="DFS_woFilter_w2",
                allow_writes="notebook",
            )
            report = stage.run(parameters, Silent())
        [row] = Table.open(report.address).records(Trajectory, "trajectories")
        assert (row.source_id, row.final_answer) == ("s1-000001", "Noted.")
        assert json.loads(row.end_state) == KEPT
        assert kept_in(hub, "s1-000001") == KEPT


def kept_in(hub: RunningHub, session: str) -> Any:
    key = {"X-Hub-Key": hub.key}
    return httpx.get(f"{hub.location}/hub/sessions/{session}", headers=key).json()["state"]


def test_what_writes_is_left_out_unless_allowed_and_the_instruction_is_searched_all_the_same(
    hub: RunningHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tasks = written(tmp_path, {**notes_task(hub), "id": "s1-000002"})
    monkeypatch.setenv("FOUNDRY_HUB_KEY", hub.key)
    script = [said("add_note_for_notebook", {"text": "buy bread"}), said("Finish", GIVE_UP)]
    with chat_server(*script) as model:
        monkeypatch.setenv("OPENAI_BASE_URL", model.url)
        given = {"instructions": str(tasks), "trajectories": str(tmp_path / "v1"), "model": "x"}
        parameters = stage.Parameters(**given, method="CoT@1")
        report = stage.run(parameters, Silent())
        with pytest.raises(FingerprintMismatch, match="allow_writes"):
            stage.plan(stage.Parameters(**given, method="CoT@1", allow_writes="all"))
        with pytest.raises(ConfigurationError, match="'calendar', which is no tool here"):
            stage.plan(stage.Parameters(**given, allow_writes="calendar"))
    [row] = Table.open(report.address).records(Trajectory, "trajectories")
    assert (row.api_ids, row.finish_type, kept_in(hub, "s1-000002")) == ((), "give_up", {})
    assert any("hub/notebook/add-note; --allow-writes TOOL" in note for note in report.notes)
    assert any(note.endswith("searched without it: 1") for note in report.notes)


def test_without_a_key_the_hub_is_not_called(hub: RunningHub, tmp_path: Path) -> None:
    tasks = written(tmp_path, notes_task(hub))
    parameters = stage.Parameters(instructions=str(tasks), trajectories=str(tmp_path / "v1"), model="x")
    with pytest.raises(ConfigurationError, match="FOUNDRY_HUB_KEY is not set"):
        stage.plan(parameters)


def test_a_tool_folder_does_not_go_with_a_tasks_file(tmp_path: Path) -> None:
    tasks = written(tmp_path, line())
    parameters = stage.Parameters(
        instructions=str(tasks), trajectories=str(tmp_path / "v1"), toolenv=str(tmp_path), model="x"
    )
    with pytest.raises(ConfigurationError, match="a tasks file documents its own APIs"):
        stage.plan(parameters)
