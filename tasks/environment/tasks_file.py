"""Tasks with known answers, one JSON object a line, as records (the sandbox's tasks program writes them).

One line:

    {"id": "s7-000042", "group": "I1", "instruction": "...", "hub": "http://127.0.0.1:41321",
     "apis": [{"tool": {"slug", "name", "category", "description", "base_path"},
               "api": {"slug", "name", "description", "method", "path", "parameters", ...}}],
     "relevant": ["sun-times/day-length"],
     "calls": [{"api": "sun-times/day-length", "arguments": {...}}], "edges": 0,
     "facts": [{"path": "0.hours", "value": 6.1, "kind": "number", "tolerance": 0.01, "unit": "h"}],
     "solvable": true, "why": ""}

Documents of APIs become what a crawl of the hub makes of them. `calls` is the path that the expected values
come from; it is kept for counting and never reaches a model.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import orjson
from pydantic import BaseModel, ConfigDict, ValidationError

from tasks.environment.hub_pages import SOURCE, read_page
from tasks.errors import ConfigurationError, RecordError
from tasks.records import Api, ExpectedFact, Group, Instruction, Split
from tasks.storage.canonical import digest
from tasks.storage.ids import instruction_id
from tasks.storage.slugs import slug

TEACHER = "sandbox-tasks"
"""Who wrote the instructions: code, no model."""
SPLIT: Split = "test"
"""Tasks whose answers are known measure; nobody trains on them."""
_LIST = ord("[")


@dataclass(frozen=True, slots=True)
class KnownTask:
    """An instruction and the calls that its expected facts come from."""

    instruction: Instruction
    call_api_ids: tuple[str, ...]
    """API of each call, in order; the first number of a fact's path counts in it."""
    call_keys: tuple[str, ...]
    """A digest of each call's API and arguments: equal calls have equal answers."""
    edges: int
    """Answers that feed later calls."""


@dataclass(frozen=True, slots=True)
class KnownTasks:
    """What a file holds, in its order."""

    tasks: tuple[KnownTask, ...]
    apis: tuple[Api, ...]
    """Every API that a task offers, once."""


class _Fact(BaseModel):
    model_config = ConfigDict(extra="ignore")

    path: str
    value: Any
    kind: Literal["number", "text", "date", "time", "datetime", "boolean", "list", "state"]
    tolerance: float = 0.0
    unit: str = ""


class _Tool(BaseModel):
    model_config = ConfigDict(extra="allow")

    slug: str
    base_path: str


class _Offered(BaseModel):
    tool: _Tool
    api: dict[str, Any]


class _Call(BaseModel):
    model_config = ConfigDict(extra="ignore")

    api: str
    arguments: dict[str, Any] = {}


class _Line(BaseModel):
    model_config = ConfigDict(extra="ignore")

    id: str
    group: Group
    instruction: str
    hub: str
    apis: list[_Offered]
    relevant: list[str] = []
    calls: list[_Call] = []
    edges: int = 0
    facts: list[_Fact] = []
    solvable: bool = True
    why: str = ""


def is_tasks_file(path: Path) -> bool:
    """Whether a file holds tasks by lines; a query file of ToolBench is one JSON list.

    Raises:
        ConfigurationError: it cannot be read.
    """
    start = _content(path).lstrip()[:1]
    return bool(start) and start[0] != _LIST


def read_tasks(path: Path) -> KnownTasks:
    """Read a tasks file.

    Raises:
        ConfigurationError: the file is absent, a line is malformed, or an id occurs twice.
    """
    shelf = _Shelf()
    tasks: list[KnownTask] = []
    ids: set[str] = set()
    source_ids: set[str] = set()
    for place, line in _lines(path):
        if line.id in source_ids:
            raise ConfigurationError(f"{place}: the id {line.id} occurs twice")
        task = _task(line, place, shelf, ids)
        source_ids.add(line.id)
        ids.add(task.instruction.instruction_id)
        tasks.append(task)
    return KnownTasks(tuple(tasks), tuple(shelf.apis.values()))


@dataclass(slots=True)
class _Shelf:
    """Documents of APIs, each read once."""

    apis: dict[str, Api] = field(default_factory=dict)
    read: dict[bytes, Api] = field(default_factory=dict)

    def api(self, offered: _Offered, hub: str, place: str) -> Api:
        """The record of a documented API."""
        tool = {**offered.tool.model_dump(), "base_url": hub.rstrip("/") + offered.tool.base_path}
        key = orjson.dumps([tool, offered.api])
        if key not in self.read:
            self.read[key] = self._read(tool, offered, hub, place)
        return self.read[key]

    def _read(self, tool: dict[str, Any], offered: _Offered, hub: str, place: str) -> Api:
        try:
            page = read_page({**tool, "apis": [offered.api]}, f"{SOURCE}/{slug(offered.tool.slug)}", hub)
        except RecordError as error:
            raise ConfigurationError(
                f"{place}: the tool {offered.tool.slug!r} cannot be read: {error.evidence}"
            ) from None
        if page.unreadable:
            raise ConfigurationError(
                f"{place}: an API of the tool {offered.tool.slug!r} cannot be read: {page.unreadable[0][1]}"
            )
        (api,) = page.apis
        if self.apis.setdefault(api.api_id, api) != api:
            raise ConfigurationError(
                f"{place}: {api.api_id} is documented otherwise than in an earlier line; a file holds the "
                "tasks of one hub at one time"
            )
        return api


def _task(line: _Line, place: str, shelf: _Shelf, taken: set[str]) -> KnownTask:
    if not line.instruction.strip():
        raise ConfigurationError(f"{place} has no instruction")
    apis = [shelf.api(each, line.hub, place) for each in line.apis]
    offered = tuple(dict.fromkeys(api.api_id for api in apis))
    if not offered:
        raise ConfigurationError(f"{place} offers no APIs")
    relevant = {_api_id(each) for each in line.relevant}
    own_id = instruction_id(line.group, offered, line.instruction)
    if own_id in taken:
        own_id = instruction_id(line.group, offered, f"{line.instruction}\n{line.id}")
    instruction = Instruction(
        instruction_id=own_id,
        group=line.group,
        text=line.instruction,
        api_ids=offered,
        relevant_api_ids=tuple(api_id for api_id in offered if api_id in relevant),
        combination_id="",
        split=SPLIT,
        teacher=TEACHER,
        teacher_kind="rehearsal",
        expected_facts=tuple(_fact(each) for each in line.facts),
        solvable=line.solvable,
        unsolvable_reason=line.why,
        source_id=line.id,
    )
    keys = tuple(digest([call.api, call.arguments]) for call in line.calls)
    return KnownTask(instruction, tuple(_api_id(call.api) for call in line.calls), keys, line.edges)


def _api_id(named: str) -> str:
    """`hub/<tool slug>/<API slug>` of `<tool slug>/<API slug>`."""
    tool, _, api = named.partition("/")
    return f"{SOURCE}/{slug(tool)}/{slug(api)}"


def _fact(fact: _Fact) -> ExpectedFact:
    return ExpectedFact(fact.path, orjson.dumps(fact.value).decode(), fact.kind, fact.tolerance, fact.unit)


def _lines(path: Path) -> Iterator[tuple[str, _Line]]:
    for number, text in enumerate(_content(path).splitlines(), 1):
        if not text.strip():
            continue
        place = f"{path}, line {number}"
        try:
            yield place, _Line.model_validate(orjson.loads(text))
        except orjson.JSONDecodeError as error:
            raise ConfigurationError(f"{place} is no JSON: {error}") from None
        except ValidationError as error:
            first = error.errors()[0]
            raise ConfigurationError(
                f"{place} is no task: {'.'.join(map(str, first['loc'])) or 'line'}: {first['msg']}"
            ) from None


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"the tasks file {path} cannot be read: {error.strerror}") from None
