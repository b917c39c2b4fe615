"""A hub over HTTP: its listings and documentation pages, and whether it is there at all."""

import asyncio
import json
from typing import Any
from urllib.parse import urljoin

import httpx

from tasks.environment.hub_pages import SOURCE
from tasks.errors import ApiUnreachable, ConfigurationError, RecordError
from tasks.records import Collection
from tasks.storage.keys import key_of, without_keys
from tasks.storage.slugs import slug, unique_slugs

KEY = "FOUNDRY_HUB_KEY"
KEY_HEADER = "X-Hub-Key"
PER_PAGE = 100
TRIES = 3
_PAUSE_S = 0.5


def hub_location(location: str) -> str:
    """The address of a hub without what follows it.

    Raises:
        ConfigurationError: it is no http address.
    """
    found = location.strip().rstrip("/").removesuffix("/hub")
    try:
        parts = httpx.URL(found)
    except httpx.InvalidURL:
        parts = httpx.URL("")
    if parts.scheme not in ("http", "https") or not parts.host or (parts.port or 0) > 65535:
        raise ConfigurationError(
            f"--location of a hub is its address, e.g. http://127.0.0.1:9000, not '{location}'"
        )
    return found


class Hub:
    """One hub, read with the key in `FOUNDRY_HUB_KEY`; use within one event loop, close with `aclose`."""

    def __init__(self, location: str, *, timeout_s: float = 15.0):
        """Prepare the client; nothing is sent."""
        self.location = hub_location(location)
        self._key = key_of(KEY)
        headers = {KEY_HEADER: self._key} if self._key else {}
        self._client = httpx.AsyncClient(headers=headers, timeout=timeout_s)

    async def health(self) -> str:
        """Hash of the hub's catalogue: equal hashes mean equal documentation and answers.

        Raises:
            ApiUnreachable, ConfigurationError: as `get`; it is no hub; or the key is refused.
        """
        found = await self.get("/healthz")
        if not isinstance(found, dict) or not isinstance(found.get("catalogue"), str):
            raise ConfigurationError(
                f"{self.location} answers, but is no hub (/healthz names no catalogue); check --location"
            )
        await self.get("/hub/tools?per_page=1")
        return str(found["catalogue"])

    async def tools(self) -> list[tuple[str, str]]:
        """Slug at the hub and tool_id of every tool, in the order of the ids."""
        rows = await self._rows("/hub/tools")
        listed = sorted({str(row["slug"]) for row in rows if row.get("slug")})
        slugs = unique_slugs([(each, each) for each in listed])
        return sorted(
            zip(listed, (f"{SOURCE}/{each}" for each in slugs), strict=True), key=lambda pair: pair[1]
        )

    async def collections(self) -> list[Collection]:
        """Every collection with the tools it names, kept or not."""
        ids = dict(await self.tools())
        rows = sorted(await self._rows("/hub/collections"), key=lambda row: str(row.get("slug")))
        return [
            Collection(
                collection_id=f"{SOURCE}/{slug(str(row['slug']))}",
                source=SOURCE,
                name=str(row.get("name") or row["slug"]),
                description=str(row.get("description") or ""),
                tool_ids=tuple(ids[each] for each in row.get("tools") or [] if each in ids),
            )
            for row in rows
            if row.get("slug")
        ]

    async def page(self, hub_slug: str) -> Any:
        """Documentation page of a tool.

        Raises:
            RecordError: `no_page`, the hub lists the tool and does not document it.
        """
        found = await self.get(f"/hub/tools/{hub_slug}", absent_ok=True)
        if found is None:
            raise RecordError("no_page", f"{self.location}/hub/tools/{hub_slug} answers 404")
        return found

    async def get(self, path: str, *, absent_ok: bool = False) -> Any:
        """JSON of one address of the hub; None for a 404 where `absent_ok`.

        Raises:
            ApiUnreachable: nobody answers, or only 5xx and 429, in three tries.
            ConfigurationError: the key is refused, or what answers is no hub.
        """
        for attempt in range(1, TRIES + 1):
            try:
                answer = await self._client.get(self.location + path)
            except httpx.HTTPError as error:
                trouble = type(error).__name__
            else:
                if answer.status_code < 500 and answer.status_code != 429:
                    return self._json(answer, path, absent_ok)
                trouble = f"status {answer.status_code}"
            if attempt < TRIES:
                await asyncio.sleep(_PAUSE_S * attempt)
        raise ApiUnreachable(
            f"no hub answers at {self.location} ({trouble}); check --location, or start the hub"
        )

    async def aclose(self) -> None:
        """Close connections."""
        await self._client.aclose()

    def _json(self, answer: httpx.Response, path: str, absent_ok: bool) -> Any:
        if answer.status_code in (401, 403):
            given = "the key" if self._key else "a call without a key"
            raise ConfigurationError(
                f"the hub at {self.location} refuses {given}; set {KEY} to a key it has issued"
            )
        if answer.status_code == 404 and absent_ok:
            return None
        try:
            if answer.status_code == 200:
                return json.loads(without_keys(answer.text, [self._key]))
        except ValueError:
            pass
        start = " ".join(without_keys(answer.text, [self._key])[:80].split())
        raise ConfigurationError(
            f"{self.location} answers, but is no hub ({path}: status {answer.status_code}, '{start}'); check "
            "--location"
        )

    async def _rows(self, path: str) -> list[dict[str, Any]]:
        """All rows of a listing, page after page."""
        rows: list[dict[str, Any]] = []
        following: str | None = f"{path}?per_page={PER_PAGE}"
        seen: set[str] = set()
        while following and following not in seen:
            seen.add(following)
            found = await self.get(following)
            if not isinstance(found, dict) or not isinstance(found.get("results"), list):
                raise ConfigurationError(
                    f"{self.location} answers, but is no hub ({path} is no listing); check --location"
                )
            rows += [row for row in found["results"] if isinstance(row, dict)]
            following = self._same_hub(found.get("next"))
        return rows

    def _same_hub(self, following: Any) -> str | None:
        """Path of the next page; the key is sent to no other host."""
        if not isinstance(following, str) or not following:
            return None
        address = urljoin(self.location + "/", following)
        if not address.startswith(self.location + "/"):
            raise ConfigurationError(
                f"the hub at {self.location} continues its listing elsewhere, at {address}; check --location"
            )
        return address.removeprefix(self.location)
