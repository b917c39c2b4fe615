"""Which APIs are put together before an instruction is written for them (ToolLLM §2.2), pure and seeded.

    I1  one tool: all its APIs, `MOST_APIS_OF_ONE_TOOL` drawn where it has more
    I2  2 to 5 tools of one category, at most 3 APIs each
    I3  2 to 5 tools of one collection that are not all of one category, at most 3 APIs each

Random tools from all over a marketplace have little to do with each other, hence categories and collections.
The paper says neither how often a combination is used nor how many are drawn: here a group is an endless
sequence that goes round its tools, categories or collections; no tool (I1) and no set of APIs (I2, I3) comes
again before all have come.
"""

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, combinations, count, islice

from tasks.records import Combination, Group, Split
from tasks.storage.canonical import random_of
from tasks.storage.ids import combination_id

MOST_APIS_OF_ONE_TOOL = 10
"""Longer lists of functions cost tokens in every later request; the real I1 queries hold five on average."""
MOST_TOOLS = 5
MOST_APIS_EACH = 3
GROUPS: tuple[Group, ...] = ("I1", "I2", "I3")
_TRIES = 50
"""Random draws before the sets not drawn yet are looked for one by one."""
_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Shelf:
    """What can be combined, by id."""

    tools: Mapping[str, tuple[str, ...]]
    """Tool to its APIs, sorted."""
    categories: Mapping[str, tuple[str, ...]]
    """Category to its tools, sorted."""
    collections: Mapping[str, tuple[str, ...]]
    """Collection to its tools that are kept, sorted."""
    category_of: Mapping[str, str]
    """Tool to its category."""

    def origins(self, group: Group) -> list[str]:
        """Tools, categories or collections that combinations of a group can be drawn from, sorted."""
        match group:
            case "I1":
                return sorted(self.tools)
            case "I2":
                return sorted(name for name, tools in self.categories.items() if len(tools) > 1)
            case "I3":
                shelves = self.collections.items()
                return sorted(name for name, tools in shelves if len(self._categories(tools)) > 1)

    def tools_of(self, group: Group, origin: str) -> tuple[str, ...]:
        """The tools of an origin, sorted."""
        match group:
            case "I1":
                return (origin,)
            case "I2":
                return self.categories[origin]
            case "I3":
                return self.collections[origin]

    def belong(self, group: Group, tools: Sequence[str]) -> bool:
        """Whether tools of one origin may be combined."""
        return group != "I3" or len(self._categories(tools)) > 1

    def _categories(self, tools: Iterable[str]) -> set[str]:
        return {self.category_of[tool] for tool in tools}


def shelf_of(apis: Iterable[tuple[str, str, str]], collections: Mapping[str, Sequence[str]]) -> Shelf:
    """Sort what a catalogue keeps.

    Args:
        apis: api_id, tool_id and category of each API.
        collections: tools that each collection names, kept or not.
    """
    tools: dict[str, list[str]] = {}
    category_of: dict[str, str] = {}
    for api_id, tool_id, category in apis:
        tools.setdefault(tool_id, []).append(api_id)
        category_of[tool_id] = category
    categories: dict[str, list[str]] = {}
    for tool_id in sorted(tools):
        categories.setdefault(category_of[tool_id], []).append(tool_id)
    return Shelf(
        tools={tool_id: tuple(sorted(ids)) for tool_id, ids in sorted(tools.items())},
        categories={name: tuple(ids) for name, ids in sorted(categories.items())},
        collections={
            name: tuple(sorted(set(tool_ids) & tools.keys()))
            for name, tool_ids in sorted(collections.items())
        },
        category_of=category_of,
    )


@dataclass(frozen=True, slots=True)
class Draw:
    """One combination of a group's sequence."""

    combination: Combination
    index: int
    """How many other sets of APIs came before this one; equal sets have equal indices."""
    split: Split
    """Follows from the index: no set of APIs is on both sides."""


def draws(shelf: Shelf, group: Group, seed: int, held_out: float) -> Iterator[Draw]:
    """The sequence of a group: endless, the same for the same arguments, empty where nothing can be combined.

    Args:
        shelf: what is there.
        group: I1, I2 or I3.
        seed: of the run.
        held_out: share of the sets whose instructions are for testing, in [0, 1); spread evenly.
    """
    origins = shelf.origins(group)
    random_of(seed, "combinations", group).shuffle(origins)
    indices: dict[frozenset[str], int] = {}
    this_round: set[str | frozenset[str]] = set()
    place = 0
    for ordinal in count() if origins else ():
        found: tuple[str, tuple[str, ...]] | None = None
        for attempt in range(max(_TRIES, len(origins))):
            origin = origins[place % len(origins)]
            place += 1
            rng = random_of(seed, "combination", group, ordinal, attempt)
            api_ids = _drawn(shelf, group, origin, rng)
            if _turn(group, origin, api_ids) not in this_round:
                found = origin, api_ids
                break
        if found is None:
            left = (each for each in every(shelf, group) if _turn(group, *each) not in this_round)
            found = next(left, None)
        if found is None:
            this_round.clear()
            found = origin, api_ids
        origin, api_ids = found
        this_round.add(_turn(group, origin, api_ids))
        index = indices.setdefault(frozenset(api_ids), len(indices))
        combination = Combination(combination_id(group, api_ids, ordinal), group, origin, api_ids, ordinal)
        yield Draw(combination, index, split_of(index, held_out))


def every(shelf: Shelf, group: Group) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Origin and APIs of each set that can be drawn, in a fixed order; a set of two origins comes twice.

    Of a tool with more APIs than I1 offers one set stands for all.
    """
    for origin in shelf.origins(group):
        tools = shelf.tools_of(group, origin)
        if group == "I1":
            yield origin, shelf.tools[origin][:MOST_APIS_OF_ONE_TOOL]
            continue
        for size in range(2, min(MOST_TOOLS, len(tools)) + 1):
            for chosen in combinations(tools, size):
                if shelf.belong(group, chosen):
                    for api_ids in _choices(shelf, chosen):
                        yield origin, api_ids


def distinct(shelf: Shelf, group: Group, limit: int) -> int:
    """How many different sets of APIs a group has, counted up to `limit`."""
    found: set[frozenset[str]] = set()
    for _, api_ids in every(shelf, group):
        found.add(frozenset(api_ids))
        if len(found) >= limit:
            break
    return len(found)


def split_of(index: int, held_out: float) -> Split:
    """Side of the n-th set: of any run of sets, a share of `held_out` is for testing, rounded."""
    share = round(held_out * _MILLION)
    before, after = ((2 * sets * share + _MILLION) // (2 * _MILLION) for sets in (index, index + 1))
    return "test" if after > before else "train"


def why_none(shelf: Shelf, group: Group) -> str:
    """One sentence for a group without combinations; empty where it has some."""
    if shelf.origins(group):
        return ""
    match group:
        case "I1":
            return "the catalogue keeps no API, so nothing can be written"
        case "I2" if len(shelf.tools) < 2:
            return "the catalogue keeps a single tool, so only I1 can be made"
        case "I2":
            return "no category of the catalogue keeps two tools, so I2 cannot be made"
        case "I3" if not shelf.collections:
            return "the catalogue names no collections, so I3 cannot be made"
        case "I3":
            return "no collection of the catalogue keeps tools of two categories, so I3 cannot be made"


def _turn(group: Group, origin: str, api_ids: Sequence[str]) -> str | frozenset[str]:
    """What comes once in a round."""
    return origin if group == "I1" else frozenset(api_ids)


def _drawn(shelf: Shelf, group: Group, origin: str, rng: random.Random) -> tuple[str, ...]:
    if group == "I1":
        return _sampled(shelf.tools[origin], MOST_APIS_OF_ONE_TOOL, rng)
    tools = shelf.tools_of(group, origin)
    size = rng.randint(2, min(MOST_TOOLS, len(tools)))
    chosen = rng.sample(tools, size)
    while not shelf.belong(group, chosen):
        chosen = rng.sample(tools, size)
    most = [rng.randint(1, MOST_APIS_EACH) for _ in chosen]
    parts = (_sampled(shelf.tools[tool], each, rng) for tool, each in zip(chosen, most, strict=True))
    return tuple(chain.from_iterable(parts))


def _sampled(apis: Sequence[str], most: int, rng: random.Random) -> tuple[str, ...]:
    """At most so many of a tool's APIs, in their order."""
    return tuple(apis) if len(apis) <= most else tuple(sorted(rng.sample(apis, most)))


def _choices(shelf: Shelf, tools: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Every choice of 1 to 3 APIs of each tool; made one by one, a large tool has millions."""
    if not tools:
        yield ()
        return
    apis = shelf.tools[tools[0]]
    for size in range(1, min(MOST_APIS_EACH, len(apis)) + 1):
        for first in combinations(apis, size):
            for others in _choices(shelf, tools[1:]):
                yield first + others


def take(sequence: Iterator[Draw], part: int, of: int, skip: int) -> Iterator[Draw]:
    """The draws of one of `of` parts: whole sets of APIs, so that no two parts write for the same one."""
    return islice((draw for draw in sequence if draw.index % of == part), skip, None)
