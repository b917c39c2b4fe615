"""What the pages show of the marketplace at the moment a page is opened."""

from collections import Counter
from collections.abc import Sequence

from infra.sandbox.hub.catalogue import package_name, package_version
from infra.sandbox.hub.clock import shown
from infra.sandbox.hub.documents import Document, collection_document, tool_page, tool_summary
from infra.sandbox.hub.errors import NotFound
from infra.sandbox.hub.marketplace import Marketplace
from infra.sandbox.hub.tool import Tool, slug_of


class MarketplaceShop:
    """A `Shop` over the marketplace that the hub serves."""

    def __init__(self, marketplace: Marketplace) -> None:
        self._marketplace = marketplace

    def time(self) -> str:
        """What the clock shows."""
        return shown(self._marketplace.clock.moment)

    def size(self) -> tuple[int, int]:
        """How many tools and how many APIs there are."""
        tools = self._all()
        return len(tools), sum(len(tool.apis) for tool in tools)

    def categories(self) -> Sequence[Document]:
        """Rows: slug, name, tools (how many)."""
        names = self._marketplace.catalogue.categories
        counts = Counter(slug_of(tool.category) for tool in self._all())
        return [{"slug": slug, "name": name, "tools": counts[slug]} for slug, name in names.items()]

    def collections(self) -> Sequence[Document]:
        """Rows: slug, name, description, tools (slugs)."""
        catalogue = self._marketplace.catalogue
        return [collection_document(catalogue, each) for each in catalogue.collections.values()]

    def tools(self, category: str | None = None, collection: str | None = None) -> Sequence[Document]:
        """The tools of a shelf; raises `NotFound` where there is none of that name."""
        catalogue = self._marketplace.catalogue
        if category is not None and category not in catalogue.categories:
            raise NotFound(f"there is no category '{category[:60]}'")
        if collection is not None and collection not in catalogue.collections:
            raise NotFound(f"there is no collection '{collection[:60]}'")
        return [
            _row(tool)
            for tool in self._all()
            if (category is None or slug_of(tool.category) == category)
            and (collection is None or collection in tool.collections)
        ]

    def found(self, words: str) -> Sequence[Document]:
        """The tools whose page has every word, those first that have them in their name."""
        wanted = words.casefold().split()
        hits = [tool for tool in self._all() if all(word in _text(tool) for word in wanted)]
        return [_row(tool) for tool in sorted(hits, key=lambda tool: not _named(tool, wanted))]

    def tool(self, slug: str, origin: str) -> Document:
        """The documentation of a tool; raises `NotFound`."""
        catalogue = self._marketplace.catalogue
        if slug not in catalogue.tools:
            raise NotFound(f"there is no tool '{slug[:60]}'")
        return tool_page(catalogue, catalogue.tools[slug], origin)

    def sources(self) -> Sequence[Document]:
        """Where the answers of each tool come from."""
        return [
            {
                "slug": tool.slug,
                "name": tool.name,
                "package": package_name(tool),
                "package_version": package_version(tool),
                "data_vintage": tool.data_vintage,
                "licence": tool.licence,
            }
            for tool in self._all()
            if not tool.invented
        ]

    def _all(self) -> list[Tool]:
        return list(self._marketplace.catalogue.tools.values())


def _row(tool: Tool) -> Document:
    return {**tool_summary(tool), "apis": len(tool.apis)}


def _text(tool: Tool) -> str:
    apis = " ".join(f"{api.name} {api.description}" for api in tool.apis)
    return f"{tool.name} {tool.category} {tool.description} {apis}".casefold()


def _named(tool: Tool, wanted: Sequence[str]) -> bool:
    return all(word in tool.name.casefold() for word in wanted)
