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
from infra.sandbox.hub.errors import BadArgument, HubError, TooLarge
from infra.sandbox.hub.fault import JSON, Reply
from infra.sandbox.hub.marketplace import Marketplace
from infra.sandbox.hub.planted_call import PlantedCall, Request
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

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one call; whatever goes wrong becomes a status and a JSON message."""
        try:
            reply = await self._reply(scope, receive)
        except HubError as error:
            reply = Reply(error.status, JSON, orjson.dumps({"message": str(error)}))
        except Exception:
            address = scope["raw_path"] + b"?" + scope["query_string"]
            crash = hashlib.blake2b(address, digest_size=4).hexdigest()
            log.exception("crash %s in %s", crash, address.decode("ascii", "replace"))
            reply = Reply(500, JSON, orjson.dumps({"message": "the API crashed", "id": crash}))
        await send_body(send, reply.status, reply.content_type.encode("latin-1"), reply.body)

    async def _reply(self, scope: Scope, receive: Receive) -> Reply:
        if len(scope["raw_path"]) + len(scope["query_string"]) > MAX_ADDRESS_BYTES:
            raise TooLarge(f"the address is longer than {MAX_ADDRESS_BYTES} bytes")
        # The raw path keeps a slash inside an argument apart from one between segments.
        tool_slug, *segments = _decoded_segments(scope["raw_path"])[2:]
        (tool, api, fault), path = self._marketplace.find(tool_slug, scope["method"], segments)
        body = await receive_body(receive) if api.method == "POST" else b""
        request = Request(path, scope["query_string"], body, scope["headers"])
        if fault is None:
            reply = self.answer(tool, api, request)
        else:
            seed = self._marketplace.seed
            reply = fault.reply_to(PlantedCall(tool, api, request, self.answer, self._sessions, seed))
        delay_s = reply.delay_s + api.delay_s
        if delay_s:
            await asyncio.sleep(delay_s)
        return reply

    def answer(self, tool: Tool, api: Api, request: Request) -> Reply:
        """Return what the function answers; raises `HubError`."""
        query = read_query(request.query)
        body = read_body(request.body)
        arguments = read_arguments(api, request.path, query, body)
        if api.clock_argument:
            arguments[api.clock_argument] = self._marketplace.clock
        if api.state_argument:
            answer = self._remembering(tool, api, arguments, named_in(request.headers))
        else:
            answer = api.function(**arguments)
        return Reply(200, JSON, orjson.dumps(answer))

    def _remembering(self, tool: Tool, api: Api, arguments: dict[str, object], session: str) -> Answer:
        """Call a function that has a state; what it changed is kept where it is called by POST."""
        state = self._sessions.read(session, tool)
        answer = api.function(**arguments, **{api.state_argument: state})
        if api.writes:
            self._sessions.write(session, tool, state)
        else:
            self._sessions.touch(session, tool)
        return answer


def _decoded_segments(path: bytes) -> list[str]:
    try:
        return [unquote(part, errors="strict") for part in path.decode("ascii").split("/")]
    except UnicodeDecodeError as error:
        raise BadArgument("path", "must be percent-encoded UTF-8") from error
