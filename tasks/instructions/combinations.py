"""Which APIs are put together before an instruction is written for them (ToolLLM §2.2), pure and seeded.

    I1  one tool: all its APIs, `MOST_APIS_OF_ONE_TOOL` drawn where it has more
    I2  2 to 5 tools of one category, at most 3 APIs each
    I3  2 to 5 tools of one collection that are not all of one category, at most 3 APIs each

Random tools from all over a marketplace have little to do with each other, hence categories and collections.
The paper says neither how often a combination is used nor how many are drawn: here a group is an endless
sequence that goes round its tools, categories or collections; no tool (I1) and no set of APIs (I2, I3) comes
again before all have come.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, combinations, islice, pairwise

from tasks.records import Combination, Group, Split
from tasks.storage.canonical import seed_of
from tasks.storage.ids import combination_id

MOST_APIS_OF_ONE_TOOL = 10
"""Longer lists of functions cost tokens in every later request; the real I1 queries hold five on average."""
MOST_TOOLS = 5
MOST_APIS_EACH = 3
GROUPS: tuple[Group, ...] = ("I1", "I2", "I3")
EVENLY = 5
"""Places at the beginning of a group whose sides alternate: what small runs have is spread evenly."""
LOOKED_AT = 100
"""Draws of the first round among which sets for those places are looked for."""
_TRIES = 50
"""Draws at one origin before it is passed over; sets not drawn in the end are looked for one by one."""
_MILLION = 1_000_000
_MIXER = 0x9E3779B97F4A7C15
_MASK = (1 << 64) - 1


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
    """The same for a set of APIs whenever it comes: no set is on both sides."""


@dataclass(slots=True)
class _Origin:
    """A tool, category or collection while a group is drawn."""

    name: str
    visits: int = 0
    spent: bool = False
    """Nothing new was found there in this round."""


def draws(shelf: Shelf, group: Group, seed: int, held_out: float) -> Iterator[Draw]:
    """The sequence of a group: endless, the same for the same arguments, empty where nothing can be combined.

    What is drawn at an origin's n-th visit, and when an origin is visited, hangs on names alone, not on
    places in lists: where a tool or an API is added or removed, draws that have nothing to do with it stay,
    and so do their sides but in small catalogues (`first_sides`).

    Args:
        shelf: what is there.
        group: I1, I2 or I3.
        seed: of the run.
        held_out: share of the sets whose instructions are for testing, in [0, 1).
    """
    sequence = _sequence(shelf, group, seed)
    head = list(islice(sequence, LOOKED_AT))
    alone = len(shelf.origins(group)) == 1
    turns = [frozenset(api_ids) if alone else _turn(group, name, api_ids) for name, api_ids in head]
    round_ends = next((place for place, turn in enumerate(turns) if turn in turns[:place]), len(turns))
    first, others = head[:round_ends], head[round_ends:]
    sides = first_sides([frozenset(api_ids) for _, api_ids in first], held_out, seed, group)
    indices: dict[frozenset[str], int] = {}
    times: dict[tuple[str, ...], int] = {}
    for name, api_ids in chain(_spread(first, sides, held_out), others, sequence):
        together = frozenset(api_ids)
        if together not in sides:
            sides[together] = split_of(together, held_out, seed, group)
        index = indices.setdefault(together, len(indices))
        repeat = times[api_ids] = times.get(api_ids, -1) + 1
        combination = Combination(combination_id(group, api_ids, repeat), group, name, api_ids, repeat)
        yield Draw(combination, index, sides[together])


def _sequence(shelf: Shelf, group: Group, seed: int) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Origin and APIs of each draw, round after round."""
    names = sorted(shelf.origins(group), key=lambda name: seed_of(seed, "origin", group, name))
    origins = [_Origin(name) for name in names]
    this_round: set[str | frozenset[str]] = set()
    while origins:
        lap = [found for origin in origins if (found := _visited(shelf, group, origin, seed, this_round))]
        if not lap:
            left = (each for each in every(shelf, group) if _turn(group, *each) not in this_round)
            lap = list(islice(left, 1))
            this_round.update(_turn(group, *each) for each in lap)
        if not lap:
            this_round.clear()
            for origin in origins:
                origin.spent = False
        yield from lap


def _visited(
    shelf: Shelf, group: Group, origin: _Origin, seed: int, this_round: set[str | frozenset[str]]
) -> tuple[str, tuple[str, ...]] | None:
    """What the next visit of an origin gives; None where nothing new is found."""
    if origin.spent:
        return None
    for attempt in range(1 if group == "I1" else _TRIES):
        salt = seed_of(seed, "combination", group, origin.name, origin.visits, attempt)
        api_ids = _drawn(shelf, group, origin.name, salt)
        if _turn(group, origin.name, api_ids) not in this_round:
            this_round.add(_turn(group, origin.name, api_ids))
            origin.visits += 1
            return origin.name, api_ids
    origin.spent = True
    return None


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


def early_sides(held_out: float, places: int) -> list[Split]:
    """Which side the sets at the first places of a group are on: every n-th is for testing."""
    share = _in_millionths(held_out)
    tests = [(2 * place * share + _MILLION) // (2 * _MILLION) for place in range(places + 1)]
    return ["test" if after > before else "train" for before, after in pairwise(tests)]


def split_of(together: frozenset[str], held_out: float, seed: int, group: Group) -> Split:
    """Side of a set of APIs, as its names fall: what else a catalogue has changes nothing about it."""
    return "test" if _fall(together, seed, group) < _in_millionths(held_out) else "train"


def first_sides(
    sets: Sequence[frozenset[str]], held_out: float, seed: int, group: Group
) -> dict[frozenset[str], Split]:
    """Sides of the sets of a first round: as their names fall, if that leaves each side what it is to have.

    A small catalogue may have too few sets on one side for the first places. Those that fell next to it
    change over then; of more sets than a few dozen hardly one ever has to.
    """
    falls = {each: _fall(each, seed, group) for each in sets}
    wanted = early_sides(held_out, min(EVENLY, len(sets)))
    held = sum(fall < _in_millionths(held_out) for fall in falls.values())
    held = min(max(held, wanted.count("test")), len(sets) - wanted.count("train"))
    ranked = sorted(sets, key=lambda each: (falls[each], sorted(each)))
    return {each: "test" if place < held else "train" for place, each in enumerate(ranked)}


def _spread(
    first: Sequence[tuple[str, tuple[str, ...]]], sides: Mapping[frozenset[str], Split], held_out: float
) -> list[tuple[str, tuple[str, ...]]]:
    """A first round, with sets of the right sides drawn forward to the first places.

    Sides do not follow places but places sides: where a tool goes, others move up and stay on their side.
    """
    left = list(first)
    early: list[tuple[str, tuple[str, ...]]] = []
    for side in early_sides(held_out, min(EVENLY, len(first))):
        early.append(next(each for each in left if sides[frozenset(each[1])] == side))
        left.remove(early[-1])
    return early + left


def _fall(together: frozenset[str], seed: int, group: Group) -> int:
    return seed_of("split", seed, group, *sorted(together)) % _MILLION


def _in_millionths(held_out: float) -> int:
    return round(held_out * _MILLION)


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


def _drawn(shelf: Shelf, group: Group, origin: str, salt: int) -> tuple[str, ...]:
    if group == "I1":
        return _sampled(shelf.tools[origin], MOST_APIS_OF_ONE_TOOL, salt)
    tools = _ranked(shelf.tools_of(group, origin), salt)
    size = min(2 + seed_of(salt, "tools") % (MOST_TOOLS - 1), len(tools))
    chosen = tools[:size]
    if not shelf.belong(group, chosen):  # all of one category: the next tool of another one joins instead
        other = next(tool for tool in tools if shelf.category_of[tool] != shelf.category_of[tools[0]])
        chosen = [*chosen[:-1], other]
    parts = (
        _sampled(shelf.tools[tool], 1 + seed_of(salt, "apis", tool) % MOST_APIS_EACH, salt) for tool in chosen
    )
    return tuple(chain.from_iterable(parts))


def _sampled(apis: Sequence[str], most: int, salt: int) -> tuple[str, ...]:
    """At most so many of a tool's APIs, in their order."""
    return tuple(apis) if len(apis) <= most else tuple(sorted(_ranked(apis, salt)[:most]))


def _ranked(names: Iterable[str], salt: int) -> list[str]:
    """Names in an order that is theirs under a salt: one that comes or goes moves no other two."""
    return sorted(names, key=lambda name: (((_own(name) ^ salt) * _MIXER) & _MASK, name))


@lru_cache(maxsize=1 << 20)
def _own(name: str) -> int:
    """A number of a name's own; hashing it for every draw again would be most of a draw's time."""
    return seed_of(name)


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
