"""One published search as a record of ours, whichever kind of file it came in."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, cast

import orjson

from tasks.records import FinishType, Group, Node, Trajectory
from tasks.search.functions import FINISH
from tasks.search.kept import plain

ENVIRONMENT = "published"
"""What such a record says of where its API answers came from."""
_FILE_NAME = re.compile(r"^(?P<id>[^_]+)_(?:(?P<teacher>.+)_)?(?P<method>(?:DFS|CoT).*)$")
_GROUP = re.compile(r"(?<![A-Za-z0-9])[GI]([123])(?![0-9])")
_TOOL = re.compile(r"subfunction for tool \"(?P<tool>[^\"]+)\"")


def record_of(
    path: Path,
    name: str,
    *,
    nodes: Sequence[Node],
    text: str,
    functions: Sequence[dict[str, Any]],
    finish_type: FinishType | None,
    final_answer: str,
    query_count: int,
    prompt_tokens: int,
    opening: Sequence[dict[str, Any]],
) -> Trajectory:
    """A record of what was published, and of what its names say.

    Args:
        path: names the group, where the file does or its folder.
        name: `<query>_<teacher>_<method>`.
        nodes: in pre-order.
        text: the instruction.
        functions: as they were offered.
        finish_type: how it ended, None where it did not.
        final_answer: empty where none was given.
        query_count: replies of the teacher.
        prompt_tokens: all that was billed, 0 where it is unknown.
        opening: system and user message.
    """
    found = _FILE_NAME.match(name)
    source_id, method = (found["id"], found["method"]) if found else (name, "")
    group = _GROUP.search(path.name) or _GROUP.search(path.parent.name)
    folder = path.parent.name if path.stem.startswith(source_id) else path.stem
    return Trajectory(
        trajectory_id=f"{folder}/{source_id}/{method}",
        instruction_id=f"{folder}/{source_id}",
        source_id=source_id,
        group=cast(Group, f"I{group.group(1)}") if group else "I1",
        split="train",
        method=method,
        teacher=(found["teacher"] if found else None) or "unknown",
        teacher_kind="model",
        environment=ENVIRONMENT,
        snapshot="",
        text=text,
        win=finish_type == "give_answer",
        finish_type=finish_type,
        final_answer=final_answer,
        query_count=query_count,
        api_calls=sum(1 for _ in _api_calls(nodes)),
        prompt_tokens=prompt_tokens,
        completion_tokens=0,
        tree=orjson.dumps([plain(node) for node in nodes]).decode(),
        messages="[]",
        functions=orjson.dumps(list(functions)).decode(),
        api_ids=tuple(api_id_of(each) for each in functions if each["name"] != FINISH),
        opening=orjson.dumps(list(opening)).decode(),
    )


def _api_calls(nodes: Sequence[Node]) -> Iterator[Node]:
    for node in nodes:
        if node.kind == "action_input" and nodes[node.parent_id].description != FINISH:
            yield node


def api_id_of(function: dict[str, Any]) -> str:
    """An id for the API behind a published schema: its tool's standard name, then its own.

    >>> api_id_of({"name": "a_for_b", "description": 'This is the subfunction for tool "b", ...'})
    'toolbench/b/a'
    """
    name = str(function["name"])
    found = _TOOL.search(str(function.get("description")))
    api, _, tool = name.rpartition("_for_")
    if found and name.endswith(f"_for_{found['tool']}"):
        api, tool = name.removesuffix(f"_for_{found['tool']}"), found["tool"]
    return f"toolbench/{tool}/{api}"


def is_object(text: Any) -> bool:
    """Whether a text is the JSON of an object."""
    try:
        return isinstance(orjson.loads(text), dict)
    except (orjson.JSONDecodeError, TypeError):
        return False
