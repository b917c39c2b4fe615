"""The APIs themselves, over HTTP, with the keys of their marketplaces.

A key is read from the environment once, sent only to its own marketplace, and taken out of what comes back.
"""

import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import httpx

from tasks.environment.classification import error_label
from tasks.environment.hub_pages import SOURCE
from tasks.environment.observation import API_INPUT, API_NOT_WORKING, API_SENDING, API_TIMEOUT
from tasks.environment.protocol import ApiAnswer
from tasks.environment.requests import UnsendableCall, request_of
from tasks.environment.sessions import (
    SESSION_HEADER,
    can_fork,
    hubs_of,
    origin_of,
    session_address,
    state_of,
)
from tasks.environment.wire import Answered, pooled_client, send
from tasks.errors import ApiUnreachable, ConfigurationError
from tasks.records import Api
from tasks.storage.canonical import canonical_json
from tasks.storage.keys import key_of, without_keys

HUB = SOURCE
"""Source of the APIs that a hub crawled by us serves."""
HUB_KEY, RAPID_KEY = "FOUNDRY_HUB_KEY", "RAPIDAPI_KEY"
_RAPID_HOST = ".rapidapi.com"
_KEY_HEADERS = ("X-Hub-Key", "X-RapidAPI-Key", "X-RapidAPI-Host", SESSION_HEADER)
MAX_REDIRECTS = 3
_SESSION_S = 15.0
"""Least wait for a hub's word on a session [s]: without it all work ends, and a hub may be busy."""


class LiveEnvironment:
    """Calls APIs where they are."""

    name = "live"

    def __init__(
        self, keys: Mapping[str, str] | None = None, *, timeout_s: float = 30.0, connections: int = 100
    ):
        """Make the environment; nothing is sent yet.

        Args:
            keys: values of FOUNDRY_HUB_KEY and RAPIDAPI_KEY; None takes the process's.
            timeout_s: longest wait for one answer, anew after each redirect [s].
            connections: calls in the air.
        """
        known = key_of if keys is None else (lambda name: keys.get(name, ""))
        self._keys = {name: known(name) for name in (HUB_KEY, RAPID_KEY)}
        self._timeout_s = timeout_s
        self._client = pooled_client(connections)

    async def call(self, api: Api, arguments: Mapping[str, Any], session: str = "") -> ApiAnswer:
        """Call `api` over HTTP; see `Environment.call`. A call is sent once, whatever comes of it."""
        began = time.perf_counter()

        def failed(label: str, response: str = "") -> ApiAnswer:
            return ApiAnswer(label, response, None, time.perf_counter() - began)

        try:
            request = request_of(self._client, api, arguments)
            request.headers.update(self._key_headers(api, request.url))
            if session and api.source == HUB:
                request.headers[SESSION_HEADER] = session
            answered = await self._followed(request)
        except UnsendableCall as error:
            return failed(API_INPUT, without_keys(str(error), self._keys.values()))
        except (TimeoutError, httpx.TimeoutException):
            return failed(API_TIMEOUT)
        except httpx.ConnectError:
            if api.source == HUB:
                raise _no_hub(origin_of(api.url)) from None
            return failed(API_NOT_WORKING)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return failed(API_SENDING, type(error).__name__)
        text = without_keys(answered.text, self._keys.values())
        latency_s = time.perf_counter() - began
        return ApiAnswer(error_label(answered.status, text), text, answered.status, latency_s)

    async def forget(self, apis: Sequence[Api], session: str) -> None:
        """Delete the session at every hub of these APIs; see `Environment.forget`.

        Also where none of them writes: a hub may count a session's calls, and chance goes by that count.
        """
        for origin in hubs_of(apis):
            await self._session("DELETE", session_address(origin, session))

    async def end_state(self, apis: Sequence[Api], session: str) -> str:
        """The session's documents of these APIs' tools, at every hub; see `Environment.end_state`."""
        state: dict[str, object] = {}
        for origin in hubs_of(apis):
            answered = await self._session("GET", session_address(origin, session))
            if answered.status == 404:
                continue
            try:
                state |= state_of(without_keys(answered.text, self._keys.values()), apis)
            except ValueError:
                raise ApiUnreachable(
                    f"the hub at {origin} does not tell the state of session {session} "
                    f"(status {answered.status}); check that it is a hub with sessions and run again"
                ) from None
        return canonical_json(state).decode()

    def can_fork(self, apis: Sequence[Api]) -> bool:
        """Whether hubs serve all that write; see `Environment.can_fork`."""
        return can_fork(apis)

    async def fork(self, apis: Sequence[Api], session: str, to: str) -> None:
        """Copy the session at every hub of these APIs; see `Environment.fork`."""
        for origin in hubs_of(apis):
            answered = await self._session("POST", f"{session_address(origin, session)}/fork", {"to": to})
            if answered.status != 200:
                raise ApiUnreachable(
                    f"the hub at {origin} does not fork session {session} (status {answered.status}: "
                    f"{answered.text[:200]}); check that it is a hub with sessions and run again"
                )

    async def aclose(self) -> None:
        """Close connections."""
        await self._client.aclose()

    async def _session(self, method: str, address: str, body: Any = None) -> Answered:
        headers = {"X-Hub-Key": self._keys[HUB_KEY]} if self._keys[HUB_KEY] else {}
        request = self._client.build_request(method, address, headers=headers, json=body)
        for _ in range(1 if method == "POST" else 2):  # what is forked twice may be refused
            try:
                return await send(self._client, request, max(self._timeout_s, _SESSION_S))
            except (TimeoutError, httpx.HTTPError):
                continue
        raise _no_hub(origin_of(address))

    async def _followed(self, request: httpx.Request) -> Answered:
        answered = await send(self._client, request, self._timeout_s)
        for _ in range(MAX_REDIRECTS):
            if answered.next_request is None:
                break
            following = answered.next_request
            if following.url.netloc != request.url.netloc:
                for name in _KEY_HEADERS:
                    following.headers.pop(name, None)
            answered = await send(self._client, following, self._timeout_s)
        return answered

    def _key_headers(self, api: Api, url: httpx.URL) -> dict[str, str]:
        if api.source == HUB:
            return {"X-Hub-Key": self._keys[HUB_KEY]} if self._keys[HUB_KEY] else {}
        if url.host.endswith(_RAPID_HOST) and self._keys[RAPID_KEY]:
            return {"X-RapidAPI-Key": self._keys[RAPID_KEY], "X-RapidAPI-Host": url.host}
        return {}


def _no_hub(origin: str) -> ApiUnreachable:
    return ApiUnreachable(f"the hub at {origin.split('://')[-1]} does not answer; start it and run again")


def require_keys(apis: Iterable[Api], keys: Mapping[str, str] | None = None) -> None:
    """Say before the first paid call which key is missing to call these APIs live.

    Raises:
        ConfigurationError: a marketplace of theirs wants a key that the environment does not hold.
    """
    for api in apis:
        wanted = HUB_KEY if api.source == HUB else RAPID_KEY if _is_rapid(api) else ""
        if wanted and not (key_of(wanted) if keys is None else keys.get(wanted)):
            raise ConfigurationError(f"{wanted} is not set, and {api.api_id} cannot be called without it")


def _is_rapid(api: Api) -> bool:
    return api.url.split("://")[-1].split("/")[0].endswith(_RAPID_HOST)
