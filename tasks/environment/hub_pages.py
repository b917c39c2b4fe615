"""A hub's documentation page to records (pure): one `Tool`, its `Api`s, and what of it cannot be read."""

from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urljoin, urlsplit

import orjson
from pydantic import BaseModel, ConfigDict, ValidationError

from tasks.errors import RecordError
from tasks.records import Api, Parameter, Tool
from tasks.search.names import standard_category, standard_name, standardize
from tasks.search.writing import said_to_write
from tasks.storage.slugs import unique_slugs

SOURCE = "hub"


class ParameterPage(BaseModel):
    """One row of a parameter table."""

    model_config = ConfigDict(extra="ignore")

    name: str
    place: Literal["path", "query", "header", "body"] = "query"
    type: str = "STRING"
    required: bool = False
    description: str | None = ""
    default: Any = None
    example: Any = None
    enum: list[Any] | None = None
    minimum: float | None = None
    maximum: float | None = None


class ApiPage(BaseModel):
    """One API of a page; what else stands there may say whether it writes."""

    model_config = ConfigDict(extra="allow")

    name: str
    path: str
    slug: str = ""
    description: str | None = ""
    method: str = "GET"
    parameters: list[ParameterPage] = []
    example_response: Any = None


class ToolPage(BaseModel):
    """A documentation page; APIs are read one by one, so that one bad table costs one API."""

    model_config = ConfigDict(extra="ignore")

    name: str
    base_url: str
    category: str | None = ""
    description: str | None = ""
    pricing: str | None = ""
    apis: list[Any] = []


@dataclass(frozen=True, slots=True)
class Documented:
    """What a page documents."""

    tool: Tool
    apis: tuple[Api, ...]
    unreadable: tuple[tuple[str, str], ...]
    """Id and what is wrong, for each API that cannot be read."""


def read_page(page: Any, tool_id: str, location: str) -> Documented:
    """Records of one page.

    Args:
        page: the JSON that the hub sent.
        tool_id: id of the tool, `hub/<slug>`.
        location: address of the hub; a relative `base_url` starts there.

    Raises:
        RecordError: `bad_page`, no tool can be read from it.
    """
    try:
        found = ToolPage.model_validate(page)
    except ValidationError as error:
        raise RecordError("bad_page", _plain(error)) from None
    base_url = urljoin(location.rstrip("/") + "/", found.base_url).rstrip("/")
    if urlsplit(base_url).scheme not in ("http", "https"):
        raise RecordError("bad_page", f"base_url '{found.base_url}' is no http address")
    tool = Tool(
        tool_id=tool_id,
        source=SOURCE,
        name=found.name,
        standard_name=standardize(found.name),
        category=standard_category(found.category or ""),
        description=found.description or "",
        base_url=base_url,
        pricing=found.pricing or "",
        api_count=len(found.apis),
    )
    readable: list[ApiPage] = []
    unreadable: list[tuple[str, str]] = []
    for number, each in enumerate(found.apis):
        try:
            readable.append(ApiPage.model_validate(each))
        except ValidationError as error:
            unreadable.append((f"{tool_id}/unreadable-{number}", _plain(error)))
    slugs = unique_slugs([(each.slug or each.name, f"{each.method} {each.path}") for each in readable])
    apis = [_api(each, f"{tool_id}/{slug}", tool) for each, slug in zip(readable, slugs, strict=True)]
    return Documented(tool, tuple(apis), tuple(unreadable))


def _api(page: ApiPage, api_id: str, tool: Tool) -> Api:
    return Api(
        api_id=api_id,
        tool_id=tool.tool_id,
        source=SOURCE,
        category=tool.category,
        tool_name=tool.name,
        tool_standard_name=tool.standard_name,
        tool_description=tool.description,
        name=page.name,
        standard_name=standard_name(page.name),
        description=page.description or "",
        method=page.method.upper(),
        url=f"{tool.base_url}/{page.path.lstrip('/')}",
        parameters=tuple(_parameter(each) for each in page.parameters),
        example_response=None if page.example_response is None else _json(page.example_response),
        writes=_writes(page),
    )


def _writes(page: ApiPage) -> bool | None:
    said = said_to_write(page.model_extra or {})
    return True if said is None and "method" not in page.model_fields_set else said


def _parameter(page: ParameterPage) -> Parameter:
    return Parameter(
        name=standard_name(page.name),
        original_name=page.name,
        place=page.place,
        type=page.type,
        required=page.required,
        description=page.description or "",
        enum=tuple(_text(each) for each in page.enum or []),
        default=None if page.default is None else _text(page.default),
        example=None if page.example is None else _text(page.example),
        minimum=page.minimum,
        maximum=page.maximum,
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else _json(value)


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()


def _plain(error: ValidationError) -> str:
    """The first mistakes of a document in one line."""
    return "; ".join(
        f"{'.'.join(map(str, each['loc'])) or 'page'}: {each['msg']}" for each in error.errors()[:3]
    )
