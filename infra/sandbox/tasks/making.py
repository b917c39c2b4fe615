"""Makes tasks one after another: draws a plan, carries it out, words it, and offers APIs for it."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

from infra.sandbox.tasks.calling import SOUND, Unusable
from infra.sandbox.tasks.documents import Json
from infra.sandbox.tasks.errors import TasksError
from infra.sandbox.tasks.hub import Hub
from infra.sandbox.tasks.market import Askable, Market, Scope
from infra.sandbox.tasks.natural import draw_manner
from infra.sandbox.tasks.plans import DeadEnd, Planner
from infra.sandbox.tasks.solving import Solver
from infra.sandbox.tasks.unsolvable import WHYS, Breaker
from infra.sandbox.tasks.wording import joined

GROUPS = ("I1", "I2", "I3")
UNSOLVABLE_IN = 10
"""One task of so many is unsolvable."""
MIN_OFFERED, MAX_OFFERED = 5, 10
TRIES = 60
"""Draws for one task of one group before another group is tried."""
STRICT_TRIES = 40
"""Draws that must have the wanted number of edges; later ones may have fewer."""
USES_AT_FIRST, USES_IN = 3, 20
"""An API serves at most three tasks, and one more for each twenty tasks made."""

_CALLS = {"I1": ((1, 2, 3, 4, 5), (42, 26, 17, 10, 5)), "I2": ((2, 3, 4, 5), (38, 32, 19, 11))}
_EDGES = ((0, 1, 2, 3), (26, 38, 22, 14))


@dataclass(frozen=True)
class Task:
    """A task with a known answer, or known to have none."""

    id: str
    group: str
    instruction: str
    hub: str
    offered: tuple[Askable, ...]
    relevant: tuple[str, ...]
    calls: tuple[dict[str, Json], ...]
    edges: int
    facts: tuple[dict[str, Json], ...]
    why: str
    """Why it is unsolvable, "" where it is solvable."""

    def document(self) -> dict[str, Json]:
        """Return the line of the tasks file."""
        return {
            "id": self.id,
            "group": self.group,
            "instruction": self.instruction,
            "hub": self.hub,
            "apis": [askable.offer() for askable in self.offered],
            "relevant": list(self.relevant),
            "calls": list(self.calls),
            "edges": self.edges,
            "facts": list(self.facts),
            "solvable": not self.why,
            "why": self.why,
        }


class Maker:
    """Makes tasks for one marketplace; the same seed makes the same tasks."""

    def __init__(self, hub: Hub, market: Market, seed: int) -> None:
        self._address = hub.address
        self._market = market
        self._seed = seed
        self._made = 0
        self.planner = Planner(self._is_usable)
        self._solver = Solver(hub, market.first_states)
        self._breaker = Breaker(market, self.planner, self._solver)
        self._instructions: set[str] = set()
        self._calls: set[str] = set()
        self._broken = 0
        self._groups = [group for group in GROUPS if market.scopes[group]]
        self.failures: Counter[str] = Counter()
        """Why draws came to nothing, for whoever writes asks files."""

    def tasks(self, count: int) -> Iterator[Task]:
        """Yield tasks; raises `TasksError` where the marketplace has not enough to ask for."""
        try:
            yield from self._tasks(count)
        finally:
            self._solver.answers.close()

    def _tasks(self, count: int) -> Iterator[Task]:
        unsolvable: set[int] = set()
        for index in range(count):
            if index % UNSOLVABLE_IN == 0:
                place = Random(f"{self._seed} unsolvable {index}").randrange(UNSOLVABLE_IN)
                unsolvable.add(index + place)
            self._made = index
            task = self._broken_task(index) if index in unsolvable else None
            task = task or self._solvable_task(index)
            if task is None:
                raise TasksError(
                    f"only {index} different tasks could be made with the APIs of this hub:"
                    f" ask for --count {index} or fewer, or write more asks files."
                )
            self._instructions.add(task.instruction)
            yield task

    def _is_usable(self, askable: Askable) -> bool:
        cap = USES_AT_FIRST + self._made // USES_IN
        return askable.verdict == SOUND and self.planner.uses[askable.id] < cap

    def _orders(self, index: int) -> list[str]:
        """Return the groups to try, the one whose turn it is first."""
        turn = index % len(self._groups)
        return self._groups[turn:] + self._groups[:turn]

    def _solvable_task(self, index: int) -> Task | None:
        for group in self._orders(index):
            for attempt in range(TRIES):
                rng = Random(f"{self._seed} task {index} {group} {attempt}")
                try:
                    return self._solvable(index, group, rng, attempt)
                except (DeadEnd, Unusable) as error:
                    self.failures[str(error) or "no plan"] += 1
        return None

    def _solvable(self, index: int, group: str, rng: Random, attempt: int) -> Task:
        scope, manner = self._scope(group, rng), draw_manner(rng)
        size, edges = self._size(index, group)
        plan = self.planner.draw(scope, size, edges, rng, manner)
        if attempt < STRICT_TRIES and plan.edges() != edges:
            raise DeadEnd
        if group != "I1" and (len(plan.tools()) < 2 or len(plan.calls) < 2):
            raise DeadEnd
        name = f"s{self._seed}-{index:06d}"
        outcome = self._solver.solve(plan, name)
        in_order = any(call.askable.writes for call in plan.calls) and len(plan.sentences()) > 1
        instruction = joined(plan.sentences(), rng, in_order)
        if instruction in self._instructions:
            raise DeadEnd
        found = self._solver.facts(plan, outcome, instruction)
        called = [
            {"api": call.askable.id, "arguments": arguments}
            for call, arguments in zip(plan.calls, outcome.arguments, strict=True)
        ]
        if repr(called) in self._calls:
            raise DeadEnd
        relevant = list(dict.fromkeys(call.askable.id for call in plan.calls))
        needed = {call.askable.id: call.askable for call in plan.calls}
        offered = self._offered(list(needed.values()), scope, rng, lambda _: False)
        self._calls.add(repr(called))
        self._solver.note(found)
        self.planner.note(plan)
        return Task(
            id=name,
            group=group,
            instruction=instruction,
            hub=self._address,
            offered=offered,
            relevant=tuple(relevant),
            calls=tuple(called),
            edges=plan.edges(),
            facts=tuple(fact.document() for fact in found.facts),
            why="",
        )

    def _size(self, index: int, group: str) -> tuple[int, int]:
        """Return how many calls and edges a task shall have, the same in all draws: easy ones would win."""
        rng = Random(f"{self._seed} size {index} {group}")
        size = rng.choices(*_CALLS["I1" if group == "I1" else "I2"])[0]
        return size, min(rng.choices(*_EDGES)[0], size - 1)

    def _broken_task(self, index: int) -> Task | None:
        turn = self._broken % len(WHYS)
        for why in WHYS[turn:] + WHYS[:turn]:
            for group in self._orders(index + self._broken):
                for attempt in range(TRIES):
                    rng = Random(f"{self._seed} unsolvable {index} {why} {group} {attempt}")
                    try:
                        task = self._unsolvable(index, group, why, rng)
                    except (DeadEnd, Unusable) as error:
                        self.failures[f"{why}: {error}"] += 1
                    else:
                        self._broken += 1
                        return task
        return None

    def _unsolvable(self, index: int, group: str, why: str, rng: Random) -> Task:
        name = f"s{self._seed}-{index:06d}"
        scope, manner = self._scope(group, rng), draw_manner(rng)
        broken = self._breaker.make(why, scope, rng, manner, name)
        instruction = joined(broken.sentences, rng, False)
        if instruction in self._instructions:
            raise DeadEnd
        offered = self._offered(list(broken.relevant), broken.scope, rng, broken.forbids)
        self.planner.uses.update(call.askable.id for call in broken.calls)
        return Task(
            id=name,
            group=group,
            instruction=instruction,
            hub=self._address,
            offered=offered,
            relevant=tuple(dict.fromkeys(askable.id for askable in broken.relevant)),
            calls=(),
            edges=0,
            facts=(),
            why=why,
        )

    def _scope(self, group: str, rng: Random) -> Scope:
        """Draw a scope, large ones rather, those whose APIs were used less rather."""
        scopes = self._market.scopes[group]
        weights = []
        for scope in scopes:
            fresh = sum(1 / (1 + self.planner.uses[m.id]) for m in scope.members if self._is_usable(m))
            weights.append(fresh + 1e-9)
        return rng.choices(scopes, weights)[0]

    def _offered(
        self, needed: list[Askable], scope: Scope, rng: Random, forbids: Callable[[Askable], bool]
    ) -> tuple[Askable, ...]:
        """Return the APIs of a task in seeded order: those needed and others, the nearest groups first.

        Raises:
            DeadEnd: too few APIs may be offered.
        """
        wanted = max(len(needed), rng.randint(MIN_OFFERED, MAX_OFFERED))
        offered = {askable.id: askable for askable in needed}
        categories = {m.tool.category for m in scope.members}
        near = [a for a in self._market.askables if a.tool.category in categories]
        for pool in (scope.members, near, self._market.askables):
            for askable in rng.sample(pool, len(pool)):
                if len(offered) >= wanted:
                    break
                if askable.id not in offered and not forbids(askable):
                    offered[askable.id] = askable
        if len(offered) < MIN_OFFERED:
            raise DeadEnd
        return tuple(rng.sample(list(offered.values()), len(offered)))
