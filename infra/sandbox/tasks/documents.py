"""The marketplace as its documentation shows it: tools, APIs, parameters."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Json = Any
"""A JSON value: null, boolean, number, string, list or object."""

Arguments = dict[str, Json]
"""Arguments of a call by name, as JSON values."""

_RECKONED = re.compile("^(Arithmetic|Rules|Standards|Semantic|RFC|ISO/IEC|ITU)|[Ff]ormulae|[Dd]efinitions")
_EXAMPLES = re.compile(r"\bExamples: (.*?)\.?$", re.DOTALL)


@dataclass(frozen=True)
class ParameterDocument:
    """One documented argument."""

    name: str
    place: str
    """``path``, ``query`` or ``body``."""
    type: str
    """``STRING``, ``NUMBER``, ``INTEGER``, ``BOOLEAN``, ``ENUM``, ``DATE ...``, ``TIME ...`` or ``ARRAY``."""
    required: bool
    description: str
    example: Json
    """None where none is documented."""
    enum: tuple[str, ...]
    minimum: float | None
    maximum: float | None

    @property
    def kind(self) -> str:
        """The first word of the type: ``DATE (YYYY-MM-DD)`` is a ``DATE``."""
        return self.type.split(" ")[0].upper()

    def examples(self) -> list[Json]:
        """Return the documented values, *the* example first; free strings list theirs in the description."""
        found = [] if self.example is None else [self.example]
        listed = _EXAMPLES.search(self.description)
        if self.kind == "STRING" and listed:
            found += [text for text in listed[1].split("; ") if text not in found]
        return found


@dataclass(frozen=True)
class ApiDocument:
    """One documented API of a tool."""

    tool: str
    """Slug of its tool."""
    slug: str
    name: str
    description: str
    method: str
    path: str
    parameters: tuple[ParameterDocument, ...]
    example_response: Json
    raw: Mapping[str, Json]
    """The document as the hub sent it."""

    @property
    def id(self) -> str:
        """Slugs of tool and API: ``sun-times/day-length``."""
        return f"{self.tool}/{self.slug}"

    @property
    def required(self) -> tuple[str, ...]:
        """Names of the required parameters."""
        return tuple(p.name for p in self.parameters if p.required)

    def parameter(self, name: str) -> ParameterDocument | None:
        """Return the parameter of that name, None where there is none."""
        return next((p for p in self.parameters if p.name == name), None)

    def example_arguments(self) -> Arguments:
        """Return the arguments whose answer the documentation shows."""
        return {p.name: p.example for p in self.parameters if p.required}


@dataclass(frozen=True)
class ToolDocument:
    """One documented tool."""

    slug: str
    name: str
    category: str
    """Name of its category."""
    description: str
    base_path: str
    """Path of its base address: ``/api/sun-times``."""
    data_vintage: str
    """What its answers come from, "" where the page does not say."""
    collections: tuple[str, ...]
    apis: tuple[ApiDocument, ...]

    @property
    def is_reckoned(self) -> bool:
        """Whether its answers follow from formulae and rules, so that one could do without it."""
        return _RECKONED.search(self.data_vintage) is not None

    def heading(self) -> dict[str, str]:
        """Return what a task says about the tool of an offered API."""
        return {
            "slug": self.slug,
            "name": self.name,
            "category": self.category,
            "description": self.description,
            "base_path": self.base_path,
        }


def tool_of(page: Mapping[str, Json]) -> ToolDocument:
    """Read a tool page of the hub; raises `KeyError` or `TypeError` where it is none."""
    slug, base_url = page["slug"], page["base_url"]
    return ToolDocument(
        slug=slug,
        name=page["name"],
        category=page["category"],
        description=page["description"],
        base_path="/" + base_url.split("://", 1)[1].partition("/")[2],
        data_vintage=page.get("data_vintage", ""),
        collections=tuple(page.get("collections", ())),
        apis=tuple(_api_of(slug, api) for api in page["apis"]),
    )


def _api_of(tool: str, document: Mapping[str, Json]) -> ApiDocument:
    return ApiDocument(
        tool=tool,
        slug=document["slug"],
        name=document["name"],
        description=document["description"],
        method=document["method"],
        path=document["path"],
        parameters=tuple(_parameter_of(parameter) for parameter in document["parameters"]),
        example_response=document.get("example_response"),
        raw=document,
    )


def _parameter_of(document: Mapping[str, Json]) -> ParameterDocument:
    return ParameterDocument(
        name=document["name"],
        place=document["place"],
        type=document["type"],
        required=document["required"],
        description=document["description"],
        example=document.get("example"),
        enum=tuple(document.get("enum", ())),
        minimum=document.get("minimum"),
        maximum=document.get("maximum"),
    )
