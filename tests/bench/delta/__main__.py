"""`make bench-delta`: what a drift of 1 % of the APIs costs, and whether all else is as if built anew.

Three journeys to samples over the sandbox: the first; one on the drifted marketplace that carries over from
it (`--since`); one on the drifted marketplace from nothing, elsewhere. The ledger counts model calls.

The drift is the hub's own plan of changes, made to happen within minutes of the marketplace's clock, so that
answers which tell the time or the day stay what they were.

What a drift of some APIs costs hangs on who called them, so it is done with several seeds; the bar is that of
their sum, each is shown.

    python -m tests.bench.delta [--count 120] [--share 0.01] [--seeds 4] [--model rehearsal-middle] [--record]
"""

import argparse
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from flows.journey import FactoryParameters, begun, planned, run_here, run_id_of, stages_of
from flows.since import LATEST
from tasks.catalog import stage as crawl
from tasks.errors import TransientError
from tasks.llm.ledger import open_ledger, summary
from tasks.records import Api, Instruction, Pair, TrainingSample, Trajectory
from tasks.storage.change import Change, called, change_between
from tasks.storage.difference import LEFT_OUT
from tasks.storage.stage import Report, Silent
from tasks.storage.table import Table
from tests.bench.bars import record
from tests.bench.sandbox.servers import environment, hub_client, serving, url

SPEED = 1000
TRIES = 20
CLOCK = "answered otherwise: "
MEMBERS = {
    "instructions": (Instruction, "instruct", "instruction_id"),
    "trajectories": (Trajectory, "annotate", "trajectory_id"),
    "samples": (TrainingSample, "assemble", "sample_id"),
    "pairs": (Pair, "assemble", "pair_id"),
}


def main() -> None:
    """Run all three, print what was found, end with 1 where a bar is missed."""
    options = argparse.ArgumentParser()
    options.add_argument("--count", type=int, default=120, help="instructions of each group")
    options.add_argument("--share", type=float, default=0.01, help="of the APIs that change")
    options.add_argument("--seeds", type=int, default=4, help="journeys, each with a seed of its own")
    options.add_argument("--model", default="rehearsal-middle")
    options.add_argument(
        "--unprobed",
        action="store_true",
        help="crawls take every documented API: on a busy machine probes reject slow ones, which is no drift",
    )
    options.add_argument("--record", action="store_true", help="write the result into measured.json")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        found = [_once(given, Path(scratch, str(seed)), seed) for seed in range(1, given.seeds + 1)]
    paid, first = (sum(each[calls] for each in found) for calls in ("calls_delta", "calls_first"))
    shares = [each["calls_share"] for each in found]
    equal = sum(sum(each["equal"].values()) for each in found)
    unlike = sum(len(each["unlike"]) for each in found)
    said = (
        f"{paid / first:.1%} of the calls ({paid} of {first:,}; "
        f"{', '.join(f'{share:.1%}' for share in shares)}); {equal:,} rows equal, {unlike} not"
    )
    print(said)
    if given.record:
        record("delta run", said)
    idle = all(each["same_versions_again"] and not each["calls_again"] for each in found)
    raise SystemExit(0 if paid <= 0.03 * first and not unlike and idle else 1)


def _once(given: argparse.Namespace, scratch: Path, seed: int) -> dict[str, Any]:
    """All three journeys of a seed, over a marketplace of their own."""
    scratch.mkdir()
    with _market(scratch, given.share, given.unprobed) as places:
        found = _measured(given, scratch, seed, *places)
    print(json.dumps(found, indent=1), flush=True)
    return found


@contextmanager
def _market(scratch: Path, share: float, sound: bool) -> Iterator[tuple[str, str]]:
    """Addresses of one marketplace before and after the first changes of its plan; sets the environment."""
    plants = scratch / "plants.json"
    drift = ("--drift", SPEED, *(("--plants", 0) if sound else ()))  # nobody would find the broken ones
    before = (*drift, "--plants-to", plants)
    with (
        serving("infra.sandbox.teacher") as (_, teacher),
        serving("infra.sandbox.hub", *before) as (_, old),
        hub_client(old) as client,
    ):
        apis = client.get("/healthz").json()["apis"]
        changes = [row for row in json.loads(plants.read_text()) if row.get("at")]
        changes = sorted(changes, key=lambda row: row["at"])[: round(share * apis)]
        os.environ.update(environment(str(client.headers["X-Hub-Key"]), teacher, scratch / "state"))
        os.environ["FOUNDRY_LEDGER"] = str(scratch / "ledger.sqlite")
        with serving("infra.sandbox.hub", *drift, "--clock", changes[-1]["at"]) as (_, new):
            print(f"{apis} APIs, {len(changes)} changes: {[row['kind'] for row in changes]}", flush=True)
            yield url(old), url(new)


def _measured(given: argparse.Namespace, scratch: Path, seed: int, old: str, new: str) -> dict[str, Any]:
    def journey(name: str, location: str, root: str, since: str = "") -> tuple[dict[str, Report], int]:
        told = begun(FactoryParameters(
            location=location, root=str(scratch / root), count=given.count, model=given.model, since=since,
            seed=seed, until="assemble", run_id=name,
        ))  # fmt: skip
        started = time.monotonic()
        reports = {report.stage: report for report in _persisting(told, given.unprobed)}
        calls = {row["stage"]: row["calls"] for row in summary(open_ledger(), run_id_of(told))}
        print(f"{name}: calls {calls}, {time.monotonic() - started:.0f} s", flush=True)
        return reports, sum(calls.values())

    first, paid = journey("first", old, "kept")
    delta, paid_again = journey("delta", new, "kept", since=first["assemble"].address)
    if not given.unprobed:
        shutil.copytree(delta["crawl"].address, scratch / "anew/catalog/v1")  # both build on one crawl
    anew, paid_anew = journey("anew", new, "anew")
    again, paid_for_nothing = journey("again", new, "kept", since=LATEST)
    apis = [Table.open(each["crawl"].address).records(Api, "apis") for each in (first, delta, anew)]
    change = change_between(apis[0], apis[1])
    equal, unlike, beyond = _compared(first, delta, anew, change)
    return {
        "seed": seed,
        "count": given.count,
        "apis": len(apis[0]),
        **change.figures,
        "one_crawl": {api.api_id for api in apis[1]} == {api.api_id for api in apis[2]},
        "calls_first": paid,
        "calls_delta": paid_again,
        "calls_anew": paid_anew,
        "calls_share": paid_again / paid,
        "calls_again": paid_for_nothing,
        "same_versions_again": [r.address for r in again.values()] == [r.address for r in delta.values()],
        "rows": {
            name: {m: r.rows for m, r in made.items()} for name, made in (("delta", delta), ("anew", anew))
        },
        "equal": equal,
        "unlike": [each for each in unlike if not each.startswith(CLOCK)],
        "answered_by_the_clock": [each for each in unlike if each.startswith(CLOCK)],
        "only_in_delta": beyond,
        "notes": [note for report in delta.values() for note in report.notes],
        "load": os.getloadavg()[0],
    }


def _persisting(told: FactoryParameters, unprobed: bool) -> list[Report]:
    """Run a journey; where a busy machine's hub did not answer in time, run it again, as a person would."""
    run = partial(_unprobed, told) if unprobed else partial(run_here, told, Silent())
    for _ in range(TRIES - 1):
        try:
            return run()
        except TransientError as error:
            print(f"again: {error}", flush=True)
    return run()


def _unprobed(told: FactoryParameters) -> list[Report]:
    """The same journey with a crawl that calls nothing."""
    place = f"{told.root}/catalog/v1"
    crawled = crawl.Parameters(location=told.location, catalog=place, probe=False, as_new_version=True)
    reports = [crawl.run(crawled, Silent())]
    addresses = {"crawl": reports[0].address}
    for stage in stages_of(told)[1:]:
        reports.append(stage.load().run(planned(stage, told, addresses), Silent()))
        addresses[stage.verb] = reports[-1].address
    return reports


def _compared(
    first: Mapping[str, Report], delta: Mapping[str, Report], anew: Mapping[str, Report], change: Change
) -> tuple[dict[str, int], list[str], dict[str, int]]:
    """Rows of which nothing changed: how many are equal, which are not, how many the delta alone has."""
    moved = change.gone | change.shown | change.new
    before = {row.combination_id for row in _rows(first, "instructions").values()}
    still = {
        id: row
        for id, row in _rows(anew, "instructions").items()
        if row.combination_id in before and moved.isdisjoint(row.api_ids)
    }
    steady = {
        row.instruction_id
        for row in _rows(anew, "trajectories").values()
        if row.instruction_id in still and change.answers.isdisjoint(called(row))
    }
    equal, unlike, beyond = {}, [], {}
    clock: set[str] = set()
    """Trees that part at an answer that no documentation tells of, such as the time; ids of their samples."""
    for member in MEMBERS:
        ours, theirs = _rows(delta, member), _rows(anew, member)
        of = steady if member in ("trajectories", "samples") else still
        wanted = {id: row for id, row in theirs.items() if row.instruction_id in of}
        if member == "pairs":
            wanted = {id: row for id, row in wanted.items() if row.api_id not in change.answers}
        same = {id for id, row in wanted.items() if id in ours and _content(ours[id]) == _content(row)}
        equal[member] = len(same)
        told = {id: f"{member} {id}: {_where(ours.get(id), wanted[id])}" for id in wanted if id not in same}
        clock |= {id for id, said in told.items() if ": ['observation']" in said}
        unlike += [f"{CLOCK}{said}" if id in clock else said for id, said in told.items()]
        beyond[member] = len(ours.keys() - theirs.keys())
    return equal, unlike, beyond


def _where(ours: Any, theirs: Any) -> str:
    """What is different in two rows of one id; of trees, the first node that is."""
    if ours is None:
        return "missing"
    if isinstance(ours, Trajectory):
        nodes = zip(json.loads(ours.tree), json.loads(theirs.tree), strict=False)
        for one, other in nodes:
            names = [name for name in one if one[name] != other.get(name)]
            if names:
                both = (str(each.get(names[0]))[:150] for each in (one, other))
                return f"node {one['node_id']}: {names} {' / '.join(both)}"
    old, new = _content(ours), _content(theirs)
    return str([name for name in old if old[name] != new[name]])


def _rows(made: Mapping[str, Report], member: str) -> dict[str, Any]:
    kind, stage, column = MEMBERS[member]
    return {getattr(row, column): row for row in Table.open(made[stage].address).records(kind, member)}


def _content(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in row.__dataclass_fields__ if name not in LEFT_OUT}


if __name__ == "__main__":
    main()
