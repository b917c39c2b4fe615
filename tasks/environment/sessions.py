"""A session at a hub: what tools that write keep for one instruction, apart from every other's."""

import re
from collections.abc import Iterable

import httpx
import orjson

from tasks.environment.hub_pages import SOURCE
from tasks.records import Api, Instruction
from tasks.search.writing import writes
from tasks.storage.slugs import slug

SESSION_HEADER = "X-Hub-Session"
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


def session_name(instruction: Instruction) -> str:
    """The instruction's own name in its file where a hub accepts it, else its id."""
    own = instruction.source_id
    return own if _NAME.fullmatch(own) else instruction.instruction_id


def hubs_of(apis: Iterable[Api]) -> list[str]:
    """Addresses of the hubs that serve these APIs; sorted."""
    return sorted({origin_of(api.url) for api in apis if api.source == SOURCE})


def can_fork(apis: Iterable[Api]) -> bool:
    """Whether all that these APIs write lies in sessions of hubs, which can be copied."""
    return all(api.source == SOURCE for api in apis if writes(api))


def origin_of(url: str) -> str:
    """Scheme and host of an address."""
    parts = httpx.URL(url)
    return f"{parts.scheme}://{parts.netloc.decode()}"


def session_address(origin: str, session: str) -> str:
    """Where a hub shows a session, and forgets it."""
    return f"{origin}/hub/sessions/{session}"


def state_of(text: str, apis: Iterable[Api]) -> dict[str, object]:
    """The documents of a session by tool slug, from what a hub says of it; of the tools of `apis` alone.

    Raises:
        ValueError: it is no session.
    """
    said = orjson.loads(text)
    if not isinstance(said, dict) or not isinstance(said.get("state"), dict):
        raise ValueError("no state")
    tools = {api.tool_id for api in apis}
    return {name: kept for name, kept in said["state"].items() if f"{SOURCE}/{slug(name)}" in tools}
