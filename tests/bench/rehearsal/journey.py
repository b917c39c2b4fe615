"""Instructions to assembled samples, through the deployments, and what it took."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any

from tasks.records import Call
from tasks.storage.table import Table
from tests.bench.rehearsal.clone import Clone
from tests.bench.rehearsal.machine import Watch, Watched
from tests.bench.rehearsal.records import dropped, ended_well

PATIENCE_S = 3600.0
_TOKENS = ("uncached_tokens", "cached_tokens", "cache_write_tokens", "output_tokens")
_SETTLE_S = 5.0
"""The server writes task runs from events, after they have ended."""


@dataclass(frozen=True, slots=True)
class Journey:
    """What is rehearsed."""

    count: int
    """Instructions, of three groups."""
    method: str = "DFS_woFilter_w2"
    shard_size: int = 200
    concurrency: int = 64
    seed: int = 1


@dataclass(slots=True)
class Measured:
    """One rehearsal in figures."""

    instructions: int
    shards: int
    wall_s: float
    """Of both flow runs, from the first start to the last end."""
    annotate_s: float
    assemble_s: float
    model_calls: int
    api_calls: int
    prompt_tokens: int
    output_tokens: int
    cost_usd: float
    """At the price that the rehearsal pretends."""
    reply_s: float
    """Mean seconds of a reply, as the factory saw it."""
    samples: int
    table_mib: float
    watched: Watched
    prefect_mib: dict[str, float] = field(default_factory=dict)
    prefect_rows: dict[str, int] = field(default_factory=dict)
    """What the server recorded in the meantime."""
    executed: dict[str, int] = field(default_factory=dict)
    """What the processes say they did: flow runs, and task runs. Beside those the server records one task run
    for each flow run that another one starts, which links the two."""
    dropped: int = 0
    requests: dict[str, int] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Every figure, without the single looks."""
        made = asdict(self)
        load = made["watched"].pop("load")
        made["watched"]["load"] = {"mean": self.watched.mean_load, "highest": max(load, default=0.0)}
        return made


def prepared(clone: Clone, journey: Journey) -> str:
    """Address of the instructions: crawled and written by the command line, once for each count and seed."""
    instructions = f"{clone.root}/instructions/n{journey.count}-s{journey.seed}"
    if Table.exists(instructions) and not Table.open(instructions).unfinished():
        return instructions
    catalog, hub = f"{clone.root}/catalog/rehearsal", clone.settings["FOUNDRY_HUB_URL"]
    clone.foundry("crawl", "--source", "hub", "--location", hub, "--catalog", catalog, "--no-probe")
    each = str(-(-journey.count // 3))
    options = {"--count": each, "--shard-size": each, "--seed": str(journey.seed), "--concurrency": "64"}
    told = [word for pair in options.items() for word in pair]
    clone.foundry("instruct", "--catalog", catalog, "--instructions", instructions, *told)
    return instructions


def rehearse(clone: Clone, journey: Journey, name: str) -> Measured:
    """Run `annotate` and `assemble` as flow runs, and measure them."""
    instructions = prepared(clone, journey)
    annotate = {
        "instructions": instructions,
        "trajectories": f"{clone.root}/trajectories/{name}",
        "method": journey.method,
        "shard_size": journey.shard_size,
        "concurrency": journey.concurrency,
    }
    assemble = {"trajectories": annotate["trajectories"], "samples": f"{clone.root}/samples/{name}"}
    before, requests = clone.database.rows(), clone.requests()
    size = clone.database.size_mib()
    ended_before = ended_well(clone.logs)
    with Watch(clone.kinds) as watch:
        with _timed() as annotating:
            clone.run("annotate", annotate, PATIENCE_S)
        with _timed() as assembling:
            clone.run("assemble", assemble, PATIENCE_S)
    time.sleep(_SETTLE_S)
    trajectories, samples = Table.open(annotate["trajectories"]), Table.open(assemble["samples"])
    calls = (
        trajectories.read(Call, "calls").select(["kind", "latency_s", *_TOKENS, "cost_nano_usd"]).to_pandas()
    )
    replies = calls[calls["kind"] == "model"]
    read, written = replies[[*_TOKENS[:3]]].to_numpy().sum(), replies[_TOKENS[3]].sum()
    after = clone.database.rows()
    found = [*trajectories.newest().values()]
    commits = [*found, *samples.newest().values()]
    written_parts = [part for each in commits for parts in each.members.values() for part in parts]
    return Measured(
        instructions=sum(commit.rows("trajectories") + commit.rows("rejects") for commit in found),
        shards=len(trajectories.shards),
        wall_s=watch.seen.wall_s,
        annotate_s=annotating[0],
        assemble_s=assembling[0],
        model_calls=len(replies),
        api_calls=len(calls) - len(replies),
        prompt_tokens=int(read),
        output_tokens=int(written),
        cost_usd=float(replies["cost_nano_usd"].sum()) / 1e9,
        reply_s=float(replies["latency_s"].mean()),
        samples=samples.rows("samples"),
        table_mib=sum(part.size for part in written_parts) / 2**20,
        watched=watch.seen,
        prefect_mib={"before": size, "after": clone.database.size_mib()},
        prefect_rows={table: after[table] - before[table] for table in after},
        executed={kind: told - ended_before[kind] for kind, told in ended_well(clone.logs).items()},
        dropped=dropped(clone.logs / "prefect.log"),
        requests={kind: count - requests.get(kind, 0) for kind, count in clone.requests().items()},
    )


@contextmanager
def _timed() -> Iterator[list[float]]:
    took = [0.0]
    began = time.monotonic()
    yield took
    took[0] = time.monotonic() - began
