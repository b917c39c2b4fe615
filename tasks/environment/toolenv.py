"""ToolBench's tool documents as records: the folder `<Category>/<tool>.json`, or one document a line.

Folder files keep original names (`productID`); the lines of `rapidapi_all_tools.jsonl.gz` hold standard ones
(`is_id`), from which the original is guessed where a reserved word was prefixed, and 41 tools twice, under
`111` and `get_111`: the second is a reject. Nothing here raises for a bad document: it becomes a reject too.
"""

import gzip
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import orjson

from tasks.errors import ConfigurationError
from tasks.records import Api, Parameter, Reject, Tool
from tasks.search.names import RESERVED, standard_category, standard_name, standardize, unique

SOURCE = "toolbench"
STAGE = "crawl"
EXAMPLE_CHARS = 20_000
"""Longer example answers are left out: no part of JSON is an example."""
EVIDENCE_CHARS = 500


@dataclass(slots=True)
class ToolDocuments:
    """What was read, and what could not be."""

    tools: list[Tool] = field(default_factory=list)
    apis: list[Api] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)

    def reject(self, subject_id: str, reason: str, evidence: str) -> None:
        """Note a document, or a part of one, that cannot be used."""
        self.rejects.append(Reject(STAGE, subject_id, reason, evidence[:EVIDENCE_CHARS]))


def read_toolenv(location: Path) -> ToolDocuments:
    """Every tool document of a folder, or of a `.json`, `.jsonl` or `.jsonl.gz` file.

    Raises:
        ConfigurationError: nothing is there, or no tool document at all.
    """
    found = ToolDocuments()
    seen: set[str] = set()
    for name, category, text in _documents(location):
        read_tool(text, category, name, found, seen)
    if not found.tools:
        raise ConfigurationError(
            f"{location} holds no tool document; give the folder that holds the category folders, "
            "or a file with one tool a line"
        )
    return found


def read_tool(text: bytes, category: str, name: str, found: ToolDocuments, seen: set[str]) -> None:
    """Add the tool of one document to `found`.

    Args:
        text: the document, JSON.
        category: of the folder it lies in; empty takes the document's own.
        name: of the file or line, for rejects.
        found: grows.
        seen: ids of tools read before; grows.
    """
    if not text.strip():
        return found.reject(name, "empty_file", "zero bytes")
    try:
        document = parse(text)
    except ValueError as error:
        return found.reject(name, "unreadable", str(error))
    if not isinstance(document, dict) or not isinstance(document.get("api_list"), list):
        return found.reject(name, "no_tool_document", "an object with a list api_list is needed")
    tool = _tool(document, category)
    if tool is None:
        return found.reject(name, "no_name", "tool_name is missing")
    if tool.tool_id in seen:
        return found.reject(name, "duplicate_tool", f"{tool.tool_id} was read before")
    seen.add(tool.tool_id)
    apis = list(_apis(document["api_list"], tool, found))
    if not apis:
        return found.reject(tool.tool_id, "no_apis", "no entry of api_list can be used")
    found.tools.append(tool)
    found.apis += apis
    return None


def parse(text: bytes) -> Any:
    """JSON of a document; half characters, which Python's own files hold, are replaced.

    Raises:
        ValueError: it is no JSON.
    """
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        try:
            lenient = json.loads(text)
            return orjson.loads(json.dumps(lenient, ensure_ascii=False).encode("utf-8", "replace"))
        except RecursionError:
            raise ValueError("nested too deeply") from None


def api_of(entry: dict[str, Any], tool: Tool, slug: str) -> Api:
    """The record of one entry of an `api_list`, in any spelling of its keys.

    Args:
        entry: keys as in tool documents (`name`, `description`) or query files (`api_name` ...).
        tool: it belongs to.
        slug: ends its id; unique within the tool.
    """
    name = _text(entry.get("name", entry.get("api_name")))
    method = (_text(entry.get("method")) or "GET").upper()
    url = _text(entry.get("url"))
    is_standard = "function_name" in entry
    parameters = [
        _parameter(each, required, method, url, is_standard)
        for key, required in (("required_parameters", True), ("optional_parameters", False))
        for each in _objects(entry.get(key))
        if _text(each.get("name"))
    ]
    names = [parameter.name for parameter in parameters]
    if len(set(names)) < len(names):
        parameters = [
            _renamed(parameter, name) for parameter, name in zip(parameters, unique(names), strict=True)
        ]
    for parameter in parameters:
        if parameter.place == "path":
            url = url.replace("{" + parameter.name + "}", "{" + parameter.original_name + "}")
    return Api(
        api_id=f"{tool.tool_id}/{slug}",
        tool_id=tool.tool_id,
        source=tool.source,
        category=tool.category,
        tool_name=tool.name,
        tool_standard_name=tool.standard_name,
        tool_description=tool.description,
        name=name,
        standard_name=standard_name(name),
        description=_text(entry.get("description", entry.get("api_description"))),
        method=method,
        url=url,
        parameters=tuple(parameters),
        example_response=_example(entry),
        # Without a method, GET is a guess, good enough to build a request and not to trust it.
        writes=None if _text(entry.get("method")) else True,
    )


def tool_record(name: str, category: str, description: str = "", **known: Any) -> Tool:
    """A tool of ToolBench's catalogue; its id holds the category, as names repeat across categories."""
    standard, category = standardize(name), standard_category(category)
    return Tool(
        tool_id=f"{SOURCE}/{category.lower()}.{standard or 'unnamed'}",
        source=SOURCE,
        name=name,
        standard_name=standard,
        category=category,
        description=description,
        base_url=known.get("base_url", ""),
        pricing=known.get("pricing", ""),
        api_count=known.get("api_count", 0),
    )


def _documents(location: Path) -> Iterator[tuple[str, str, bytes]]:
    """Name, category and text of each document."""
    if location.is_dir():
        for path in sorted(location.glob("*.json")):
            yield path.name, "", _bytes(path)
        for path in sorted(location.glob("[!.]*/[!.]*.json")):
            yield f"{path.parent.name}/{path.name}", path.parent.name, _bytes(path)
    elif not location.is_file():
        raise ConfigurationError(f"there is no tool folder or file at {location}")
    elif location.suffix == ".json":
        yield from _listed(location)
    else:
        yield from _lines(location)


def _listed(path: Path) -> Iterator[tuple[str, str, bytes]]:
    text = _bytes(path)
    try:
        documents = parse(text)
    except ValueError:
        documents = None
    if isinstance(documents, list):
        for number, document in enumerate(documents, 1):
            yield f"{path.name}:{number}", "", orjson.dumps(document)
    else:
        yield path.name, "", text


def _lines(path: Path) -> Iterator[tuple[str, str, bytes]]:
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield f"{path.name}:{number}", "", line
    except (OSError, EOFError, zlib.error) as error:
        raise ConfigurationError(f"{path} cannot be read to its end: {error}") from None


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}") from None


def _tool(document: dict[str, Any], category: str) -> Tool | None:
    name = _text(document.get("tool_name") or document.get("name") or document.get("title"))
    if not name.strip():
        return None
    entries = [entry for entry in document["api_list"] if isinstance(entry, dict)]
    own = _text(document.get("category") or document.get("category_name")) or "Other"
    return tool_record(
        name,
        category or own,
        _text(document.get("tool_description") or document.get("description")),
        base_url=_base_url(document, entries),
        pricing=_text(document.get("pricing")),
        api_count=len(document["api_list"]),
    )


def _base_url(document: dict[str, Any], entries: list[dict[str, Any]]) -> str:
    if host := _text(document.get("host")):
        return f"https://{host}"
    parts = urlsplit(_text(entries[0].get("url")).split("{")[0]) if entries else urlsplit("")
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def _apis(entries: list[Any], tool: Tool, found: ToolDocuments) -> Iterator[Api]:
    usable: list[dict[str, Any]] = []
    for position, entry in enumerate(entries):
        if isinstance(entry, dict) and _text(entry.get("name")).strip():
            usable.append(entry)
        else:
            found.reject(tool.tool_id, "no_api_name", f"entry {position} of api_list: {str(entry)[:200]}")
    slugs = unique((standard_name(_text(entry["name"])) or "unnamed" for entry in usable), 128)
    for entry, slug in zip(usable, slugs, strict=True):
        yield api_of(entry, tool, slug)


def _parameter(entry: dict[str, Any], required: bool, method: str, url: str, is_standard: bool) -> Parameter:
    original = _text(entry.get("name"))
    name = standard_name(original)
    in_path = f"{{{original}}}" in url or f"{{{name}}}" in url
    place: Literal["path", "query", "body"] = (
        "path" if in_path else "query" if method in ("GET", "HEAD", "DELETE") else "body"
    )
    if is_standard and original.removeprefix("is_") in RESERVED:
        original = original.removeprefix("is_")
    default = entry.get("default")
    return Parameter(
        name=name,
        original_name=original,
        place=place,
        type=_text(entry.get("type")) or "STRING",
        required=required,
        description=_text(entry.get("description")),
        # Documented as default, meant as example, and empty more often than not.
        default=None if default in (None, "", [], {}) else _text(default),
    )


def _renamed(parameter: Parameter, name: str) -> Parameter:
    fields = {each: getattr(parameter, each) for each in Parameter.__dataclass_fields__}
    return Parameter(**{**fields, "name": name})


def _example(entry: dict[str, Any]) -> str | None:
    for key in ("test_endpoint", "response_schema", "template_response"):
        if entry.get(key):
            text = orjson.dumps(entry[key]).decode()
            return text if len(text) <= EXAMPLE_CHARS else None
    return None


def _objects(value: Any) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else orjson.dumps(value).decode()
