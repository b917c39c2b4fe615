"""What a marketplace offers to ask for: its APIs with their sentences, and the groups they stand in."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random

from infra.sandbox.tasks.asks import ApiAsks, FactAsked, Take, read_tool
from infra.sandbox.tasks.calling import DEAD, SOUND, probe, stateful_tools
from infra.sandbox.tasks.documents import ApiDocument, Json, ToolDocument
from infra.sandbox.tasks.errors import TasksError
from infra.sandbox.tasks.facts import is_guessable, kind_of
from infra.sandbox.tasks.hub import Hub
from infra.sandbox.tasks.meanings import MEANINGS
from infra.sandbox.tasks.paths import leaves

Progress = Callable[[str, int], Callable[[], object]]
"""Starts a progress bar: what is done, and in how many steps; returns what to call after each."""

MAX_BARE_TOOLS = 60
"""Tools without an asks file that are read, drawn from all of them: a marketplace may have ten thousand."""
FALLBACK_FACTS = 3
FALLBACK_WORDS = 220
"""Characters of a description that a fallback sentence quotes."""

_TAKEN_BY_NAME = {
    "place": ("latitude", "longitude"),
    "country": ("country",),
    "currency": ("currency",),
    "timezone": ("timezone",),
    "airport": ("iata",),
}


@dataclass(frozen=True)
class Askable:
    """An API, and how to ask for it."""

    tool: ToolDocument
    api: ApiDocument
    asks: ApiAsks
    verdict: str
    """What `infra.sandbox.tasks.calling.probe` found."""
    is_stateful: bool
    """Whether its tool remembers what was written in a session."""
    is_bare: bool
    """No asks file speaks of it: the sentences are the documentation's."""

    @property
    def is_reckoned(self) -> bool:
        """Whether a model could do without it, so that its lack makes nothing unsolvable."""
        return self.asks.reckoned or self.tool.is_reckoned

    @property
    def id(self) -> str:
        """Slugs of tool and API."""
        return self.api.id

    @property
    def writes(self) -> bool:
        """Whether a call may change the session."""
        return self.is_stateful and self.api.method == "POST"

    def offer(self) -> dict[str, Json]:
        """Return what a task says of an offered API."""
        return {"tool": self.tool.heading(), "api": self.api.raw}


@dataclass(frozen=True)
class Scope:
    """The APIs among which one task stays."""

    group: str
    """``I1`` a tool, ``I2`` a category, ``I3`` a collection."""
    name: str
    members: tuple[Askable, ...]


@dataclass(frozen=True)
class Market:
    """Everything that was read."""

    askables: tuple[Askable, ...]
    first_states: Mapping[str, Json]
    """What a fresh session holds of each tool that writes, by slug; None if unknown."""
    scopes: Mapping[str, tuple[Scope, ...]]
    """By group."""
    misfits: tuple[str, ...]
    """Sentences about parts of asks files that do not fit this marketplace."""

    def sound(self) -> list[Askable]:
        """Return the APIs that work."""
        return [a for a in self.askables if a.verdict == SOUND]

    def dead(self) -> list[Askable]:
        """Return the APIs that never answer."""
        return [a for a in self.askables if a.verdict == DEAD]


def read_market(
    hub: Hub,
    asks: Mapping[str, Mapping[str, Json]],
    seed: int,
    progress: Callable[[str, int], Callable[[], object]],
) -> Market:
    """Read documentation and asks files, and try all APIs.

    Args:
        hub: the marketplace.
        asks: contents of the asks files by slug of the tool.
        seed: decides which tools without an asks file are read, where there are many.
        progress: shows how far the work is.

    Raises:
        TasksError: nothing in the marketplace works.
    """
    tools = _read_tools(hub, asks, seed, progress)
    apis = [(tool, api) for tool in tools for api in tool.apis]
    states = stateful_tools(hub, tools)
    verdicts = probe(hub, apis, states, progress("trying APIs", len(apis)))
    askables, misfits = [], []
    for tool in tools:
        written, problems = read_tool(tool, asks.get(tool.slug, {}))
        misfits += problems
        for api in tool.apis:
            own = written.get(api.slug, ApiAsks())
            is_bare = not own.asks and not own.chained
            spoken = fallback_asks(tool, api) if is_bare else own
            askables.append(Askable(tool, api, spoken, verdicts[api.id], tool.slug in states, is_bare))
    if all(askable.verdict != SOUND for askable in askables):
        raise TasksError(f"no API of the hub at {hub.address} works, so there is nothing to ask for.")
    return Market(tuple(askables), states, _scopes(askables), tuple(misfits))


def fallback_asks(tool: ToolDocument, api: ApiDocument) -> ApiAsks:
    """Make sentences of the documentation's own words, for an API that no asks file speaks of.

    They name the tool: a marketplace may have several that are described alike.
    """
    first = re.split(r"(?<=[.!?])\s", api.description, maxsplit=1)[0].rstrip(".!? ")
    wish = re.sub(r"[{}]", "", first)[:FALLBACK_WORDS] or api.name
    required = [p.name for p in api.parameters if p.required]
    taken = {
        meaning: parameters
        for meaning, parameters in _TAKEN_BY_NAME.items()
        if all(name in required for name in parameters)
    }
    takes = {
        meaning: Take(meaning, meaning, dict(zip(parameters, MEANINGS[meaning], strict=True)))
        for meaning, parameters in taken.items()
    }
    listed = ", ".join(f"{_label(name)} {{{name}}}" for name in required)
    source = re.sub(r"[{}]", "", tool.name)
    asks = [
        f"I need this from {source}: {wish}{f' ({listed})' if listed else ''}.",
        f"What does {source} say{f' for {listed}' if listed else ''}? {wish}.",
    ]
    chained = []
    for meaning, parameters in taken.items():
        rest = "".join(f", {_label(name)} {{{name}}}" for name in required if name not in parameters)
        chained.append(f"I need this from {source} for {{{meaning}}}{rest}: {wish}.")
    return ApiAsks(tuple(asks), tuple(_fallback_facts(api)), takes=takes, chained=tuple(chained))


def _fallback_facts(api: ApiDocument) -> list[FactAsked]:
    """Return places of the example answer that are worth telling; of a list, its first entry at most."""
    given = list(api.example_arguments().values())
    told = [
        path
        for path, value in leaves(api.example_response)
        if path
        and kind_of(value) is not None
        and not is_guessable(value)
        and value not in given
        and api.parameter(path.rpartition(".")[2]) is None  # an answer may repeat what a default was
    ]
    single = [path for path in told if not any(step.isdecimal() for step in path.split("."))]
    first = [path for path in told if {s for s in path.split(".") if s.isdecimal()} <= {"0"}]
    return [FactAsked(path) for path in (single or first)[:FALLBACK_FACTS]]


def _label(name: str) -> str:
    return name.replace("_", " ")


def _read_tools(hub: Hub, asks: Mapping[str, object], seed: int, progress: Progress) -> list[ToolDocument]:
    slugs = [row["slug"] for row in hub.listing("tools")]
    bare = [slug for slug in slugs if slug not in asks]
    if len(bare) > MAX_BARE_TOOLS:
        bare = Random(f"{seed} bare tools").sample(bare, MAX_BARE_TOOLS)
    read = set(bare) | set(asks)
    wanted = [slug for slug in slugs if slug in read]
    step = progress("reading tools", len(wanted))
    tools = []
    for slug in wanted:
        tools.append(hub.tool(slug))
        step()
    return tools


def _scopes(askables: list[Askable]) -> dict[str, tuple[Scope, ...]]:
    tools: dict[str, list[Askable]] = {}
    categories: dict[str, list[Askable]] = {}
    collections: dict[str, list[Askable]] = {}
    for askable in askables:
        tools.setdefault(askable.tool.slug, []).append(askable)
        categories.setdefault(askable.tool.category, []).append(askable)
        for collection in askable.tool.collections:
            collections.setdefault(collection, []).append(askable)
    return {
        "I1": tuple(Scope("I1", name, tuple(members)) for name, members in tools.items()),
        "I2": tuple(Scope("I2", name, tuple(m)) for name, m in categories.items() if _tools(m) > 1),
        "I3": tuple(Scope("I3", name, tuple(m)) for name, m in collections.items() if _tools(m) > 1),
    }


def _tools(askables: list[Askable]) -> int:
    return len({askable.tool.slug for askable in askables})
