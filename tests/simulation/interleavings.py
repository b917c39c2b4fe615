"""Random interleavings: several workers over several shards, with a sweeper, passing time and any fault.

One seed is one run, repeatable: `python -m tests.simulation --seed 17`.
"""

import random
from dataclasses import dataclass

from tasks.llm.accounts import Process
from tasks.storage.sweep import SAFE_AGE_S
from tests.simulation.actors import Actor, Killed, a_sweeper, a_worker, killed
from tests.simulation.worker import REAL, Machines
from tests.simulation.world import HOUR, ROOMY, TOKENS, WORST, Broken, World

HOSTS = ("a", "b")
PAUSES_S = (1.0, HOUR, 3 * HOUR, 5 * HOUR, 17 * HOUR)
WILD_STEPS = 500
"""After so many steps nothing goes wrong any more, and all must come to its end."""
CALM_STEPS = 20_000


@dataclass(frozen=True, slots=True)
class Setting:
    """How large a world is, and how bad."""

    workers: int = 4
    shards: int = 8
    units: int = 2
    faults: float = 0.06
    """Share of steps that go wrong."""
    pauses: float = 0.02
    """Share of steps between which hours pass."""
    sweep_age_s: float = SAFE_AGE_S


FOUR_BY_EIGHT = Setting()


def plan_of(shards: int, units: int) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(f"{shard}.{unit}" for unit in range(units)) for shard in range(shards))


def run(seed: int, setting: Setting = FOUR_BY_EIGHT, machines: Machines = REAL) -> int:
    """One interleaving; how many steps it took.

    Raises:
        Broken: a promise was broken; the message names seed and step.
    """
    chance = random.Random(seed)
    caps = [chance.choice((3, 6, ROOMY)) for _ in range(2)]
    world = World(caps[0] * WORST, caps[1] * TOKENS, plan=plan_of(setting.shards, setting.units))
    steps = 0
    try:
        workers = [
            _start(world, Process(HOSTS[each % 2], each, "0"), setting, machines, chance)
            for each in range(setting.workers)
        ]
        sweeper = a_sweeper(setting.sweep_age_s)
        asleep: dict[int, int] = {}
        while not all(each.ended for each in workers):
            steps += 1
            if steps > CALM_STEPS:
                raise Broken("it comes to no end")
            wild = steps <= WILD_STEPS
            if wild and chance.random() < 0.01:
                asleep[chance.randrange(len(workers))] = steps + chance.randrange(20, 250)
            sleeping = [place for place, until in asleep.items() if until > steps and wild]
            _one_step(world, workers, sleeping, sweeper, setting, machines, chance, wild)
        world.check_end()
    except Broken as broken:
        raise Broken(f"seed {seed}, step {steps}: {broken}") from broken
    return steps


def _start(world: World, who: Process, setting: Setting, machines: Machines, chance: random.Random) -> Actor:
    order = list(range(setting.shards))
    chance.shuffle(order)
    batch = chance.randint(1, setting.units)
    return a_worker(world, who, batch, order, machines)


def _one_step(
    world: World, workers: list[Actor], asleep: list[int], sweeper: Actor, setting: Setting, machines:
    Machines, chance: random.Random, wild: bool,
) -> None:  # fmt: skip
    draw = chance.random()
    if draw < setting.pauses:
        pause_s = chance.choice(PAUSES_S)
        if all(each.ended or each.may_wait(world, pause_s) for each in workers):
            world.pass_time(pause_s)
        return
    draw = chance.random()
    if draw < 0.005:
        for _ in range(chance.randrange(60)):
            sweeper.step(world)
        return
    if draw < 0.04:
        sweeper.step(world)
        return
    if draw < 0.08 and world.flying:
        world.land(chance.randrange(len(world.flying)))
        return
    running = [place for place, each in enumerate(workers) if not each.ended]
    place = chance.choice([place for place in running if place not in asleep] or running)
    actor = workers[place]
    ways = actor.ways()
    way = chance.choice(ways) if wild and ways and chance.random() < setting.faults else "ok"
    try:
        actor.step(world, way)
        if actor.ended:
            world.alive = world.alive - {actor.who}
    except Killed:
        workers[place] = _start(world, killed(actor, world), setting, machines, chance)
