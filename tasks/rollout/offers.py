"""Which APIs an instruction is offered: those that write only where somebody has allowed it (pure).

Bound is `live` alone: what stands behind a proxy is no real API, and is called as ToolBench calls it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tasks.environment.sessions import can_fork
from tasks.errors import ConfigurationError
from tasks.records import Api, Instruction
from tasks.search.functions import Offer, SchemaStyle, offer
from tasks.search.methods import Method
from tasks.search.writing import writes

LIVE = "live"
ALL = "all"
_NAMED = 3
"""Examples in a sentence."""


def offered(
    apis: Sequence[Api], environment: str, allow_writes: str, style: SchemaStyle | None = None
) -> Offer:
    """The functions for an instruction's APIs.

    Args:
        apis: those it is to be offered, in its order.
        environment: kind, `live` or another.
        allow_writes: tools that may be written with, commas between, or `all`.
        style: of the schemas; None chooses by each API's source.
    """
    if environment != LIVE:
        return offer(apis, style)
    allowed = _names(allow_writes)
    return offer([api for api in apis if _is_allowed(api, allowed)], style, writes)


def require_known(allow_writes: str, apis: Iterable[Api]) -> None:
    """Say before the first paid call that a tool is allowed to write which is not there.

    Raises:
        ConfigurationError: no API of `apis` belongs to a tool of that name.
    """
    apis = list(apis)
    unknown = sorted(_names(allow_writes) - {name for api in apis for name in names_of(api)} - {ALL})
    if unknown:
        tools = sorted({api.tool_id for api in apis if writes(api)})
        there = f"those that write are {_listed(tools)}" if tools else "none writes"
        raise ConfigurationError(f"--allow-writes names {unknown[0]!r}, which is no tool here; {there}")


def require_forks(environment: str, allow_writes: str, apis: Iterable[Api], searcher: Method) -> None:
    """Say before the first paid call that a search would leak what it writes.

    Args:
        environment: kind, `live` or another.
        allow_writes: as `offered`.
        apis: all that any instruction offers.
        searcher: one that may come back to a state takes only what can be forked.

    Raises:
        ConfigurationError: it would, or the environment is one where nothing needs to be allowed.
    """
    allowed = _names(allow_writes)
    if environment != LIVE:
        if allowed:
            raise ConfigurationError("--allow-writes goes with --environment live; nothing else writes")
        return
    held = [api.api_id for api in apis if writes(api) and _is_allowed(api, allowed) and not can_fork([api])]
    if held and searcher.branches:
        raise ConfigurationError(
            f"{searcher.name} may come back to a state that it has left, and what {held[0]} writes cannot be "
            "forked; search with CoT@1, or leave its tool out of --allow-writes"
        )


@dataclass(frozen=True, slots=True)
class Withheld:
    """APIs that are left out of every offer because they write."""

    api_ids: tuple[str, ...]
    instructions: int
    """That were written for at least one of them."""

    def notes(self) -> list[str]:
        """What the reader of a report must know; nothing where nothing is left out."""
        if not self.api_ids:
            return []
        notes = [
            f"{len(self.api_ids)} APIs write, or may, and are left out of the offers: "
            f"{_listed(self.api_ids)}; --allow-writes TOOL,... or all offers them"
        ]
        if self.instructions:
            notes.append(f"instructions for one of these APIs, searched without it: {self.instructions}")
        return notes


def withheld(
    instructions: Iterable[Instruction], apis: Mapping[str, Api], environment: str, allow_writes: str
) -> Withheld:
    """What `offered` leaves out of the offers of all instructions."""
    if environment != LIVE:
        return Withheld((), 0)
    allowed = _names(allow_writes)
    gone = {api_id for api_id, api in apis.items() if not _is_allowed(api, allowed)}
    listed = list(instructions)
    ids = sorted({api_id for each in listed for api_id in each.api_ids} & gone)
    return Withheld(tuple(ids), sum(not gone.isdisjoint(each.relevant_api_ids) for each in listed))


def names_of(api: Api) -> set[str]:
    """What a tool may be called by: id, the id's slug, standard name."""
    return {api.tool_id, api.tool_id.rpartition("/")[2], api.tool_standard_name}


def _is_allowed(api: Api, allowed: frozenset[str]) -> bool:
    return not writes(api) or ALL in allowed or not allowed.isdisjoint(names_of(api))


def _names(allow_writes: str) -> frozenset[str]:
    return frozenset(each.strip() for each in allow_writes.split(",")) - {""}


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
