"""ToolBench's tool files as a source: read whole once in a process, given out in slices, never called.

`--location` is `rapidapi_all_tools.jsonl.gz`, another file with one tool a line, or a folder with a folder of
tool files for each category. It names no collections.
"""

from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from tasks.environment.toolenv import ToolDocuments, read_toolenv
from tasks.errors import ConfigurationError
from tasks.records import Api, Reject, Tool
from tasks.storage.canonical import digest


@dataclass(frozen=True, slots=True)
class Slice:
    """Consecutive tools of a location, with what belongs to them."""

    tools: list[Tool]
    apis: list[Api]
    rejects: list[Reject]
    """Of the whole location, with the first slice only: a line that cannot be read belongs to no tool."""


def read(location: str) -> ToolDocuments:
    """All documents of a location.

    Raises:
        ConfigurationError: nothing is there, or no tool document at all.
    """
    path = _path(location)
    return _read(path, tuple((each, *_state(each)) for each in _files(path)))


def slice_of(documents: ToolDocuments, first: int, count: int) -> Slice:
    """The tools from `first` on, at most `count`."""
    tools = documents.tools[first : first + count]
    ids = {tool.tool_id for tool in tools}
    apis = [api for api in documents.apis if api.tool_id in ids]
    return Slice(tools, apis, list(documents.rejects) if first == 0 else [])


def content_of(location: str) -> str:
    """A digest of names and contents of all documents: the same ones elsewhere give the same."""
    path = _path(location)
    return digest([[_name(each, path), sha256(each.read_bytes()).hexdigest()] for each in _files(path)])


def _path(location: str) -> Path:
    path = Path(location).expanduser().absolute()
    if not path.exists():
        raise ConfigurationError(
            f"--location {location} does not exist; give a file of tool documents or their folder"
        )
    return path


def _files(path: Path) -> list[Path]:
    """The files that `read_toolenv` may read."""
    return sorted([*path.glob("*.json"), *path.glob("*/*.json")]) if path.is_dir() else [path]


def _name(file: Path, location: Path) -> str:
    return file.relative_to(location).as_posix() if location.is_dir() else ""


def _state(file: Path) -> tuple[int, int]:
    found = file.stat()
    return found.st_size, found.st_mtime_ns


@lru_cache(maxsize=1)
def _read(path: Path, state: tuple[tuple[Path, int, int], ...]) -> ToolDocuments:
    """`state` is only the cache's key: documents that changed are read again."""
    return read_toolenv(path)
