"""Every interleaving of a small world with at most so many faults, each state visited once.

A worker's state is what it was told since it began, so a state of the whole is the world's and these
histories: a worker is set back by telling a new one the same. Depth first; what was reached in another
order is not gone through again.
"""

from dataclasses import dataclass
from typing import Any

from tasks.llm import payment
from tasks.llm.accounts import Process, Refusal
from tasks.storage import effects
from tests.simulation.actors import Actor, Killed, a_sweeper, a_worker
from tests.simulation.worker import REAL, Believe, Machines
from tests.simulation.world import HOUR, ROOMY, TOKENS, WORST, Broken, World

PAUSE_S = 17 * HOUR
SWEEPS = 2
Told = tuple[Any, Exception | None]
LOCAL = (effects.Elapsed, Believe)
"""Steps that see nothing of others and that nobody else sees: in any order they lead to the same state."""


@dataclass(frozen=True, slots=True)
class Life:
    """A process and all it was told since it began."""

    who: Process
    told: tuple[Told, ...] = ()
    token: int = 0
    """Stands for what it was told."""
    refused: int = 0
    """Stands for the ledger that had no room for it."""

    def hearing(self, told: Told, world: World) -> "Life":
        refused = amounts(world, self.who) if isinstance(told[0], Refusal) else 0
        return Life(self.who, (*self.told, told), hash((self.token, repr(told))), refused)


def amounts(world: World, who: Process) -> int:
    return hash(tuple(sorted(world.books_of(who.host).scopes.items())))


@dataclass(frozen=True, slots=True)
class Bounds:
    """How far it goes."""

    workers: int = 2
    units: int = 1
    batch: int = 1
    faults: int = 2
    """Most steps of one interleaving that go wrong; a write that lands late counts with its sending."""
    pauses: int = 0
    """Most times that hours pass."""
    sweeper: bool = False
    cap: int = ROOMY
    """Calls at their worst that fit under the cap in USD."""
    cap_tokens: int = ROOMY
    """The same of the cap in tokens."""


@dataclass(slots=True)
class State:
    """Where one interleaving stands."""

    world: World
    lives: tuple[Life, ...]
    faults: int
    pauses: int
    path: Any = ()
    """The steps that led here: the last one, and the path before it."""

    def key(self) -> int:
        lives = tuple((each.who, each.token) for each in self.lives)
        return hash((self.world.key(), lives, self.faults, self.pauses))

    def steps(self) -> str:
        said, path = [], self.path
        while path:
            step, path = path
            said.append(step)
        return "; ".join(reversed(said))


@dataclass(slots=True)
class Found:
    """What was gone through."""

    states: int = 0
    ends: int = 0


def explore(bounds: Bounds, machines: Machines = REAL) -> Found:
    """Go through all of them.

    Raises:
        Broken: a promise was broken; the message tells the steps that led there.
    """
    explorer = _Explorer(bounds, machines)
    plan = (tuple(f"0.{unit}" for unit in range(bounds.units)),)
    world = World(bounds.cap * WORST, bounds.cap_tokens * TOKENS, plan=plan)
    who = [Process("a", each, "0") for each in range(bounds.workers)]
    world.alive = frozenset(who)
    if bounds.sweeper:
        who.append(Process("sweeper", 0, "0"))
    left = [State(world, tuple(map(Life, who)), bounds.faults, bounds.pauses)]
    seen: set[int] = set()
    found = Found()
    while left:
        state = left.pop()
        if (key := state.key()) in seen:
            continue
        seen.add(key)
        found.states += 1
        try:
            following = explorer.following(state)
            if not following:
                state.world.check_end()
                found.ends += 1
        except Broken as broken:
            raise Broken(f"{broken}, after: {state.steps()}") from broken
        left += following
    return found


class _Explorer:
    def __init__(self, bounds: Bounds, machines: Machines):
        self.bounds, self.machines = bounds, machines
        self.local = () if bounds.pauses else LOCAL

    def following(self, state: State) -> list[State]:
        """All states one step further; none where every worker has ended."""
        found: list[State] = []
        actors = [self.actor(state.world, each) for each in state.lives]
        if all(each.ended for each in actors if each.worker):
            return []
        state.world.alive = state.world.alive - {each.who for each in actors if each.ended}
        for place, actor in enumerate(actors):
            if not actor.ended and isinstance(actor.waits, self.local):
                return [self.step(state, place, actor, "ok")]
        for place, actor in enumerate(actors):
            if not actor.ended and not self.in_vain(state, place, actor):
                ways = actor.ways() if state.faults else ()
                found += [self.step(state, place, actor, way) for way in ("ok", *ways)]
        for place, flight in enumerate(state.world.flying):
            world = state.world.copy()
            world.land(place)
            path = (f"{flight.key} lands", state.path)
            found.append(State(world, state.lives, state.faults, state.pauses, path))
        if state.pauses and all(each.ended or each.may_wait(state.world, PAUSE_S) for each in actors):
            world = state.world.copy()
            world.pass_time(PAUSE_S)
            path = ("hours pass", state.path)
            found.append(State(world, state.lives, state.faults, state.pauses - 1, path))
        if not found:
            raise Broken("each waits for another")
        return found

    def in_vain(self, state: State, place: int, actor: Actor) -> bool:
        """Whether it would only be refused again: the ledger is as it was, and waiting has no end."""
        life = state.lives[place]
        return isinstance(actor.waits, payment.Wait) and life.refused == amounts(state.world, life.who)

    def step(self, state: State, place: int, actor: Actor, way: str) -> State:
        world, life = state.world.copy(), state.lives[place]
        step = f"{life.who.host}{life.who.pid}.{life.who.born} {type(actor.waits).__name__} {way}"
        try:
            life = life.hearing(actor.act(world, way), world)
        except Killed:
            successor = Process(life.who.host, life.who.pid, str(int(life.who.born) + 1))
            world.alive = (world.alive - {life.who}) | {successor}
            life = Life(successor)
        except Broken as broken:
            raise Broken(f"{broken} ({step})") from broken
        lives = (*state.lives[:place], life, *state.lives[place + 1 :])
        return State(world, lives, state.faults - (way != "ok"), state.pauses, (step, state.path))

    def actor(self, world: World, life: Life) -> Actor:
        """A process that was told all this since it began."""
        if life.who.host == "sweeper":
            actor = a_sweeper(times=SWEEPS, who=life.who)
        else:
            batch = self.bounds.batch if life.who.pid == 0 else self.bounds.units
            actor = a_worker(world, life.who, batch, [0], self.machines)
        for told in life.told:
            actor.go_on(*told)
        return actor
