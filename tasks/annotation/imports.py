"""ToolBench's query files as instructions, with the documents of the APIs they offer.

One entry of a query file:

    {"query": "...", "query_id": 1, "relevant APIs": [["SQUAKE", "Checkhealth"]],
     "api_list": [{"category_name": "Logistics", "tool_name": "SQUAKE", "api_name": "Checkhealth", ...}]}

Documents come from the tool folder, as in ToolBench; what is not there comes from the entry itself.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from tasks.environment.toolenv import ToolDocuments, api_of, parse, read_tool, tool_record
from tasks.errors import ConfigurationError
from tasks.records import Api, Group, Instruction, Split, Tool
from tasks.search.names import standard_category, standard_name, standardize
from tasks.storage.ids import instruction_id

TEACHER = "toolbench"
"""Who wrote the instructions; the files name no model."""
TEST_FOLDER = "test_instruction"
"""ToolBench keeps its held-out queries in a folder of this name; all others may be trained on."""
_GROUP = re.compile(r"^[GI]([123])(?![0-9])")


@dataclass(frozen=True, slots=True)
class ImportedQueries:
    """Instructions in the order of the file."""

    instructions: tuple[Instruction, ...]
    apis: tuple[Api, ...]
    """Every API that an instruction offers, once."""
    from_entries: tuple[str, ...]
    """Ids of APIs that the tool folder lacks, documented by the query file alone."""
    pricing: Mapping[str, str]
    """Tool id to what its document says."""


def read_queries(path: Path, toolenv: Path | None = None) -> ImportedQueries:
    """Read a query file.

    Args:
        path: of the file.
        toolenv: folder that holds the category folders of tool documents; None: the file documents its APIs.

    Raises:
        ConfigurationError: the file or folder is absent or malformed, or an API is documented nowhere.
    """
    if toolenv is not None and not toolenv.is_dir():
        raise ConfigurationError(
            f"there is no tool folder at {toolenv}; give the one that holds the category folders"
        )
    shelf = _Shelf(toolenv)
    split: Split = "test" if path.absolute().parent.name == TEST_FOLDER else "train"
    instructions: list[Instruction] = []
    ids: set[str] = set()
    source_ids: set[str] = set()
    for entry in _entries(path):
        instruction = _instruction(entry, path, shelf, split, ids)
        if instruction.source_id in source_ids:
            raise ConfigurationError(f"{entry.place}: query_id {instruction.source_id} occurs twice")
        ids.add(instruction.instruction_id)
        source_ids.add(instruction.source_id)
        instructions.append(instruction)
    if toolenv is not None and shelf.apis and len(shelf.from_entries) == len(shelf.apis):
        raise ConfigurationError(
            f"{toolenv} holds none of the tools of {path}; give the folder that holds the category folders"
        )
    read = [found[0] for found in shelf.tools.values() if found]
    pricing = {tool.tool_id: tool.pricing for tool in read}
    return ImportedQueries(
        tuple(instructions), tuple(shelf.apis.values()), tuple(shelf.from_entries), pricing
    )


@dataclass(frozen=True, slots=True)
class _Entry:
    place: str
    """Where it stands, for messages."""
    position: int
    fields: dict[str, Any]


@dataclass(slots=True)
class _Shelf:
    """Documents of tools, each read once."""

    toolenv: Path | None
    apis: dict[str, Api] = field(default_factory=dict)
    from_entries: dict[str, None] = field(default_factory=dict)
    tools: dict[tuple[str, str], tuple[Tool, dict[str, Api]] | None] = field(default_factory=dict)

    def api(self, entry: dict[str, Any], place: str) -> Api:
        """The API that an entry of an `api_list` names."""
        tool_name, name = str(entry["tool_name"]), str(entry["api_name"])
        category = standard_category(str(entry.get("category_name") or "Other"))
        found = self._tool(category, tool_name)
        documented = found[1].get(standard_name(name)) if found else None
        if documented is not None:
            return self.apis.setdefault(documented.api_id, documented)
        if "required_parameters" not in entry and "optional_parameters" not in entry:
            raise ConfigurationError(
                f"{place}: {name!r} of tool {tool_name!r} is documented neither there nor in a tool folder; "
                "give --toolenv the folder that holds its category folder"
            )
        description = str(entry.get("tool_description") or "")
        tool = found[0] if found else tool_record(tool_name, category, description)
        own = api_of(entry, tool, standard_name(name) or "unnamed")
        self.from_entries[own.api_id] = None
        return self.apis.setdefault(own.api_id, own)

    def _tool(self, category: str, tool_name: str) -> tuple[Tool, dict[str, Api]] | None:
        key = (category, standardize(tool_name))
        if key not in self.tools:
            self.tools[key] = self._read(*key)
        return self.tools[key]

    def _read(self, category: str, standard: str) -> tuple[Tool, dict[str, Api]] | None:
        if self.toolenv is None or not standard or category.strip(".") == "":
            return None
        path = self.toolenv / category / f"{standard}.json"
        if not path.is_file():
            return None
        documents = ToolDocuments()
        read_tool(path.read_bytes(), category, path.name, documents, set())
        if not documents.tools:
            return None
        # As in ToolBench, the first API of a standard name is the one that is meant.
        by_name = {api.standard_name: api for api in reversed(documents.apis)}
        return documents.tools[0], by_name


def _entries(path: Path) -> Iterator[_Entry]:
    try:
        queries = parse(path.read_bytes())
    except OSError as error:
        raise ConfigurationError(f"the query file {path} cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise ConfigurationError(f"the query file {path} is no JSON: {error}") from None
    if not isinstance(queries, list):
        raise ConfigurationError(f"the query file {path} must hold a JSON list of queries")
    for position, fields in enumerate(queries):
        place = f"{path}, entry {position}"
        if not isinstance(fields, dict):
            raise ConfigurationError(f"{place} is no object")
        yield _Entry(place, position, fields)


def _instruction(entry: _Entry, path: Path, shelf: _Shelf, split: Split, taken: set[str]) -> Instruction:
    query = entry.fields.get("query")
    text = query[0] if isinstance(query, list) and query else query
    if not isinstance(text, str) or not text.strip():
        raise ConfigurationError(f"{entry.place} has no query")
    listed = entry.fields.get("api_list")
    if not isinstance(listed, list) or not listed:
        raise ConfigurationError(f"{entry.place} has no api_list: queries must name the APIs they offer")
    apis: dict[str, Api] = {}
    for named in listed:
        if not isinstance(named, dict) or not named.get("tool_name") or not named.get("api_name"):
            raise ConfigurationError(f"{entry.place}: each API needs tool_name and api_name")
        api = shelf.api(named, entry.place)
        apis.setdefault(api.api_id, api)
    source_id = str(entry.fields.get("query_id", entry.position))
    group = _group(source_id, path, list(apis.values()))
    own_id = instruction_id(group, apis, text)
    if own_id in taken:
        own_id = instruction_id(group, apis, f"{text}\n{source_id}")
    return Instruction(
        instruction_id=own_id,
        group=group,
        text=text,
        api_ids=tuple(apis),
        relevant_api_ids=_relevant(entry.fields.get("relevant APIs"), apis),
        combination_id="",
        split=split,
        teacher=TEACHER,
        teacher_kind="model",
        source_id=source_id,
    )


def _group(source_id: str, path: Path, apis: list[Api]) -> Group:
    """What the id or the file's name says (G1 is I1), else what the tools are."""
    for said in (source_id, path.name):
        if found := _GROUP.match(said):
            return cast(Group, f"I{found.group(1)}")
    if len({api.tool_id for api in apis}) == 1:
        return "I1"
    return "I2" if len({api.category for api in apis}) == 1 else "I3"


def _relevant(pairs: Any, offered: dict[str, Api]) -> tuple[str, ...]:
    """Ids of the pairs of tool and API name that are offered, in the order of the offer."""
    wanted = {
        (standardize(str(pair[0])), standard_name(str(pair[1])))
        for pair in (pairs if isinstance(pairs, list) else [])
        if isinstance(pair, list) and len(pair) == 2
    }
    return tuple(
        api_id for api_id, api in offered.items() if (api.tool_standard_name, api.standard_name) in wanted
    )
