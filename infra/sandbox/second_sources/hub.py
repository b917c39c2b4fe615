"""Calls the hub as any client does."""

from typing import Any
from urllib.parse import quote

import httpx


class HubError(Exception):
    """The hub cannot be asked; the message is a sentence."""


class Hub:
    """A hub at an address."""

    def __init__(self, address: str) -> None:
        # The hub closes idle connections after five seconds: a request that meets that would be lost.
        self._client = httpx.Client(
            base_url=address.rstrip("/"),
            timeout=30,
            limits=httpx.Limits(keepalive_expiry=2.0),
            trust_env=False,
        )
        try:
            answer = self._client.post("/hub/keys", json={"name": "second-sources"})
            self._client.headers["X-Hub-Key"] = answer.raise_for_status().json()["key"]
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError) as error:
            raise HubError(f"no hub gives a key at {address} ({type(error).__name__}); start one") from error

    def __enter__(self) -> "Hub":
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def tools(self) -> int:
        """How many tools it offers."""
        return int(self._client.get("/hub/tools").json()["total"])

    def get(self, tool: str, *path: object, **arguments: object) -> Any:
        """The answer to a GET call; None where the hub knows nothing (404).

        Raises:
            HubError: any other status: the question does not fit the tool.
        """
        address = "/".join(["/api", tool, *(quote(str(part), safe="") for part in path)])
        answer = self._client.get(address, params={name: str(value) for name, value in arguments.items()})
        if answer.status_code == 404:
            return None
        if answer.status_code != 200:
            raise HubError(f"{answer.url} answers {answer.status_code}: {answer.text[:200]}")
        return answer.json()

    def ask(self, tool: str, *path: object, **arguments: object) -> Any:
        """The answer to a GET call, or an empty object where the hub knows nothing or refuses."""
        try:
            return self.get(tool, *path, **arguments) or {}
        except HubError:
            return {}
