"""Calls to the APIs: from ``/api/<tool>/<path>`` to the function behind it, and its answer back.

This is the hot path of the hub, so it speaks ASGI itself. Functions answer from memory within microseconds to
a few milliseconds and run on the event loop: a thread would cost more than the call.
"""

import asyncio
import hashlib
import logging
from urllib.parse import unquote

import orjson
from starlette.types import Receive, Scope, Send

from infra.sandbox.hub.arguments import read_arguments, read_body, read_query
from infra.sandbox.hub.errors import BadArgument, HubError, NotFound, TooLarge, WrongMethod
from infra.sandbox.hub.marketplace import Marketplace
from infra.sandbox.hub.plants import ANSWERS, SLOW_ANSWER_S
from infra.sandbox.hub.sessions import Sessions, named_in
from infra.sandbox.hub.tool import Answer, Api, Tool
from infra.sandbox.hub.wire import receive_body, send_body

MAX_ADDRESS_BYTES = 16_384

log = logging.getLogger(__name__)


class ApiCalls:
    """The ASGI application below ``/api``."""

    def __init__(self, marketplace: Marketplace, sessions: Sessions) -> None:
        self._marketplace = marketplace
        self._sessions = sessions
        self._tools = marketplace.catalogue.tools
        # Fixed segments win over arguments: /cities/search is not /cities/{id}.
        self._apis = {
            tool.slug: sorted(tool.apis, key=lambda api: [segment[0] == "{" for segment in api.segments])
            for tool in self._tools.values()
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one call; whatever goes wrong becomes a status and a JSON message."""
        content_type = b"application/json"
        try:
            status, content_type, body = await self._answer(scope, receive)
        except HubError as error:
            status, body = error.status, orjson.dumps({"message": str(error)})
        except Exception:
            address = scope["raw_path"] + b"?" + scope["query_string"]
            crash = hashlib.blake2b(address, digest_size=4).hexdigest()
            log.exception("crash %s in %s", crash, address.decode("ascii", "replace"))
            status, body = 500, orjson.dumps({"message": "the API crashed", "id": crash})
        await send_body(send, status, content_type, body)

    async def _answer(self, scope: Scope, receive: Receive) -> tuple[int, bytes, bytes]:
        if len(scope["raw_path"]) + len(scope["query_string"]) > MAX_ADDRESS_BYTES:
            raise TooLarge(f"the address is longer than {MAX_ADDRESS_BYTES} bytes")
        # The raw path keeps a slash inside an argument apart from one between segments.
        tool_slug, *segments = _decoded_segments(scope["raw_path"])[2:]
        tool = self._tools.get(tool_slug)
        if tool is None:
            raise NotFound(f"there is no tool '{tool_slug[:60]}'; see /hub/tools")
        api, path = self._route(tool, scope["method"], segments)
        kind = self._marketplace.planted.get((tool.slug, api.slug))
        if kind == "slow":
            await asyncio.sleep(SLOW_ANSWER_S)
        elif kind is not None:
            planted = ANSWERS[kind]
            return planted.status, planted.content_type, planted.body
        query = read_query(scope["query_string"])
        body = read_body(await receive_body(receive)) if api.method == "POST" else {}
        arguments = read_arguments(api, path, query, body)
        if api.clock_argument:
            arguments[api.clock_argument] = self._marketplace.clock
        if api.state_argument:
            answer = self._remembering(tool, api, arguments, named_in(scope["headers"]))
        else:
            answer = api.function(**arguments)
        return 200, b"application/json", orjson.dumps(answer)

    def _remembering(self, tool: Tool, api: Api, arguments: dict[str, object], session: str) -> Answer:
        """Call a function that has a state; what it changed is kept where it is called by POST."""
        state = self._sessions.read(session, tool)
        answer = api.function(**arguments, **{api.state_argument: state})
        if api.method == "POST":
            self._sessions.write(session, tool, state)
        else:
            self._sessions.touch(session, tool)
        return answer

    def _route(self, tool: Tool, method: str, segments: list[str]) -> tuple[Api, dict[str, str]]:
        other_method = ""
        for api in self._apis[tool.slug]:
            path = _matched(api.segments, segments)
            if path is not None and api.method == method:
                return api, path
            if path is not None:
                other_method = api.method
        if other_method:
            raise WrongMethod(f"call this API by {other_method}, not {method}")
        raise NotFound(f"'{tool.slug}' has no API at this address; its page is /hub/tools/{tool.slug}")


def _matched(template: tuple[str, ...], segments: list[str]) -> dict[str, str] | None:
    if len(template) != len(segments):
        return None
    path = {}
    for expected, given in zip(template, segments, strict=True):
        if expected[0] == "{":
            path[expected[1:-1]] = given
        elif expected != given:
            return None
    return path


def _decoded_segments(path: bytes) -> list[str]:
    try:
        return [unquote(part, errors="strict") for part in path.decode("ascii").split("/")]
    except UnicodeDecodeError as error:
        raise BadArgument("path", "must be percent-encoded UTF-8") from error
