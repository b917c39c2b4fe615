"""The catalogue: every tool the hub offers, read from its own ``tools`` package and from a user's folder."""

import hashlib
import importlib.metadata
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import orjson

from infra.sandbox.hub import tools as builtin_tools
from infra.sandbox.hub.collections import COLLECTIONS, Collection
from infra.sandbox.hub.errors import DeclarationError
from infra.sandbox.hub.folders import declared_in_folder, declared_in_package
from infra.sandbox.hub.sources import tables
from infra.sandbox.hub.tool import Answer, Api, Tool, slug_of


@dataclass
class Catalogue:
    """All tools, by slug in alphabetical order, with what can be asked about them."""

    tools: dict[str, Tool]
    left_out: tuple[str, ...] = ()
    """A sentence for each tool of an extra that is not installed."""
    _answers: dict[Api, Answer] = field(default_factory=dict)

    def with_tools(self, tools: Mapping[str, Tool]) -> "Catalogue":
        """Return a catalogue with more tools; of two with the same slug the new one stays."""
        return Catalogue(dict(sorted({**self.tools, **tools}.items())), self.left_out, self._answers)

    def apis(self) -> Iterator[tuple[Tool, Api]]:
        """Yield every API with its tool."""
        return ((tool, api) for tool in self.tools.values() for api in tool.apis)

    @cached_property
    def api_count(self) -> int:
        """How many APIs there are."""
        return sum(len(tool.apis) for tool in self.tools.values())

    @cached_property
    def by_category(self) -> dict[str, list[Tool]]:
        """Tools of each category, by its slug."""
        shelves: dict[str, list[Tool]] = {slug: [] for slug in self.categories}
        for tool in self.tools.values():
            shelves[slug_of(tool.category)].append(tool)
        return shelves

    @cached_property
    def by_collection(self) -> dict[str, list[Tool]]:
        """Tools of each collection, by its slug."""
        shelves: dict[str, list[Tool]] = {slug: [] for slug in self.collections}
        for tool in self.tools.values():
            for slug in tool.collections:
                shelves[slug].append(tool)
        return shelves

    @cached_property
    def categories(self) -> dict[str, str]:
        """Name of each category, by slug in alphabetical order."""
        names = {slug_of(tool.category): tool.category for tool in self.tools.values()}
        return dict(sorted(names.items()))

    @cached_property
    def collections(self) -> dict[str, Collection]:
        """Each collection that has a tool, by slug in alphabetical order."""
        used = {slug for tool in self.tools.values() for slug in tool.collections}
        return {c.slug: c for c in sorted(COLLECTIONS, key=lambda c: c.slug) if c.slug in used}

    def example_response(self, tool: Tool, api: Api) -> Answer:
        """Return the answer to the documented example, computed at the first asking."""
        if api not in self._answers:
            self._answers[api] = tool.example_answer(api)
        return self._answers[api]


def load_catalogue(folder: Path | None = None) -> Catalogue:
    """Read the hub's tools, then add or replace those of `folder`.

    Raises:
        DeclarationError: a file has no `tool`, contradicts itself, or needs a package that is not installed.
    """
    theirs = [] if folder is None else declared_in_folder(folder, "tool", Tool, called=lambda t: t.slug)
    ours = declared_in_package(builtin_tools, "tool", Tool)
    tools = {tool.slug: tool for tool in (*ours, *theirs)}
    left_out = _leave_out_missing_extras(tools)
    for tool in tools.values():
        _check(tool)
    catalogue = Catalogue(dict(sorted(tools.items())), left_out)
    for tool in theirs:
        if tool.slug in tools:
            _try_examples(tool)
    return catalogue


def package_version(tool: Tool) -> str:
    """Return the versions behind a tool's answers, in the order of its packages and tables."""
    versions = [importlib.metadata.version(package) for package in tool.packages]
    versions += [hashlib.sha256((tables.FOLDER / t).read_bytes()).hexdigest()[:12] for t in tool.tables]
    return ", ".join(versions) or f"{sys.version_info.major}.{sys.version_info.minor}"


def package_name(tool: Tool) -> str:
    """Return the packages and tables behind a tool's answers."""
    return ", ".join(tool.packages + tool.tables) or "python"


def fingerprint(content: object) -> str:
    """Return 16 hex digits of a hash over JSON content."""
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]


def _leave_out_missing_extras(tools: dict[str, Tool]) -> tuple[str, ...]:
    """Take away the tools of each extra that is not installed as a whole, and say so.

    As a whole: something else may bring one of its packages, and the catalogue would depend on that.
    """
    missing: dict[str, set[str]] = {}
    for tool in tools.values():
        if tool.extra:
            missing.setdefault(tool.extra, set()).update(_missing_packages(tool))
    absent = [tool for _, tool in sorted(tools.items()) if tool.extra and missing[tool.extra]]
    for tool in absent:
        del tools[tool.slug]
    return tuple(
        f"{tool.name} is left out: the extra '{tool.extra}' is not installed"
        f" ({', '.join(sorted(missing[tool.extra]))})"
        for tool in absent
    )


def _missing_packages(tool: Tool) -> list[str]:
    return [package for package in tool.packages if not _is_installed(package)]


def _is_installed(package: str) -> bool:
    try:
        importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def _check(tool: Tool) -> None:
    if not tool.apis:
        raise DeclarationError(f"{tool.name} has no APIs: declare functions with @tool.get(...)")
    for name in (tool.category, *(api.name for api in tool.apis)):
        if not slug_of(name):
            raise DeclarationError(f"{tool.name}: '{name}' needs a letter a-z or a digit for its address")
    known = {c.slug for c in COLLECTIONS}
    unknown = sorted(set(tool.collections) - known)
    if unknown:
        raise DeclarationError(f"{tool.name}: no collection {', '.join(unknown)}; known: {sorted(known)}")
    for package in _missing_packages(tool):
        raise DeclarationError(f"{tool.name} needs the package {package}: pip install {package}")
    for table in tool.tables:
        if not (tables.FOLDER / table).is_file():
            raise DeclarationError(f"{tool.name}: no table {table} in {tables.FOLDER.name}/")


def _try_examples(tool: Tool) -> None:
    """Call each API once: ours are tested, a user's file is told here what fails."""
    for api in tool.apis:
        state = tool.first_state() if api.state_argument else None
        try:
            answer: object = tool.example_answer(api, state)
            orjson.dumps([answer, state])
        except Exception as error:
            raise DeclarationError(f"{tool.name}: the example of '{api.name}' fails: {error!r}") from error
        if not isinstance(answer, Mapping | list | tuple):
            kind = type(answer).__name__
            raise DeclarationError(f"{tool.name}: '{api.name}' returns {kind}: return an object or a list")
        if state is not None and api.method == "GET" and state != tool.first_state():
            raise DeclarationError(f"{tool.name}: '{api.name}' writes, so declare it with @tool.post(...)")
