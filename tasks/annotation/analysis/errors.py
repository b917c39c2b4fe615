"""Where searches fail: classes of failed calls, by depth, category, tool and API (pure)."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tasks.annotation.analysis.failures import MEANINGS, Kind
from tasks.annotation.analysis.sheets import Cell, Share, Sheet, sheet
from tasks.annotation.analysis.turns import Action, Searched, Turn

NOT_OFFERED = "(not offered)"
UNKNOWN = "(unknown)"
DEEPEST = 6
"""Calls this deep or deeper are counted together."""


@dataclass(slots=True)
class _Tally:
    """Calls, and how they failed."""

    calls: int = 0
    known: int = 0
    kinds: Counter[Kind] = field(default_factory=Counter)

    def add(self, action: Action) -> None:
        self.calls += 1
        self.known += action.known
        if action.failure is not None and action.known:
            self.kinds[action.failure.kind] += 1

    @property
    def failed(self) -> int:
        return self.kinds.total()

    @property
    def usual(self) -> str:
        """The kinds of failure that are most frequent, with their counts."""
        ordered = sorted(self.kinds.items(), key=lambda each: (-each[1], each[0]))
        return ", ".join(f"{kind} {count}" for kind, count in ordered[:3])


def by_kind(searches: Sequence[Searched]) -> Sheet:
    """How often calls fail, and in which way."""
    calls = known = failed = searches_failed = 0
    counted: Counter[Kind] = Counter()
    hidden: Counter[Kind] = Counter()
    within: dict[Kind, set[int]] = defaultdict(set)
    for place, searched in enumerate(searches):
        for _, action in searched.actions():
            calls += 1
            known += action.known
            if action.failure is not None:
                kind = action.failure.kind
                counted[kind] += 1
                failed += action.known
                hidden[kind] += action.failure.under_good_code and searched.coded
                within[kind].add(place)
        searches_failed += any(place in places for places in within.values())
    coded = any(searched.coded for searched in searches)

    def row(title: str, count: int, of_calls: Share, places: int, good: int, meaning: str) -> list[Cell]:
        under = [good] if coded else []
        return [title, count, of_calls, Share(places, len(searches)), *under, meaning]

    rows = [
        row(
            kind,
            counted[kind],
            Share(counted[kind], calls if kind == "hallucinated name" else known),
            len(within[kind]),
            hidden[kind],
            meaning,
        )
        for kind, meaning in MEANINGS.items()
        if counted[kind]
    ]
    everything = Share(failed, known)
    rows.append(row("all failures", counted.total(), everything, searches_failed, hidden.total(), ""))
    note = f"Of {calls:,} calls of APIs (Finish left out)."
    if known < calls:
        note += (
            f" Of these, {known:,} have an observation that can be judged: shares are of them, but for the "
            "hallucinated names, which are known of all."
        )
    under = ["under a good code"] if coded else []
    columns = ["failure", "calls", "of calls", "of searches", *under, "meaning"]
    return sheet("failures", "Failed calls by class", columns, rows, note)


def by_depth(searches: Iterable[Searched]) -> Sheet:
    """Failures by how many turns the call is below the instruction."""

    def depth(_: Searched, turn: Turn, __: Action) -> str:
        place = len(turn.path())
        return f"{DEEPEST} and more" if place >= DEEPEST else str(place)

    return _grouped("depth", "Failed calls by depth [turns below the instruction]", "depth", searches, depth)


def by_category(searches: Iterable[Searched], categories: Mapping[str, str], top: int) -> Sheet:
    """Failures by category of the API; `categories` is api_id to category."""
    group = _api_grouping(lambda api_id: categories.get(api_id, UNKNOWN))
    return _grouped(
        "categories", "Failed calls by category", "category", searches, group, by_failures=True, top=top
    )


def by_tool(searches: Iterable[Searched], top: int) -> Sheet:
    """The tools whose APIs fail most."""
    group = _api_grouping(lambda api_id: api_id.rpartition("/")[0])
    return _grouped("tools", "Failed calls by tool", "tool", searches, group, by_failures=True, top=top)


def by_api(searches: Iterable[Searched], top: int) -> Sheet:
    """The APIs that fail most."""
    group = _api_grouping(lambda api_id: api_id)
    return _grouped("apis", "Failed calls by API", "API", searches, group, by_failures=True, top=top)


def _api_grouping(of: Callable[[str], str]) -> Callable[[Searched, Turn, Action], str]:
    def group(searched: Searched, _: Turn, action: Action) -> str:
        api_id = searched.apis.get(action.function)
        return NOT_OFFERED if api_id is None else of(api_id)

    return group


def _grouped(
    name: str,
    title: str,
    column: str,
    searches: Iterable[Searched],
    group: Callable[[Searched, Turn, Action], str],
    *,
    by_failures: bool = False,
    top: int | None = None,
) -> Sheet:
    tallies: dict[str, _Tally] = defaultdict(_Tally)
    for searched in searches:
        for turn, action in searched.actions():
            tallies[group(searched, turn, action)].add(action)
    ordered = sorted(tallies.items(), key=lambda each: (-each[1].failed if by_failures else 0, each[0]))
    shown = ordered if top is None else ordered[:top]
    rows = [
        (key, tally.calls, tally.known, tally.failed, Share(tally.failed, tally.known), tally.usual)
        for key, tally in shown
    ]
    note = f"The first {top} of {len(ordered)}." if top is not None and len(ordered) > top else ""
    columns = (column, "calls", "judged", "failed", "of judged", "most of them")
    return sheet(name, title, columns, rows, note)
