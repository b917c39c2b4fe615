"""A call of a planted API, as its fault meets it."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, TypeVar

import orjson

from infra.sandbox.hub import draws
from infra.sandbox.hub.arguments import read_body, read_query
from infra.sandbox.hub.fault import JSON, Reply
from infra.sandbox.hub.sessions import Sessions, named_in
from infra.sandbox.hub.tool import Api, Tool

Choice = TypeVar("Choice")


class Request(NamedTuple):
    """The parts of an HTTP request that arguments are read from."""

    path: Mapping[str, str]
    query: bytes
    body: bytes
    headers: list[tuple[bytes, bytes]]


class PlantedCall:
    """What a fault may know of a call, and do with it; see `fault.Call`."""

    def __init__(
        self,
        tool: Tool,
        api: Api,
        request: Request,
        answer: Callable[[Tool, Api, Request], Reply],
        sessions: Sessions,
        seed: int,
    ) -> None:
        self.tool = tool
        self.api = api
        self._request = request
        self._answer = answer
        self._sessions = sessions
        self._seed = seed
        self._drawn = 0
        self._asking = ""

    def true_reply(self) -> Reply:
        """Return what a sound API replies."""
        return self._answer(self.tool, self.api, self._request)

    def reply_as(self, api: Api) -> Reply:
        """Return what the API would reply if it were declared otherwise."""
        return self._answer(self.tool, api, self._request)

    def example_reply(self) -> Reply:
        """Return the answer that the documentation shows."""
        return Reply(200, JSON, orjson.dumps(self.tool.example_answer(self.api)))

    def one_of(self, choices: Sequence[Choice]) -> Choice:
        """Choose by seed and API."""
        return draws.one_of(choices, self._seed, "choice", self.tool.slug, self.api.slug)

    def happens(self, share: float) -> bool:
        """Draw by seed, API, session, arguments, and how often these were asked for in the session."""
        self._asking = self._asking or self._count()
        self._drawn += 1
        names = ("happens", self.tool.slug, self.api.slug, self._asking, str(self._drawn))
        return draws.share(self._seed, *names) < share

    def _count(self) -> str:
        """Name the arguments and which asking of them this is; so calls at the same time do not mix."""
        request = self._request
        given = {**request.path, **read_query(request.query), **read_body(request.body)}
        canonical = orjson.dumps([self.tool.slug, self.api.slug, given], option=orjson.OPT_SORT_KEYS)
        arguments = hashlib.blake2b(canonical, digest_size=16).hexdigest()
        session, before = self._sessions.count(named_in(request.headers), arguments)
        return f"{session} {arguments} {before}"
