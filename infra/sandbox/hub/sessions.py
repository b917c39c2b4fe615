"""Sessions: what the tools that write have written, apart for each caller who names a session.

A document is kept as JSON bytes that nobody changes: a write puts other bytes in their place, so a fork
copies references. Every name is a session; one that was never used is fresh.
"""

import re
from collections.abc import Mapping

import orjson

from infra.sandbox.hub.errors import BadArgument, Full
from infra.sandbox.hub.state import State
from infra.sandbox.hub.tool import Tool

HEADER = b"x-hub-session"
DEFAULT = "default"
MAX_SESSIONS = 100_000
MAX_SESSION_BYTES = 1_048_576
"""Documents of all tools in one session."""
MAX_BYTES = 512 * 1_048_576
"""Documents of all sessions, as if none were shared."""

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_NOTHING: Mapping[str, bytes] = {}


class Sessions:
    """All sessions of a hub."""

    def __init__(self) -> None:
        self._documents: dict[str, dict[str, bytes]] = {}
        self._bytes = 0

    def read(self, session: str, tool: Tool) -> State:
        """Return the document of a tool in a session, which the caller may change; see `write`."""
        return State(orjson.loads(self._of(session).get(tool.slug) or tool.initial_document()))

    def write(self, session: str, tool: Tool, state: State) -> None:
        """Put a document in the place of the former one; raises `Full`."""
        document = orjson.dumps(state)
        documents = self._of(session)
        more = len(document) - len(documents.get(tool.slug, b""))
        if size_of(documents) + more > MAX_SESSION_BYTES:
            raise Full(
                f"session '{session}' would hold more than {MAX_SESSION_BYTES} bytes;"
                f" DELETE /hub/sessions/{session} empties it"
            )
        self._keep(session, {**documents, tool.slug: document}, more)

    def touch(self, session: str, tool: Tool) -> None:
        """Note that a tool was used in a session, even if only to read; raises `Full`."""
        documents = self._of(session)
        if tool.slug not in documents:
            first = tool.initial_document()
            self._keep(session, {**documents, tool.slug: first}, len(first))

    def state(self, session: str) -> dict[str, object]:
        """Return the documents of a session by slug of the tool: those of the tools that were used in it."""
        return {slug: orjson.loads(document) for slug, document in sorted(self._of(session).items())}

    def fork(self, session: str, to: str) -> None:
        """Make a session a copy of another as it stands, whatever it was before; raises `Full`."""
        documents = dict(self._of(session))
        self._keep(to, documents, size_of(documents) - size_of(self._of(to)))

    def delete(self, session: str) -> None:
        """Make a session fresh again."""
        self._bytes -= size_of(self._documents.pop(session, _NOTHING))

    def _of(self, session: str) -> Mapping[str, bytes]:
        return self._documents.get(session, _NOTHING)

    def _keep(self, session: str, documents: dict[str, bytes], more: int) -> None:
        if session not in self._documents and len(self._documents) >= MAX_SESSIONS:
            raise Full(f"the hub keeps {MAX_SESSIONS} sessions; DELETE /hub/sessions/NAME frees one")
        if self._bytes + more > MAX_BYTES:
            raise Full(f"the hub keeps {MAX_BYTES} bytes of sessions; DELETE /hub/sessions/NAME frees some")
        self._documents[session] = documents
        self._bytes += more


def size_of(documents: Mapping[str, bytes]) -> int:
    """Return the length of all documents of a session [bytes]."""
    return sum(map(len, documents.values()))


def session_name(name: object) -> str:
    """Return the name; raises `BadArgument` for one that no session can have."""
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise BadArgument("session", "must be 1 to 64 letters, digits, '-' or '_'")
    return name


def named_in(headers: list[tuple[bytes, bytes]]) -> str:
    """Return the session that a request names, or the default one; raises `BadArgument`."""
    for header, value in headers:
        if header == HEADER:
            return session_name(value.decode("latin-1"))
    return DEFAULT
