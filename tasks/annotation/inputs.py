"""What annotation reads: an instructions table and its catalogue, a query file and its tools, or tasks."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tasks.annotation.imports import read_queries
from tasks.environment.tasks_file import is_tasks_file, read_tasks
from tasks.errors import ConfigurationError
from tasks.records import Api, Instruction, Tool
from tasks.rollout.instructions import still_offering
from tasks.storage.addresses import is_s3
from tasks.storage.table import Table
from tasks.tables import from_table


@dataclass(frozen=True, slots=True)
class Inputs:
    """Instructions in a fixed order, and the documents of every API they may offer."""

    instructions: Sequence[Instruction]
    apis: dict[str, Api]
    pricing: dict[str, str] = field(default_factory=dict)
    """Tool id to what its marketplace says; tools of which nobody says anything are missing."""


def is_file(place: str) -> bool:
    """Whether instructions come from a file of somebody else's rather than from a table."""
    return not is_s3(place) and Path(place).suffix in (".json", ".jsonl")


def load_inputs(place: str, toolenv: str) -> Inputs:
    """Read instructions and APIs.

    Args:
        place: address of an instructions table, a query file of ToolBench, or a tasks file of the sandbox.
        toolenv: folder with the category folders of tool documents; for query files only.

    Raises:
        ConfigurationError: nothing there, not finished, malformed, or of no known kind.
    """
    if is_file(place) and is_tasks_file(Path(place)):
        if toolenv:
            raise ConfigurationError("--toolenv goes with a query file; a tasks file documents its own APIs")
        known = read_tasks(Path(place))
        return Inputs([task.instruction for task in known.tasks], {api.api_id: api for api in known.apis})
    if is_file(place):
        found = read_queries(Path(place), Path(toolenv) if toolenv else None)
        return Inputs(found.instructions, {api.api_id: api for api in found.apis}, dict(found.pricing))
    table, catalog = _table_and_catalog(place)
    return _with_documents(table.records(Instruction, "instructions"), catalog)


def load_part(place: str, toolenv: str, first: int, count: int) -> tuple[Inputs, int]:
    """Instructions of one shard with all APIs, and the number of the first one; of a file, all of them.

    A table is not read beyond the shard: with a thousand shards, each would otherwise read what all need.

    Raises:
        ConfigurationError: as `load_inputs`.
    """
    if is_file(place):
        return load_inputs(place, toolenv), 0
    table, catalog = _table_and_catalog(place)
    mine = from_table(Instruction, table.window(Instruction, "instructions", first, count))
    return _with_documents(mine, catalog), first


def _table_and_catalog(place: str) -> tuple[Table, Table]:
    table = Table.open(place)
    catalog = table.manifest.inputs.get("catalog")
    if table.manifest.stage != "instruct" or catalog is None:
        raise ConfigurationError(f"{place} holds the output of '{table.manifest.stage}', not instructions")
    return table, Table.open(catalog)


def _with_documents(instructions: Sequence[Instruction], catalog: Table) -> Inputs:
    apis = {api.api_id: api for api in catalog.records(Api, "apis")}
    pricing = {tool.tool_id: tool.pricing for tool in catalog.records(Tool, "tools")}
    return Inputs([still_offering(each, apis) for each in instructions], apis, pricing)
