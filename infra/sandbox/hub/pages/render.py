"""HTML of the marketplace for people, from the same documents that programs get; every text is escaped."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlencode

import orjson
from jinja2 import Environment, PackageLoader, StrictUndefined

PER_PAGE = 60
"""Tools on a page of a shelf."""


@dataclass(frozen=True)
class Shelf:
    """One page of a list of tools: a category, a collection, what a search found."""

    name: str
    description: str
    tools: Sequence[Mapping[str, object]]
    """Rows of this page: slug, name, category, description, apis (how many)."""
    page: int
    total: int
    query: Mapping[str, str]
    """What else stands in the address, kept by the links to other pages."""

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return -(-self.total // PER_PAGE)

    def link(self, page: int) -> str:
        """Query of the address of another page."""
        return urlencode({**self.query, "page": page})


def front_page(
    tools: int, apis: int, categories: Sequence[object], collections: Sequence[object], time: str
) -> str:
    """Categories and collections, with how much there is in each."""
    told = {"tools": tools, "apis": apis, "categories": categories, "collections": collections}
    return _page("front.html", time=time, **told)


def shelf_page(shelf: Shelf, time: str, wanted: str = "") -> str:
    """A list of tools; `wanted` is what was searched for."""
    return _page("shelf.html", shelf=shelf, time=time, wanted=wanted)


def tool_page(tool: Mapping[str, object], category: str, collections: Mapping[str, str], time: str) -> str:
    """A tool's documentation with a form to try each API.

    Args:
        tool: its document, as ``GET /hub/tools/SLUG`` gives it.
        category: slug of its category.
        collections: name of each of its collections, by slug.
        time: what the marketplace's clock shows.
    """
    return _page("tool.html", tool=tool, category=category, collections=collections, time=time)


def about_page(tools: Sequence[Mapping[str, object]], time: str) -> str:
    """Where each tool's answers come from, with the attribution that data asks for."""
    return _page("about.html", tools=tools, time=time)


def _page(template: str, **told: object) -> str:
    return _environment().get_template(template).render(**told)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("infra.sandbox.hub.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["shown"] = _shown
    environment.filters["indented"] = _indented
    return environment


def _shown(value: object) -> str:
    """An argument as it is typed into a field or an address."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return ",".join(map(_shown, value))
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def _indented(value: object) -> str:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()
