"""Who acts in the simulated world: workers that are started again when they are killed, and a sweeper."""

from collections.abc import Generator
from typing import Any

from tasks.errors import FactoryError, StorageUnavailable
from tasks.llm import payment
from tasks.llm.accounts import Process
from tasks.storage import effects
from tasks.storage.sweep import SAFE_AGE_S, sweeping
from tests.simulation.worker import Believe, Machines, OpenLog, RaiseCaps, RemoveLog, Worker
from tests.simulation.world import ADDRESS, HOUR, IDENTITY, WAYS, Killed, World

LONGEST_STEP_S = 18 * HOUR
"""No worker takes longer from looking at its clock to its commit: SAFE_AGE_S is made for that."""
SWEEPER = Process("sweeper", 0, "0")
NONE: tuple[str, ...] = ()


class Actor:
    """A process that waits with one effect at a time."""

    def __init__(self, who: Process, life: Generator[Any, Any, None], worker: Worker | None = None):
        self.who, self.life, self.worker = who, life, worker
        self.waits: Any = None
        self.ended = False
        self.looked: float | None = None
        """When it last looked at its clock before a commit."""
        self._replied = ""
        """The unit whose reply it holds and has not used."""
        self._go(None, None)

    def ways(self) -> tuple[str, ...]:
        """How what it waits for can go wrong."""
        return WAYS.get(type(self.waits), NONE)

    def may_wait(self, world: World, seconds: float) -> bool:
        """Whether so much time may pass before its next step."""
        committing = isinstance(self.waits, effects.Create) and self.looked is not None
        return not committing or world.time + seconds - (self.looked or 0.0) <= LONGEST_STEP_S

    def step(self, world: World, way: str = "ok") -> None:
        """What it waits for happens in one way, and it goes on.

        Raises:
            Killed: it is dead.
            Broken: a promise was broken.
        """
        self.go_on(*self.act(world, way))

    def act(self, world: World, way: str = "ok") -> tuple[Any, Exception | None]:
        """What it waits for happens in one way; what it is to be told.

        Raises:
            Killed: it is dead.
            Broken: a promise was broken.
        """
        effect, worker = self.waits, self.worker
        if self._replied and worker is not None and not isinstance(effect, payment.Log):
            world.use(worker.log, self._replied)
        try:
            if worker is None:
                return world.perform(effect, self.who, None, (self.who.host, 0, 0), way), None
            if isinstance(effect, OpenLog):
                return world.removals.get((self.who.host, effect.shard), 0), None
            if isinstance(effect, RemoveLog):
                name = (self.who.host, effect.shard)
                world.removals[name] = world.removals.get(name, 0) + 1
                return None, None
            if isinstance(effect, Believe):
                return world.check_belief(effect.commit), None
            if isinstance(effect, RaiseCaps):
                return world.raise_caps(), None
            outcome = world.perform(effect, self.who, worker.call, worker.log, way)
            if self._replied and isinstance(effect, payment.Log):
                world.use(worker.log, self._replied)
            return outcome, None
        except FactoryError as error:
            return None, error

    def go_on(self, outcome: Any, failure: Exception | None) -> None:
        """Hear the outcome of what it waited for; without a world too, to be set back to an earlier state."""
        effect, self._replied = self.waits, ""
        if isinstance(effect, effects.Elapsed):
            self.looked = outcome
        elif isinstance(effect, effects.Create):
            self.looked = None
        elif isinstance(effect, payment.Complete) and failure is None and self.worker and self.worker.call:
            self._replied = self.worker.call.subject
        self._go(outcome, failure)

    def _go(self, outcome: Any, failure: Exception | None) -> None:
        try:
            self.waits = self.life.throw(failure) if failure else self.life.send(outcome)
        except StopIteration:
            self.waits, self.ended = None, True


def a_worker(world: World, who: Process, batch: int, order: list[int], machines: Machines) -> Actor:
    world.alive = world.alive | {who}
    worker = Worker(who, world.plan, batch, order, machines)
    return Actor(who, worker.life, worker)


def a_sweeper(age_s: float = SAFE_AGE_S, times: int = 1_000_000, who: Process = SWEEPER) -> Actor:
    def life() -> Generator[Any, Any, None]:
        for _ in range(times):
            try:
                yield from sweeping(ADDRESS, IDENTITY, age_s=age_s, remove=True)
            except StorageUnavailable:
                continue

    return Actor(who, life())


def killed(actor: Actor, world: World) -> Process:
    """Bury a worker; who comes after it."""
    world.alive = world.alive - {actor.who}
    actor.life.close()
    return Process(actor.who.host, actor.who.pid, str(int(actor.who.born) + 1))


__all__ = ["Actor", "Killed", "a_sweeper", "a_worker", "killed"]
