"""What annotation reads: an instructions table and its catalogue, a query file and its tools, or tasks."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tasks.annotation.imports import read_queries
from tasks.environment.tasks_file import is_tasks_file, read_tasks
from tasks.errors import ConfigurationError
from tasks.records import Api, Instruction
from tasks.storage.addresses import is_s3
from tasks.storage.table import Table


@dataclass(frozen=True, slots=True)
class Inputs:
    """Instructions in a fixed order, and the documents of every API they may offer."""

    instructions: Sequence[Instruction]
    apis: dict[str, Api]


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
        return Inputs(found.instructions, {api.api_id: api for api in found.apis})
    table = Table.open(place)
    catalog = table.manifest.inputs.get("catalog")
    if table.manifest.stage != "instruct" or catalog is None:
        raise ConfigurationError(f"{place} holds the output of '{table.manifest.stage}', not instructions")
    instructions = table.records(Instruction, "instructions")
    apis = Table.open(catalog).records(Api, "apis")
    return Inputs(instructions, {api.api_id: api for api in apis})
