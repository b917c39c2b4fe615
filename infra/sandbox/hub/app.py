"""The hub as an ASGI application: listings and documentation under ``/hub``, the APIs under ``/api``."""

import asyncio
import contextlib
import datetime
import gc
import logging
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import TypeVar
from urllib.parse import urlencode

import orjson
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from infra.sandbox.hub.arguments import read_body
from infra.sandbox.hub.calls import ApiCalls
from infra.sandbox.hub.catalogue import Catalogue
from infra.sandbox.hub.clock import later, read_moment, shown
from infra.sandbox.hub.documents import (
    Document,
    category_document,
    collection_document,
    tool_page,
    tool_summary,
)
from infra.sandbox.hub.errors import BadArgument, BadValue, HubError, MissingKey, NotFound
from infra.sandbox.hub.keys import is_genuine, issue_key
from infra.sandbox.hub.marketplace import Marketplace
from infra.sandbox.hub.pages.routes import page_routes
from infra.sandbox.hub.pages.shop import MarketplaceShop
from infra.sandbox.hub.parameters import Integer
from infra.sandbox.hub.sessions import Sessions, session_name
from infra.sandbox.hub.wire import receive_body, send_body

PAGE = Integer("Page of a listing, from 1.", minimum=1, maximum=1_000_000, example=1)
PER_PAGE = Integer("Rows of a page.", minimum=1, maximum=100, example=20)

Row = TypeVar("Row")

log = logging.getLogger(__name__)


def create_app(marketplace: Marketplace) -> Starlette:
    """Return the application that serves a marketplace, with sessions of its own."""
    sessions = Sessions()
    desk = _FrontDesk(marketplace)
    controls = _Controls(marketplace, sessions)
    routes = [
        Mount("/api", ApiCalls(marketplace, sessions)),
        *page_routes(MarketplaceShop(marketplace)),
        Route("/healthz", desk.health),
        Route("/clock", controls.clock, methods=["GET", "POST"]),
        Route("/hub/keys", desk.keys, methods=["POST"]),
        Route("/hub/sessions/{name}", controls.session, methods=["GET", "DELETE"]),
        Route("/hub/sessions/{name}/fork", controls.fork, methods=["POST"]),
        Route("/hub/categories", desk.categories),
        Route("/hub/collections", desk.collections),
        Route("/hub/tools", desk.tools),
        Route("/hub/tools/{slug}", desk.tool),
    ]
    return Starlette(
        routes=routes,
        middleware=[Middleware(_KeyCheck, seed=marketplace.seed)],
        exception_handlers={HubError: _refusal, HTTPException: _refusal},
        lifespan=lambda _: _warming(marketplace.catalogue),
    )


class _FrontDesk:
    """Everything but the calls: listings, pages, keys, health."""

    def __init__(self, marketplace: Marketplace) -> None:
        self._marketplace = marketplace

    async def health(self, _: Request) -> Response:
        """Tell that the hub is up, and which catalogue it serves."""
        catalogue = self._marketplace.catalogue
        return _json(
            {
                "status": "ok",
                "catalogue": self._marketplace.version,
                "tools": len(catalogue.tools),
                "apis": catalogue.api_count,
            }
        )

    async def keys(self, request: Request) -> Response:
        """Issue a key."""
        wish = read_body(await receive_body(request.receive))
        return _json({"key": issue_key(self._marketplace.seed, wish.get("name"))})

    async def categories(self, request: Request) -> Response:
        """List the categories."""
        catalogue = self._marketplace.catalogue
        return _listing(request, list(catalogue.categories), lambda slug: category_document(catalogue, slug))

    async def collections(self, request: Request) -> Response:
        """List the collections."""
        catalogue = self._marketplace.catalogue
        collections = list(catalogue.collections.values())
        return _listing(request, collections, lambda c: collection_document(catalogue, c))

    async def tools(self, request: Request) -> Response:
        """List the tools, all or those of a category or collection."""
        catalogue = self._marketplace.catalogue
        category, collection = (request.query_params.get(name) for name in ("category", "collection"))
        if category is not None and category not in catalogue.categories:
            raise NotFound(f"there is no category '{category[:60]}'; see /hub/categories")
        if collection is not None and collection not in catalogue.collections:
            raise NotFound(f"there is no collection '{collection[:60]}'; see /hub/collections")
        shelf = catalogue.tools.values() if category is None else catalogue.by_category[category]
        tools = [tool for tool in shelf if collection is None or collection in tool.collections]
        return _listing(request, tools, tool_summary)

    async def tool(self, request: Request) -> Response:
        """Show the documentation of a tool."""
        slug = request.path_params["slug"]
        catalogue = self._marketplace.catalogue
        if slug not in catalogue.tools:
            raise NotFound(f"there is no tool '{slug[:60]}'; see /hub/tools")
        origin = str(request.base_url).rstrip("/")
        return _json(tool_page(catalogue, catalogue.tools[slug], origin))


class _Controls:
    """What no marketplace lets its customers touch: the clock and the sessions."""

    def __init__(self, marketplace: Marketplace, sessions: Sessions) -> None:
        self._marketplace = marketplace
        self._sessions = sessions

    async def clock(self, request: Request) -> Response:
        """Tell the time, or move it."""
        if request.method == "POST":
            wish = read_body(await receive_body(request.receive))
            self._marketplace.move(self._wished(wish))
        return _json({"time": shown(self._marketplace.clock.moment)})

    async def session(self, request: Request) -> Response:
        """Show what the tools keep in a session, or make it fresh."""
        name = session_name(request.path_params["name"])
        if request.method == "DELETE":
            self._sessions.delete(name)
        return self._shown(name)

    async def fork(self, request: Request) -> Response:
        """Copy a session as it stands to another name."""
        name = session_name(request.path_params["name"])
        wish = read_body(await receive_body(request.receive))
        to = wish.get("to")
        if wish.keys() != {"to"} or to == name:
            raise BadArgument("to", "must name another session, and nothing else may be given")
        self._sessions.fork(name, session_name(to))
        return self._shown(session_name(to))

    def _wished(self, wish: Mapping[str, object]) -> datetime.datetime:
        try:
            match dict(wish):
                case {"time": time, **others} if not others:
                    return read_moment(time)
                case {"advance_s": advance_s, **others} if not others:
                    return later(self._marketplace.clock.moment, advance_s)
        except BadValue as error:
            raise BadArgument(next(iter(wish)), str(error)) from error
        raise BadArgument("time", "or 'advance_s' must be given, and nothing else")

    def _shown(self, name: str) -> Response:
        return _json({"session": name, "state": self._sessions.state(name)})


class _KeyCheck:
    """Lets requests to ``/clock`` and below ``/hub`` and ``/api`` pass only with a genuine key."""

    def __init__(self, app: ASGIApp, seed: int) -> None:
        self._app = app
        self._seed = seed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self._is_locked(scope["path"]):
            key = next((value for name, value in scope["headers"] if name == b"x-hub-key"), b"")
            if not is_genuine(self._seed, key.decode("latin-1")):
                refusal = MissingKey(
                    "send a key of this hub in the header X-Hub-Key; POST /hub/keys issues one"
                )
                body = orjson.dumps({"message": str(refusal)})
                await send_body(send, refusal.status, b"application/json", body)
                return
        await self._app(scope, receive, send)

    def _is_locked(self, path: str) -> bool:
        return path != "/hub/keys" and (path == "/clock" or path.startswith(("/hub/", "/api/")))


def _listing(request: Request, rows: Sequence[Row], document: Callable[[Row], Document]) -> Response:
    page, per_page = _asked(request, "page", PAGE, 1), _asked(request, "per_page", PER_PAGE, 20)
    following = None
    if page * per_page < len(rows):
        kept = {k: v for k, v in request.query_params.items() if k in ("category", "collection")}
        query = urlencode({"page": page + 1, "per_page": per_page, **kept})
        following = f"{request.url.path}?{query}"
    shown = rows[(page - 1) * per_page : page * per_page]
    results = [document(row) for row in shown]
    return _json(
        {"page": page, "per_page": per_page, "total": len(rows), "next": following, "results": results}
    )


def _asked(request: Request, name: str, kind: Integer, default: int) -> int:
    text = request.query_params.get(name)
    try:
        return default if text is None else kind.from_text(text)
    except BadValue as error:
        raise BadArgument(name, str(error)) from error


def _json(content: object, status: int = 200) -> Response:
    return Response(orjson.dumps(content), status, media_type="application/json")


async def _refusal(_: Request, error: Exception) -> Response:
    if isinstance(error, HTTPException):
        return _json({"message": error.detail}, error.status_code)
    return _json({"message": str(error)}, error.status if isinstance(error, HubError) else 500)


@contextlib.asynccontextmanager
async def _warming(catalogue: Catalogue) -> AsyncIterator[None]:
    """Load packages and tables between requests, or the first call of an API would look slow.

    On the event loop and not in a thread: packages that fill their tables at the first asking may not be
    asked by two at once.
    """

    async def warm() -> None:
        for tool, api in catalogue.apis():
            if tool.invented:
                continue
            try:
                catalogue.example_response(tool, api)
            except Exception:
                log.exception("the example of '%s' of %s fails", api.name, tool.name)
            await asyncio.sleep(0.005)
        gc.freeze()  # the tables stay for good: no collection has to walk through them again

    task = asyncio.create_task(warm())
    yield
    task.cancel()
