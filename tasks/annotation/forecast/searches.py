"""Pilots that are searched for a forecast: free ones that leave nothing behind, paid ones that count."""

import asyncio
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tasks.annotation.forecast.earlier import published_ids
from tasks.annotation.kept import searched
from tasks.annotation.shards import NAME, Annotator, annotate_shard
from tasks.annotation.stage import Checked
from tasks.errors import ConfigurationError
from tasks.llm.accounts import CallKey, Quota, Refusal, Reservation
from tasks.llm.call_log import CallLog
from tasks.llm.metered import MeteredModel
from tasks.llm.openai_compatible import OpenAICompatible
from tasks.llm.pricing import Price
from tasks.llm.protocol import Usage
from tasks.records import Call, Instruction
from tasks.rollout.driver import Rollout
from tasks.rollout.environments import open_environment
from tasks.rollout.pool import work_through
from tasks.search.functions import PUBLISHED
from tasks.storage.canonical import seed_of
from tasks.storage.keys import environment_without_keys
from tasks.storage.stage import Progress
from tasks.storage.table import Table

TEACHER = "infra.sandbox.teacher"
"""Its server is started as a program: the factory and the sandbox meet over HTTP."""
_PORT = re.compile(r":(\d+)")


class Unbooked:
    """Books of calls that cost nothing: a pilot of a free model is nobody's spend."""

    async def reserve_soon(
        self, key: CallKey, worst: int, price: str, tokens: int = 0, quota: Quota | None = None
    ) -> Reservation | Refusal:
        """Nothing is reserved."""
        return Reservation(0, 0)

    async def settle_soon(
        self, call_id: int, usage: Usage, cost: int, latency_s: float, status: str, at_worst: bool = False
    ) -> None:
        """Nothing is booked."""

    def settle_logged(
        self, call_id: int, key: CallKey, usage: Usage, cost: int, latency_s: float, at_worst: bool = False
    ) -> None:
        """Nothing is booked."""


def sample(instructions: Sequence[Instruction], size: int, seed: int) -> list[Instruction]:
    """So many instructions by chance, each group with its share, two at least."""
    of_group: dict[str, list[Instruction]] = defaultdict(list)
    for each in instructions:
        of_group[each.group].append(each)
    drawn: list[Instruction] = []
    for group, members in sorted(of_group.items()):
        share = max(2, round(size * len(members) / len(instructions)))
        chance = random.Random(seed_of(seed, "forecast", group, 0))
        drawn += chance.sample(members, min(share, len(members)))
    return drawn


def search_free(
    found: Checked, chosen: Sequence[Instruction], model: str, url: str, progress: Progress
) -> tuple[list[Call], float]:
    """Search instructions with a model that costs nothing; nothing of it is booked, logged or published.

    Requests carry another seed than the run's, so that the run's replies are new ones.

    Returns:
        the calls, and the seconds that all of it took.
    """
    with tempfile.TemporaryDirectory(prefix="foundry-pilot-") as scratch:
        started = time.monotonic()
        calls = asyncio.run(_search(found, chosen, model, url, Path(scratch), progress))
        return calls, time.monotonic() - started


async def _search(
    found: Checked,
    chosen: Sequence[Instruction],
    name: str,
    url: str,
    scratch: Path,
    progress: Progress,
) -> list[Call]:
    parameters = found.parameters
    client = OpenAICompatible(name, url=url)
    environment = open_environment(parameters.environment, parameters.api_proxy)
    log = CallLog(scratch / "calls.sqlite")
    books, free = Unbooked(), Price(0, 0, 0, 0, "pilot")
    model = MeteredModel(client, free, books, log, run="pilot", stage=NAME, shard=0, address=str(scratch))
    rollout = Rollout(
        model=model,
        environment=environment,
        stage=NAME,
        shard=0,
        seed=seed_of(parameters.seed, "forecast", "requests", 0),
        form=parameters.form,
        temperature=parameters.temperature,
        max_tokens=parameters.max_tokens,
        address=str(scratch),
    )
    schemas = PUBLISHED if parameters.schemas == "published" else None
    annotator = Annotator(
        found.inputs, model, environment, rollout, parameters.method, schemas, {}, parameters.allow_writes
    )
    progress.show("pilot", 0, len(chosen))
    try:
        await work_through(
            chosen,
            annotator.annotate,
            lambda batch, last: None,
            concurrency=parameters.concurrency,
            shown=lambda done: progress.show("pilot", done, len(chosen)),
        )
    finally:
        await environment.aclose()
        await client.aclose()
        log.close()
    return model.take_calls()


def search_paid(
    address: str, instructions: Sequence[Instruction], ids: Collection[str], progress: Progress
) -> list[tuple[set[str], float]]:
    """Annotate the chosen instructions of a table for money, and publish them.

    Args:
        address: of the table.
        instructions: all of the run.
        ids: of those that are chosen.
        progress: told of finished instructions.

    Returns:
        of each shard that had some left, one after the other: which, and the seconds that they took.

    Raises:
        BudgetExceeded, TransientError: what was finished is published.
    """
    table, took = Table.open(address), []
    left, order = set(ids) - published_ids(table), searched(table, instructions)
    for number in table.unfinished():
        work = table.manifest.plan[number]
        part = order[work["first"] : work["first"] + work["count"]]
        here = left.intersection(each.instruction_id for each in part)
        if here:  # of hundreds of shards only those are opened that hold one
            started = time.monotonic()
            annotate_shard(address, number, progress, only=here)
            took.append((here, time.monotonic() - started))
    return took


@contextmanager
def rehearsal_server(seed: int) -> Iterator[str]:
    """A rehearsal teacher of one's own; its address.

    Raises:
        ConfigurationError: it does not start.
    """
    command = [sys.executable, "-m", TEACHER, "--port", "0", "--seed", str(seed)]
    server = subprocess.Popen(
        command, env=environment_without_keys(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        said = server.stdout.readline() if server.stdout else ""
        ports = _PORT.findall(said)
        if not ports:
            raise ConfigurationError(
                "the rehearsal teacher does not start ('python -m infra.sandbox.teacher' says why); name an "
                "earlier annotation as --pilot, or a number of instructions"
            )
        yield f"http://127.0.0.1:{ports[-1]}/v1"
    finally:
        server.terminate()
        server.wait()
        if server.stdout:
            server.stdout.close()
