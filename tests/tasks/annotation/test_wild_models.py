"""Whatever a model's server sends, an instruction ends inside its method's limits, as a row."""

import json
from pathlib import Path
from typing import Any

import pytest

from tasks.annotation import stage
from tasks.records import Call, Reject, Trajectory
from tasks.search.methods import method
from tasks.storage.stage import Silent
from tasks.storage.table import Table
from tests.tasks.annotation.test_switches import parameters
from tests.tasks.llm.chat_server import USAGE, Answer, chat_server, completion, continuation, failure

NAME = "sunrise_for_almanac"


def calls(*functions: tuple[str, str]) -> dict[str, Any]:
    return {
        "content": None,
        "tool_calls": [
            {"id": f"c{n}", "type": "function", "function": {"name": name, "arguments": arguments}}
            for n, (name, arguments) in enumerate(functions)
        ],
    }


WILD = {
    "no choice": Answer({"object": "chat.completion", "choices": [], "usage": USAGE}),
    "no message": Answer({"choices": [{"index": 0, "finish_reason": "stop"}], "usage": USAGE}),
    "empty content": completion({"content": ""}),
    "several calls": completion(calls(*[(NAME, "{}")] * 5)),
    "invalid JSON": completion(calls((NAME, '{"latitude": '))),
    "unknown names": completion(calls(("moonrise", "{}"))),
    "a megabyte": completion({**calls(("x" * 1_000_000, "y" * 1_000_000)), "content": "z" * 1_000_000}),
    "endless give-ups": completion(calls(("Finish", '{"return_type": "give_up_and_restart"}'))),
    "brackets without end": Answer(b'{"choices": ' + b"[" * 100_000),
    "arguments of ten thousand levels": Answer(
        json.dumps({"choices": [{"message": calls((NAME, "DEEP"))}]})
        .replace('"DEEP"', '{"latitude": ' * 10_000 + "1" + "}" * 10_000)
        .encode()
    ),
    "a context overflow": failure(400, "maximum context length exceeded", "context_length_exceeded"),
}


def annotated(folder: Path, answer: Answer, monkeypatch: pytest.MonkeyPatch, **chosen: Any) -> Table:
    with chat_server(answer) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        report = stage.run(parameters(folder, server.url, **chosen), Silent())
    return Table.open(report.address)


def require_a_row(table: Table, name: str) -> None:
    assert not table.records(Reject, "rejects")
    (row,) = table.records(Trajectory, "trajectories")
    assert not row.win
    assert 0 < row.query_count <= method(name).most_replies
    asked = [call for call in table.records(Call, "calls") if call.kind == "model"]
    assert len(asked) == row.query_count
    nodes = json.loads(row.tree)
    assert len(nodes) > 1
    assert max(len(node["description"]) for node in nodes) <= 32_768


SHORT = ("endless give-ups", "a context overflow")
"""With these a tree of DFS is small; all the rest is played without a server in `tests/tasks/search`."""
TREES = ("DFS_woFilter_w2", "DFS_w2", "ToT-BFS", "ToT-DFS", "CoT-SC@3")


@pytest.mark.parametrize(
    ("name", "wild"),
    [*[("Reflect@2", wild) for wild in WILD], *[(name, wild) for name in TREES for wild in SHORT]],
)
def test_every_method_ends_as_a_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, wild: str
) -> None:
    require_a_row(annotated(tmp_path, WILD[wild], monkeypatch, method=name), name)


WRITTEN = {
    "no choice": "",
    "a thought for ever": "hm",
    "several calls": f"Action: {NAME}\nAction Input: {{}}\n" * 5,
    "invalid JSON": f'Action: {NAME}\nAction Input: {{"latitude": ',
    "unknown names": "Action: moonrise\nAction Input: {}",
    "a megabyte": f"Action: {'x' * 1_000_000}\nAction Input: {'[' * 1_000_000}",
    "endless give-ups": 'Action: Finish\nAction Input: {"return_type": "give_up_and_restart"}',
}


@pytest.mark.parametrize("wild", WRITTEN)
@pytest.mark.parametrize("form", ["text", "toolllama"])
def test_calls_in_writing_end_as_a_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str, wild: str
) -> None:
    text = WRITTEN[wild]
    answer = continuation(f"\n{text}") if form == "toolllama" else completion({"content": text})
    require_a_row(annotated(tmp_path, answer, monkeypatch, method="CoT@2", form=form), "CoT@2")
