"""Speaks to a hub over HTTP, and knows nothing else about it."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NoReturn
from urllib.parse import quote

import httpx

from infra.sandbox.tasks.documents import ApiDocument, Arguments, Json, ToolDocument, tool_of
from infra.sandbox.tasks.errors import TasksError

CALLER = "tasks"
"""Name under which a key is asked for."""
PAGE_TIMEOUT_S = 60.0
CONNECTIONS = 64
KEEPALIVE_S = 2.0
"""The hub closes idle connections after five seconds: a request that meets that would be lost."""
CALL_TIMEOUT_S = 3.0
"""From here on an API counts as slow."""


@dataclass(frozen=True)
class Reply:
    """What came back from a call."""

    status: int
    """HTTP status; 0 where nothing came back in time."""
    answer: Json
    """The JSON answer; None where the body is none."""
    is_json: bool
    text: str
    """The body."""

    @property
    def is_answer(self) -> bool:
        """Whether it is a JSON answer under status 200."""
        return self.status == 200 and self.is_json

    def complaint(self) -> str:
        """Return the hub's own words about a refusal, or what came instead of an answer."""
        if self.status == 0:
            return f"no answer within {CALL_TIMEOUT_S:g} s"
        if isinstance(self.answer, dict) and isinstance(self.answer.get("message"), str):
            return f"{self.status}: {self.answer['message']}"
        return f"{self.status}: {self.text[:80]!r}"


class Hub:
    """A hub at an address, with a key of its own. Close it, or use it in a ``with`` block.

    Raises:
        TasksError: nothing answers at the address, or what answers is no hub.
    """

    def __init__(self, address: str) -> None:
        self.address = address.rstrip("/")
        try:
            self._client = httpx.Client(
                base_url=self.address,
                timeout=PAGE_TIMEOUT_S,
                limits=httpx.Limits(
                    max_connections=CONNECTIONS,
                    max_keepalive_connections=CONNECTIONS,
                    keepalive_expiry=KEEPALIVE_S,
                ),
                trust_env=False,
            )
        except (httpx.InvalidURL, ValueError) as error:
            raise TasksError(f"'{address}' is no address; give one like http://127.0.0.1:41321.") from error
        key = self._asked("POST", "/hub/keys", json={"name": CALLER}).get("key")
        if not isinstance(key, str):
            self._no_hub("gave no key")
        self._client.headers["X-Hub-Key"] = key

    def __enter__(self) -> "Hub":
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def catalogue(self) -> str:
        """Return the version of the catalogue."""
        return str(self._asked("GET", "/healthz").get("catalogue", ""))

    def listing(self, kind: str) -> Iterator[dict[str, Json]]:
        """Yield the rows of ``categories``, ``collections`` or ``tools``, all pages of them."""
        address: str | None = f"/hub/{kind}?per_page=100"
        while address is not None:
            page = self._asked("GET", address)
            if not isinstance(page.get("results"), list):
                self._no_hub(f"lists no {kind}")
            yield from page["results"]
            address = page.get("next")

    def tool(self, slug: str) -> ToolDocument:
        """Return the documentation of a tool."""
        page = self._asked("GET", f"/hub/tools/{quote(slug, safe='')}")
        try:
            return tool_of(page)
        except (KeyError, TypeError, AttributeError, IndexError):
            self._no_hub(f"has no readable page of the tool '{slug}'")

    def call(self, tool: ToolDocument, api: ApiDocument, arguments: Arguments, session: str) -> Reply:
        """Call an API; whatever comes back is a reply, also nothing."""
        path, query, body = tool.base_path + api.path, {}, {}
        for name, value in arguments.items():
            parameter = api.parameter(name)
            place = "query" if parameter is None else parameter.place
            if place == "path":
                path = path.replace("{" + name + "}", quote(wire_text(value), safe=""))
            elif place == "query":
                query[name] = wire_text(value)
            else:
                body[name] = value
        try:
            response = self._client.request(
                api.method,
                path,
                params=query,
                json=body if api.method == "POST" else None,
                headers={"X-Hub-Session": session},
                timeout=CALL_TIMEOUT_S,
            )
        except httpx.HTTPError:
            return Reply(0, None, False, "")
        return _reply(response)

    def state(self, session: str) -> dict[str, Json]:
        """Return the documents of the tools that a session touched, by slug of the tool."""
        state = self._asked("GET", f"/hub/sessions/{session}").get("state", {})
        return state if isinstance(state, dict) else {}

    def forget(self, session: str) -> None:
        """Delete a session; one that does not exist is already forgotten."""
        self._sent(lambda: self._client.delete(f"/hub/sessions/{session}"))

    def _asked(self, method: str, path: str, json: Json = None) -> dict[str, Json]:
        response = self._sent(lambda: self._client.request(method, path, json=json))
        reply = _reply(response)
        if not reply.is_answer or not isinstance(reply.answer, dict):
            self._no_hub(f"answered {method} {path} with {reply.complaint()}")
        return reply.answer

    def _sent(self, request: Callable[[], httpx.Response], tries: int = 3) -> httpx.Response:
        """Send what may be sent twice: a kept connection can end as it is taken up again."""
        try:
            return request()
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            if isinstance(error, httpx.NetworkError | httpx.RemoteProtocolError) and tries > 1:
                return self._sent(request, tries - 1)
            raise TasksError(
                f"no hub answers at {self.address} ({error}); start one with"
                " 'python -m infra.sandbox.hub' and give the address it prints."
            ) from error

    def _no_hub(self, what: str) -> NoReturn:
        raise TasksError(f"what answers at {self.address} is no hub: it {what}.")


def wire_text(value: Json) -> str:
    """Return an argument as it travels in a path or query: lists joined by commas, the rest as JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return ",".join(wire_text(part) for part in value)
    return json.dumps(value)


def _reply(response: httpx.Response) -> Reply:
    try:
        return Reply(response.status_code, json.loads(response.content), True, response.text)
    except ValueError:
        return Reply(response.status_code, None, False, response.text)
