"""APIs behind a server that speaks the protocol of ToolBench's RapidAPI proxy, as StableToolBench's does too.

A call is a POST of {"category", "tool_name", "api_name", "tool_input", "strip", "toolbench_key"}, its answer
{"error": "<label or empty>", "response": ...}.
"""

import json
import time
from collections.abc import Mapping, Sequence
from typing import Any

import httpx
import orjson

from tasks.environment.observation import API_SENDING, API_TIMEOUT
from tasks.environment.protocol import ApiAnswer
from tasks.environment.wire import MAX_ANSWER_BYTES, Answered, pooled_client, send
from tasks.errors import ApiUnreachable, ConfigurationError
from tasks.records import Api
from tasks.storage.keys import key_of, without_keys

STRIP = "truncate"
"""How the server shortens answers; the published runs use this one, which does not compress."""


class ProxyEnvironment:
    """Calls APIs through a proxy, under their standard names."""

    name = "proxy"

    def __init__(
        self,
        address: str,
        *,
        toolbench_key: str | None = None,
        timeout_s: float = 30.0,
        connections: int = 100,
    ):
        """Make the environment; nothing is sent yet.

        Args:
            address: full address, such as http://127.0.0.1:9009/rapidapi.
            toolbench_key: of a hosted server; None takes TOOLBENCH_KEY.
            timeout_s: longest wait for one answer [s]; ToolBench waits 15.
            connections: calls in the air.

        Raises:
            ConfigurationError: the address is no http(s) address.
        """
        try:
            url = httpx.URL(address)
        except httpx.InvalidURL as error:
            raise ConfigurationError(f"the proxy's address {address!r} cannot be read: {error}") from None
        if url.scheme not in ("http", "https") or not url.host:
            raise ConfigurationError(
                f"the proxy's address {address!r} must be a full one, such as http://127.0.0.1:9009/rapidapi"
            )
        self._address = url
        self._key = key_of("TOOLBENCH_KEY") if toolbench_key is None else toolbench_key
        self._timeout_s = timeout_s
        self._client = pooled_client(connections)

    async def call(self, api: Api, arguments: Mapping[str, Any], session: str = "") -> ApiAnswer:
        """Call `api` through the proxy, which knows no sessions; see `Environment.call`."""
        began = time.perf_counter()
        body = {
            "category": api.category,
            "tool_name": api.tool_standard_name,
            "api_name": api.standard_name,
            "tool_input": json.dumps(dict(arguments), ensure_ascii=False),
            "strip": STRIP,
            "toolbench_key": self._key,
        }
        headers = {"toolbench_key": self._key} if self._key else {}
        request = self._client.build_request("POST", self._address, json=body, headers=headers)
        try:
            answered = await send(self._client, request, self._timeout_s, max_bytes=4 * MAX_ANSWER_BYTES)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise ApiUnreachable(
                f"the API proxy at {self._address} does not answer ({type(error).__name__}); "
                "start it and run again"
            ) from None
        except (TimeoutError, httpx.TimeoutException):
            return ApiAnswer(API_TIMEOUT, "", None, time.perf_counter() - began)
        except httpx.HTTPError as error:
            return ApiAnswer(API_SENDING, type(error).__name__, None, time.perf_counter() - began)
        return self._answer(answered)

    async def forget(self, apis: Sequence[Api], session: str) -> None:
        """Do nothing: the protocol has no sessions."""

    async def end_state(self, apis: Sequence[Api], session: str) -> str:
        """Nobody knows."""
        return ""

    def can_fork(self, apis: Sequence[Api]) -> bool:
        """Nothing can be forked: the protocol has no sessions."""
        return False

    async def fork(self, apis: Sequence[Api], session: str, to: str) -> None:
        """Refuse; see `can_fork`."""
        raise ApiUnreachable("an API proxy has no sessions that could be forked")

    async def aclose(self) -> None:
        """Close connections."""
        await self._client.aclose()

    def _answer(self, answered: Answered) -> ApiAnswer:
        said = _object(answered.text) if answered.status == 200 else None
        if said is None:
            reason = f"the API server answered {answered.status} and no JSON object"
            return ApiAnswer(API_SENDING, reason, answered.status, answered.latency_s)
        try:
            error, response = (without_keys(_as_text(said.get(key, "")), [self._key]) for key in _FIELDS)
        except orjson.JSONEncodeError:  # hundreds of brackets can be read, but not written again
            reason = "the API server's answer is nested too deeply"
            return ApiAnswer(API_SENDING, reason, answered.status, answered.latency_s)
        return ApiAnswer(error, response[:MAX_ANSWER_BYTES], answered.status, answered.latency_s)


_FIELDS = ("error", "response")


def _object(text: str) -> dict[str, Any] | None:
    try:
        said = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return said if isinstance(said, dict) else None


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else orjson.dumps(value).decode()
