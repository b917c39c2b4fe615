"""Drift: how the marketplace changes as its clock moves on, the way real ones do under a crawler's feet.

kind                     what changes, on the page and in the answers alike
drift_changed_answer     numbers differ by some percent, dates by as many days
drift_renamed_parameter  a parameter has another name
drift_dropped_field      the first or last field of the answer is gone
drift_slower             every answer takes 4 s
drift_gone               the address is unknown, and the page no longer names it
drift_new                an API appears that was not there before

The plan is drawn once, from the seed: moments from the epoch on, and for each an API that has not changed in
this round yet. What is offered at a moment follows from the changes planned up to it, so the way of the clock
there does not matter. After `MAX_CHANGES` the marketplace stands still. Planted APIs and tools that write do
not drift, and every tool keeps a sound API.
"""

import datetime
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count

from infra.sandbox.hub.catalogue import Catalogue
from infra.sandbox.hub.clock import EPOCH, LATEST, shown
from infra.sandbox.hub.draws import one_of, rank, share
from infra.sandbox.hub.tool import Api, Names, Tool
from infra.sandbox.hub.variants import other_names, renamed, with_other_values, without_field

CHANGES_A_DAY = 1.4
"""APIs that change in a day at speed 1, as the authors of StableToolBench report for RapidAPI."""
MAX_SPEED = 1000.0
MAX_CHANGES = 5000
"""At speed 1 these last to the spring of 2036, at speed 100 for five weeks."""
HELD_BACK_SHARE = 0.02
"""APIs that are new one day, over all APIs, but never more than `MAX_HELD_BACK`."""
MAX_HELD_BACK = 100
MORTAL_SHARE = 0.3
"""APIs that may be gone one day, over all APIs."""
SLOWER_S = 4.0
"""Above the limit at which a crawler calls an API slow (3 s)."""
PERCENTS = (-9, -7, -5, -3, 2, 4, 6, 8)
WEIGHTED_KINDS = (
    *["drift_changed_answer"] * 4,
    *["drift_renamed_parameter"] * 3,
    *["drift_dropped_field"] * 2,
    *["drift_slower"] * 1,
    *["drift_gone"] * 2,
)
DRIFT_KINDS = (*dict.fromkeys(WEIGHTED_KINDS), "drift_new")
ONLY_ONCE = frozenset({"drift_dropped_field", "drift_slower", "drift_gone"})
REJECTED = frozenset({"drift_slower", "drift_gone"})
"""Kinds after which a good filter no longer keeps the API."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one API."""

    at: datetime.datetime
    tool: str
    api: str
    kind: str
    changes: Mapping[str, object]
    """What changes, in the words of the kind: ``{"parameter": "date", "to": "on_date"}``."""


class Plan:
    """All changes there will ever be, and the catalogue at each moment."""

    def __init__(self, catalogue: Catalogue, changes: Sequence[Change], held_back: frozenset[Names]) -> None:
        self.changes = changes
        self._catalogue = catalogue
        self._held_back = held_back
        self._moments = [change.at for change in changes]
        self._variants: dict[tuple[str, str, int], Api | None] = {}

    def passed(self, moment: datetime.datetime) -> int:
        """Return how many changes have happened."""
        return bisect_right(self._moments, moment)

    def catalogue_at(self, moment: datetime.datetime) -> Catalogue:
        """Return what is offered at a moment; tools that are as they were are the very same objects."""
        happened: dict[str, dict[str, list[Change]]] = {}
        for tool, name in self._held_back:
            happened.setdefault(tool, {})[name] = []
        for change in self.changes[: self.passed(moment)]:
            happened.setdefault(change.tool, {}).setdefault(change.api, []).append(change)
        tools = {slug: self._tool_at(self._catalogue.tools[slug], apis) for slug, apis in happened.items()}
        return self._catalogue.with_tools(tools)

    def truth(self) -> list[dict[str, object]]:
        """Return the changes as JSON rows of ``--plants-to``, by time."""
        return [
            {
                "tool": change.tool,
                "api": change.api,
                "kind": change.kind,
                "expected": "reject" if change.kind in REJECTED else "keep",
                "at": shown(change.at),
                "changes": change.changes,
            }
            for change in self.changes
        ]

    def _tool_at(self, tool: Tool, happened: Mapping[str, list[Change]]) -> Tool:
        apis = [self._api_at(tool, api, happened.get(api.slug)) for api in tool.apis]
        return replace(tool, apis=[api for api in apis if api is not None])

    def _api_at(self, tool: Tool, api: Api, happened: list[Change] | None) -> Api | None:
        if happened is None:
            return api
        key = tool.slug, api.slug, len(happened)
        if key not in self._variants:
            self._variants[key] = self._changed(tool, api, happened)
        return self._variants[key]

    def _changed(self, tool: Tool, api: Api, happened: list[Change]) -> Api | None:
        if not happened and (tool.slug, api.slug) in self._held_back:
            return None
        return _after(api, happened)


def make_plan(catalogue: Catalogue, planted: Mapping[Names, object], seed: int, speed: float) -> Plan:
    """Draw the plan.

    Args:
        catalogue: what is offered, those APIs included that will be new.
        planted: APIs that are broken anyway, and stay as they are.
        seed: decides what changes when.
        speed: times the authors' rate, 0 for none.
    """
    return _Planning(catalogue, planted, seed).plan(speed)


class _Planning:
    """Draws one change after the other, and keeps in mind what has changed so far."""

    def __init__(self, catalogue: Catalogue, planted: Mapping[Names, object], seed: int) -> None:
        self._catalogue = catalogue
        self._seed = seed
        self._apis: dict[Names, Api] = {
            (tool.slug, api.slug): api
            for tool, api in catalogue.apis()
            if tool.initial_state is None and (tool.slug, api.slug) not in planted
        }
        self._sound = Counter(tool for tool, _ in self._apis)
        """APIs of each tool that are offered, not planted and not slower."""
        self._past: dict[Names, list[Change]] = {}

    def plan(self, speed: float) -> Plan:
        """Return the plan at a speed."""
        if not speed:
            return Plan(self._catalogue, [], frozenset())
        held_back = self._hold_back()
        changes = []
        for at, names in zip(_moments(self._seed, speed), self._turns(), strict=False):
            new = names in held_back and names not in self._past
            changes.append(self._change(at, names, "drift_new" if new else self._next_kind(names)))
        return Plan(self._catalogue, changes, held_back)

    def _hold_back(self) -> frozenset[Names]:
        wanted = min(MAX_HELD_BACK, round(HELD_BACK_SHARE * len(self._apis)))
        held_back: set[Names] = set()
        for names in self._shuffled("new"):
            if len(held_back) < wanted and self._sound[names[0]] > 1:
                self._sound[names[0]] -= 1
                held_back.add(names)
        return frozenset(held_back)

    def _turns(self) -> Iterator[Names]:
        """Yield which API changes next: each once in every round, until it is gone."""
        for round_ in count():
            lasting = [n for n in self._shuffled("round", str(round_)) if not self._has_been(n, "drift_gone")]
            if not lasting:
                return
            yield from lasting

    def _next_kind(self, names: Names) -> str:
        turn = str(len(self._past.get(names, ())))
        fitting = [kind for kind in WEIGHTED_KINDS if self._fits(kind, names)]
        return one_of(fitting, self._seed, "kind", turn, *names)

    def _fits(self, kind: str, names: Names) -> bool:
        if kind in ONLY_ONCE and self._has_been(names, kind):
            return False
        if kind == "drift_gone" and share(self._seed, "mortal", *names) >= MORTAL_SHARE:
            return False
        if kind in REJECTED and not self._has_been(names, "drift_slower") and self._sound[names[0]] == 1:
            return False
        return kind != "drift_renamed_parameter" or bool(_renameable(self._apis[names]))

    def _change(self, at: datetime.datetime, names: Names, kind: str) -> Change:
        change = Change(at, *names, kind, self._details(names, kind))
        if kind == "drift_new":
            self._sound[names[0]] += 1
        elif kind in REJECTED and not self._has_been(names, "drift_slower"):
            self._sound[names[0]] -= 1
        self._past.setdefault(names, []).append(change)
        return change

    def _details(self, names: Names, kind: str) -> dict[str, object]:
        past = self._past.get(names, [])
        drawn = self._seed, kind, str(len(past)), *names
        match kind:
            case "drift_renamed_parameter":
                now = _names_after(self._apis[names], past)
                first = one_of(_renameable(self._apis[names]), *drawn)
                others = other_names(first, taken=now.values())
                return {"parameter": now[first], "to": one_of(others[:2], *drawn, "to")}
            case "drift_dropped_field":
                return {"field": one_of(("first", "last"), *drawn)}
            case "drift_changed_answer":
                before = [change.changes["percent"] for change in past if change.kind == kind][-1:]
                return {"percent": one_of([percent for percent in PERCENTS if percent not in before], *drawn)}
            case "drift_slower":
                return {"delay_s": SLOWER_S}
        return {}

    def _has_been(self, names: Names, kind: str) -> bool:
        return any(change.kind == kind for change in self._past.get(names, ()))

    def _shuffled(self, *why: str) -> list[Names]:
        return sorted(self._apis, key=lambda names: rank(self._seed, *why, *names))


def _after(api: Api, happened: Sequence[Change]) -> Api | None:
    """Return an API as its changes have made it, None when it is gone; of a kind the newest counts."""
    newest = {change.kind: change.changes for change in happened}
    if "drift_gone" in newest:
        return None
    if changed := newest.get("drift_changed_answer"):
        api = with_other_values(api, int(str(changed["percent"])))
    if dropped := newest.get("drift_dropped_field"):
        api = without_field(api, 0 if dropped["field"] == "first" else -1)
    if slower := newest.get("drift_slower"):
        api = replace(api, delay_s=float(str(slower["delay_s"])))
    names = {old: new for old, new in _names_after(api, happened).items() if old != new}
    return renamed(api, names) if names else api


def _names_after(api: Api, happened: Sequence[Change]) -> dict[str, str]:
    """Return what each parameter is called, by what it was called at first."""
    names = {p.name: p.name for p in api.parameters}
    for change in happened:
        if change.kind == "drift_renamed_parameter":
            first = next(first for first, now in names.items() if now == change.changes["parameter"])
            names[first] = str(change.changes["to"])
    return names


def _renameable(api: Api) -> list[str]:
    """Names that callers must write: the name of an argument in the path is the documentation's own."""
    return [p.name for p in api.parameters if p.place != "path"]


def _moments(seed: int, speed: float) -> Iterator[datetime.datetime]:
    """Yield the moments of change, to the second; two draws make a gap of one mean on average."""
    days = 0.0
    for number in range(MAX_CHANGES):
        gap = share(seed, "moment", str(number)) + share(seed, "moment", str(number), "more")
        days += gap / (CHANGES_A_DAY * speed)
        at = EPOCH + datetime.timedelta(seconds=int(days * 86_400) + 1)
        if at > LATEST:
            return
        yield at
