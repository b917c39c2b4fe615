"""What every environment offers: call an API, get its answer. Live, replayed, simulated or behind a proxy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from tasks.records import Api


@dataclass(frozen=True, slots=True)
class ApiAnswer:
    """What an API said to one call; a failure is an answer too, never an exception."""

    error: str
    """Empty, or a label of ToolBench's vocabulary (`observation.LABELS`)."""
    response: str
    """Text of the body, keys removed, cut at the environment's size cap."""
    status: int | None
    """HTTP status; None when there was no answer, or the environment does not know it."""
    latency_s: float


class Environment(Protocol):
    """Where API answers come from."""

    @property
    def name(self) -> str:
        """Written into every row that the environment touched: live, proxy, replay ..."""
        ...

    async def call(self, api: Api, arguments: Mapping[str, Any], session: str = "") -> ApiAnswer:
        """Call `api` with `arguments`, whose keys are the standardised names that models see.

        Calls of one `session` share what tools that write keep, where the environment knows such a thing.
        Whatever an API does, down to never answering, is an answer.

        Raises:
            ApiUnreachable: what all APIs of this environment stand behind (a proxy, a hub) is gone; going on
                would fill trees with errors that are not the APIs' own.
        """
        ...

    async def forget(self, apis: Sequence[Api], session: str) -> None:
        """Drop what an earlier run has written under this session's name with any of `apis`.

        Raises:
            ApiUnreachable: as `call`.
        """
        ...

    async def end_state(self, apis: Sequence[Api], session: str) -> str:
        """What the tools of these APIs keep in a session: JSON object by tool slug; empty where nobody knows.

        Raises:
            ApiUnreachable: as `call`.
        """
        ...

    def can_fork(self, apis: Sequence[Api]) -> bool:
        """Whether all that these APIs write can be copied: a search may then abandon what it wrote."""
        ...

    async def fork(self, apis: Sequence[Api], session: str, to: str) -> None:
        """Make the session `to` a copy of `session` as it stands; what `to` was before is gone.

        Raises:
            ApiUnreachable: as `call`, or what these APIs write cannot be copied after all.
        """
        ...

    async def aclose(self) -> None:
        """Close connections; the environment is not used afterwards."""
        ...
