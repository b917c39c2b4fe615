"""Addresses of the pages for people. They need no key: a person looks around before asking for one."""

from collections.abc import Callable, Mapping, Sequence
from importlib.resources import files
from typing import Protocol

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from infra.sandbox.hub.errors import NotFound
from infra.sandbox.hub.pages.render import PER_PAGE, Shelf, about_page, front_page, shelf_page, tool_page
from infra.sandbox.hub.tool import slug_of

Document = Mapping[str, object]

_STATIC = {
    "style.css": "text/css; charset=utf-8",
    "try.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
}
_OWN_PAGES_ONLY = {
    "content-security-policy": "default-src 'self'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
}
"""What tools say of themselves is no code, even where the escaping should fail."""


class Shop(Protocol):
    """What the pages show; the hub's own listings come from the same."""

    def time(self) -> str:
        """What the clock shows."""

    def size(self) -> tuple[int, int]:
        """How many tools and how many APIs there are."""

    def categories(self) -> Sequence[Document]:
        """Rows: slug, name, tools (how many)."""

    def collections(self) -> Sequence[Document]:
        """Rows: slug, name, description, tools (slugs)."""

    def tools(self, category: str | None = None, collection: str | None = None) -> Sequence[Document]:
        """Rows: slug, name, category, description, apis (how many); `NotFound` for an unknown shelf."""

    def found(self, words: str) -> Sequence[Document]:
        """Such rows of the tools in which every word occurs."""

    def tool(self, slug: str, origin: str) -> Document:
        """The documentation of a tool; raises `NotFound`."""

    def sources(self) -> Sequence[Document]:
        """Rows: slug, name, package, package_version, data_vintage, licence."""


def page_routes(shop: Shop) -> list[Route]:
    """The pages of a shop, and the files they need."""

    def front(request: Request) -> Response:
        tools, apis = shop.size()
        return _html(front_page(tools, apis, shop.categories(), shop.collections(), shop.time()))

    def category(request: Request) -> Response:
        slug = request.path_params["slug"]
        tools = shop.tools(category=slug)
        return _html(shelf_page(_shelf(request, _named(shop.categories(), slug), tools), shop.time()))

    def collection(request: Request) -> Response:
        slug = request.path_params["slug"]
        tools = shop.tools(collection=slug)
        return _html(shelf_page(_shelf(request, _named(shop.collections(), slug), tools), shop.time()))

    def search(request: Request) -> Response:
        wanted = request.query_params.get("q", "").strip()[:200]
        heading = {"name": f"Tools for '{wanted}'" if wanted else "All tools"}
        shelf = _shelf(request, heading, shop.found(wanted), {"q": wanted})
        return _html(shelf_page(shelf, shop.time(), wanted))

    def tool(request: Request) -> Response:
        shown = shop.tool(request.path_params["slug"], str(request.base_url).rstrip("/"))
        names = {str(row["slug"]): str(row["name"]) for row in shop.collections()}
        listed = shown["collections"]
        its = {slug: names[slug] for slug in listed if slug in names} if isinstance(listed, list) else {}
        return _html(tool_page(shown, slug_of(str(shown["category"])), its, shop.time()))

    def about(request: Request) -> Response:
        return _html(about_page(shop.sources(), shop.time()))

    pages: dict[str, Callable[[Request], Response]] = {
        "/": front,
        "/categories/{slug}": category,
        "/collections/{slug}": collection,
        "/search": search,
        "/tools/{slug}": tool,
        "/about": about,
        "/static/{name}": _static,
    }

    def answering(page: Callable[[Request], Response]) -> Callable[[Request], object]:
        # As coroutines they run on the event loop, like the calls: what they read is not locked.
        async def answer(request: Request) -> Response:
            try:
                return page(request)
            except NotFound as error:
                missing = Shelf("Not here", f"{error}.", [], page=1, total=0, query={})
                return _html(shelf_page(missing, shop.time()), error.status)

        return answer

    return [Route(path, answering(page)) for path, page in pages.items()]


def _static(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in _STATIC:
        raise NotFound(f"there is no file '{name[:60]}'")
    content = files("infra.sandbox.hub.pages").joinpath("static", name).read_bytes()
    return Response(content, headers=_OWN_PAGES_ONLY, media_type=_STATIC[name])


def _html(text: str, status: int = 200) -> Response:
    return HTMLResponse(text, status, headers=_OWN_PAGES_ONLY)


def _named(rows: Sequence[Document], slug: str) -> Document:
    return next(row for row in rows if row["slug"] == slug)


def _shelf(
    request: Request, heading: Document, tools: Sequence[Document], query: Mapping[str, str] | None = None
) -> Shelf:
    asked = request.query_params.get("page", "1")
    last = max(1, -(-len(tools) // PER_PAGE))
    page = min(max(int(asked), 1), last) if asked.isascii() and asked.isdigit() and len(asked) < 9 else 1
    first = (page - 1) * PER_PAGE
    return Shelf(
        name=str(heading["name"]),
        description=str(heading.get("description", "")),
        tools=tools[first : first + PER_PAGE],
        page=page,
        total=len(tools),
        query=query or {},
    )
