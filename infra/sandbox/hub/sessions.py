"""Sessions: what the tools that write have written, apart for each caller who names a session.

A document is kept as JSON bytes that nobody changes: a write puts other bytes in their place, so a fork
copies references. Every name is a session; one that was never used is fresh. A session also counts calls
whose outcome depends on how often they were made, so that what happens in one does not depend on the others.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

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
MAX_COUNTS = 10_000
"""Kinds of call that are counted in one session; beyond, the oldest counts begin again."""

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True)
class _Session:
    """What is kept under one name."""

    documents: Mapping[str, bytes] = field(default_factory=dict)
    """JSON by slug of the tool; never changed in place."""
    counts: dict[str, int] = field(default_factory=dict)
    """How often each kind of call was made."""
    origin: str = ""
    """Name of the session that it was forked from in the end; empty where it is its own."""

    def size(self) -> int:
        """Length of all documents [bytes]."""
        return sum(map(len, self.documents.values()))


class Sessions:
    """All sessions of a hub."""

    def __init__(self) -> None:
        self._sessions: dict[str, _Session] = {}
        self._bytes = 0

    def read(self, name: str, tool: Tool) -> State:
        """Return the document of a tool in a session, which the caller may change; see `write`."""
        document = self._of(name).documents.get(tool.slug)
        return tool.first_state() if document is None else State(orjson.loads(document))

    def write(self, name: str, tool: Tool, state: State) -> None:
        """Put a document in the place of the former one; raises `Full`."""
        former = self._of(name)
        session = replace(former, documents={**former.documents, tool.slug: orjson.dumps(state)})
        if session.size() > MAX_SESSION_BYTES:
            raise Full(
                f"session '{name}' would hold more than {MAX_SESSION_BYTES} bytes;"
                f" DELETE /hub/sessions/{name} empties it"
            )
        self._keep(name, session)

    def touch(self, name: str, tool: Tool) -> None:
        """Note that a tool was used in a session, even if only to read; raises `Full`."""
        former = self._of(name)
        if tool.slug not in former.documents:
            documents = {**former.documents, tool.slug: tool.initial_document()}
            self._keep(name, replace(former, documents=documents))

    def count(self, name: str, call: str) -> tuple[str, int]:
        """Count a call; return where the session comes from, and how often the call was counted before.

        Raises:
            Full: the session is new, and there are too many.
        """
        if name not in self._sessions:
            self._keep(name, _Session())
        session = self._sessions[name]
        before = session.counts.pop(call, 0)
        session.counts[call] = before + 1  # now the newest
        if len(session.counts) > MAX_COUNTS:
            del session.counts[next(iter(session.counts))]
        return session.origin or name, before

    def state(self, name: str) -> dict[str, object]:
        """Return the documents of a session by slug of the tool: those of the tools that were used in it."""
        return {slug: orjson.loads(text) for slug, text in sorted(self._of(name).documents.items())}

    def fork(self, name: str, to: str) -> None:
        """Make a session a copy of another as it stands, whatever it was before; raises `Full`."""
        forked = self._of(name)
        origin = forked.origin or name
        self._keep(to, _Session(forked.documents, dict(forked.counts), origin))

    def delete(self, name: str) -> None:
        """Make a session fresh again."""
        self._bytes -= self._of(name).size()
        self._sessions.pop(name, None)

    def _of(self, name: str) -> _Session:
        return self._sessions.get(name) or _Session()

    def _keep(self, name: str, session: _Session) -> None:
        if name not in self._sessions and len(self._sessions) >= MAX_SESSIONS:
            raise Full(f"the hub keeps {MAX_SESSIONS} sessions; DELETE /hub/sessions/NAME frees one")
        total = self._bytes - self._of(name).size() + session.size()
        if total > MAX_BYTES:
            raise Full(f"the hub keeps {MAX_BYTES} bytes of sessions; DELETE /hub/sessions/NAME frees some")
        self._sessions[name] = session
        self._bytes = total


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
