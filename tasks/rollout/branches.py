"""Sessions of one search, one for each world its paths have made: no branch meets what another has written.

A call that writes is made in a fork of the session before it, which stays as it was for the next child. What
the kept path has written is copied to the instruction's own session in the end, and all branches are dropped.
Where the environment cannot fork, there is one session, and it only goes forward: a call from a world that
was left is refused. Searchers that come back to a state are refused before the first call (`offers`).
"""

import asyncio
from dataclasses import dataclass, field

from tasks.environment.observation import API_INTERRUPTED
from tasks.environment.protocol import ApiAnswer, Environment
from tasks.errors import ApiUnreachable, ConfigurationError
from tasks.search.effects import Act
from tasks.search.functions import Offer
from tasks.storage.canonical import digest

UNKNOWN_OUTCOME = ApiAnswer(
    API_INTERRUPTED,
    "The run was stopped while this call was on its way. Nobody knows whether it took effect, so it is not "
    "made again.",
    None,
    0.0,
)
"""Of a call that writes, found in the air after a kill, where what it may have written cannot be undone."""
_NOTHING = "{}"


@dataclass(slots=True)
class Branches:
    """Where the calls of one search go."""

    environment: Environment
    offer: Offer
    name: str = ""
    """Session of the instruction."""
    address: str = ""
    """Of the table that is written: searches for other tables have branches of their own."""
    answers: dict[str, ApiAnswer] = field(default_factory=dict)
    """What the call that made a world was answered, by world."""
    in_turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Calls of one search that may write are made one after the other, in its order."""
    _replayed: set[str] = field(default_factory=set)
    """Worlds made before this process, whose sessions nobody has looked at yet."""
    _newest: str = ""
    """World of the only session, where nothing can be forked."""

    @property
    def writes(self) -> bool:
        """Whether any function offered writes."""
        return bool(self.offer.writing)

    @property
    def forks(self) -> bool:
        """Whether every world has a session of its own."""
        return self.writes and self.environment.can_fork(self.offer.apis)

    def session(self, world: str = "") -> str:
        """Name of a world's session."""
        if not self.forks:
            return self.name
        return f"{self.name[:31]}-{digest([self.name, self.address, world], size=16)}"

    async def begin(self) -> None:
        """Drop what an earlier search for this table has left.

        Raises:
            ApiUnreachable: as `Environment.forget`.
        """
        await self.environment.forget(self.offer.apis, self.session())

    async def enter(self, act: Act) -> str:
        """The session for a call: that of its path's world, and a fresh fork of it for one that writes.

        Raises:
            ApiUnreachable: as `Environment.fork`.
            ConfigurationError: the world was left and cannot be forked, or the hub has lost what made it.
        """
        await self._require(act.world)
        if self.forks and act.makes:
            await self.environment.fork(self.offer.apis, self.session(act.world), self.session(act.makes))
            return self.session(act.makes)
        if self.writes and not self.forks and act.world != self._newest:
            raise ConfigurationError(
                f"{act.function} would be called in a state that another branch has changed since, and what "
                "it writes cannot be forked; use a searcher with one path, such as CoT@1"
            )
        return self.session(act.world)

    def made(self, act: Act, answer: ApiAnswer, replayed: bool) -> None:
        """Note that a call was answered."""
        if not act.makes:
            return
        self.answers[act.makes] = answer
        self._newest = act.makes
        if self.forks and replayed and not answer.error:
            self._replayed.add(act.makes)

    async def keep(self, world: str) -> None:
        """Make the instruction's own session what a world's is; "" leaves it fresh.

        Raises:
            ApiUnreachable: as `Environment.fork`.
        """
        if self.forks:
            await self.environment.fork(self.offer.apis, self.session(world), self.name)

    async def drop(self) -> None:
        """Forget every branch.

        Raises:
            ApiUnreachable: as `Environment.forget`.
        """
        if self.forks:
            for world in ("", *self.answers):
                await self.environment.forget(self.offer.apis, self.session(world))

    async def _require(self, world: str) -> None:
        """See that a world was made, and that a session that an earlier process has made is still there."""
        if world and world not in self.answers:
            raise ApiUnreachable("a call that others build on was never answered")
        if world not in self._replayed:
            return
        if await self.environment.end_state(self.offer.apis, self.session(world)) == _NOTHING:
            raise ConfigurationError(
                f"the session {self.session(world)} has lost what this search wrote before it was "
                "interrupted (a hub forgets when it is started anew); write to a new address"
            )
        self._replayed.discard(world)
