"""Shards of a stage as flow runs of their own: one a shard, so that each can be retried and killed alone."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any

from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import FlowRun
from pydantic import BaseModel, Field

from flows.alerts import watch_of
from flows.artifacts import ProgressArtifact, StageArtifacts
from flows.labels import PROJECT, label, last_part, missing, shard_name
from flows.runs import Work, cancel, children, open_runs_of, start, succeeded, wait, why
from flows.suspension import drained_when_suspended, passed_on
from tasks.errors import AddressError, ShardsFailed
from tasks.storage.addresses import is_below, normalise, root
from tasks.storage.table import Table

WEB = ("http://", "https://")
ShardNumber = Annotated[int, Field(ge=0)]


def run_shards(verb: str, address: str) -> None:
    """Run every unfinished shard of a table as a flow run of `<verb>-shard`, and wait for all.

    Raises:
        ShardsFailed: some did not finish; they are named, the others stand.
    """
    table = Table.open(address)
    shards = unfinished(verb, address)
    pieces = [
        Work(
            deployment=f"{verb}-shard/{verb}-shard",
            key=shard_key(verb, table, shard),
            name=shard_name(verb, table.address, shard),
            parameters={"address": table.address, "shard": shard},
            tags=shard_tags(verb, table, shard),
        )
        for shard in shards
    ]
    progress, artifacts = ProgressArtifact(), StageArtifacts(table)
    before, total = len(table.shards) - len(shards), len(table.shards)
    progress.show("shards", before, total)

    watch = watch_of(table)

    def show(seen: Sequence[FlowRun]) -> None:
        progress.show("shards", before + sum(map(succeeded, seen)), total)
        artifacts.seen(seen)
        watch.look()

    with passed_on():
        of_shard = dict(zip(start(pieces), shards, strict=True))
        runs = wait(of_shard, show)
    artifacts.publish(runs)
    failed = {of_shard[run.id]: why(run) for run in runs if not succeeded(run)}
    watch.look_now(failed.values())
    if failed:
        named = ", ".join(map(str, sorted(failed)))
        raise ShardsFailed(
            f"{len(failed)} of {total} shards of {table.address} failed (number {named}): "
            f"{next(iter(failed.values()))}; run '{verb}' again to do only those"
        )


def shard_tags(verb: str, table: Table, shard: int) -> tuple[str, ...]:
    """By what people find a shard: project, run, stage, groups and splits of its instructions, run and split.

    A shard is a run of consecutive instructions and may hold the end of one group and the beginning of the
    next: it bears the tags of both. The UI that opens by default shows what bears *any* of the tags it is
    asked for: the last ones (`RUN/I1_test`) are for it.
    """
    work = table.manifest.plan[shard]
    splits = work.get("splits", [work["group"]] if "group" in work else []) if isinstance(work, dict) else []
    groups = [each.partition("_")[0] for each in splits]
    run = table.manifest.run_id
    return (PROJECT, run, verb, *dict.fromkeys([*groups, *splits]), *(f"{run}/{each}" for each in splits))


@contextmanager
def one_shard(verb: str, address: str, shard: int) -> Iterator[ProgressArtifact]:
    """Around the work of a shard's flow run: what everyone of them needs, gives where to show its progress.

    One that somebody started from the form is tagged as its parent would have tagged it.

    Raises:
        AddressError: the address is not below `FOUNDRY_ROOT`.
        Pause: the flow run was suspended; its work has ended in order.
    """
    refuse_place("address", address)
    wanted = shard_tags(verb, Table.open(address), shard)
    if missing(*wanted):
        label(*wanted)
    with drained_when_suspended():
        yield ProgressArtifact()


def unfinished(verb: str, address: str) -> list[int]:
    """Shards that are left to do; the flow run that asks gets their run as a tag, and the table in its name.

    Which version that is, is known only now.
    """
    table = Table.open(address)
    label(verb, table.manifest.run_id, name=f"{verb} {last_part(table.address)}")
    return table.unfinished()


def stage_key(verb: str, table: Table) -> str:
    """Idempotency key of the flow run that brings a table to its end."""
    return f"{table.manifest.run_id}:{verb}:{table.address}"


def shard_key(verb: str, table: Table, shard: int) -> str:
    """Idempotency key of the flow run of one shard."""
    return _key(table.manifest.run_id, verb, table.address, shard)


def _key(run: str, verb: str, address: str, shard: int) -> str:
    return f"{run}:{verb}:{address}:{shard}"


def cancel_shards(field: str) -> Callable[..., None]:
    """Hook of a parent that is cancelled: its shards would go on without it.

    Those are what it has started, and what another parent of the same table had started before and it joined.

    Args:
        field: the parameter that names the table it writes, or an earlier version of that.
    """

    def cancel_those_of(flow: Any, flow_run: Any, state: Any) -> None:
        address = flow_run.parameters.get("parameters", {}).get(field, "")
        with get_client(sync_client=True) as client:
            parent = client.read_flow_run(flow_run.id)  # ours was read before it labelled itself
            started = children(client, parent.id)
            tables = {run.parameters.get("address") for run in started}
            if address and parent.name.startswith(f"{flow.name} "):
                version = parent.name.removeprefix(f"{flow.name} ")
                tables.add(f"{normalise(address).rpartition('/')[0]}/{version}")
            joined = [
                run
                for run in open_runs_of(client, [f"{flow.name}-shard"], PROJECT)
                if run.parameters.get("address") in tables and _is_of(run, flow.name, parent.tags)
            ]
            cancel(client, {run.id: run for run in [*started, *joined]}.values())

    return cancel_those_of


def _is_of(shard: FlowRun, verb: str, runs: Collection[str]) -> bool:
    """Whether a shard was started for one of these runs: its key tells."""
    address, number = shard.parameters["address"], shard.parameters["shard"]
    return shard.idempotency_key in {_key(run, verb, address, number) for run in runs}


def refuse_outside_root(parameters: BaseModel, *fields: str, names: Collection[str] = ()) -> None:
    """Keep deployments to the factory's own tables: whoever can fill in a form need not reach all files.

    Args:
        parameters: what the form gave.
        fields: those that hold an address, or nothing; what is on the web is no file of ours.
        names: values that are no addresses though they stand in such a field.

    Raises:
        AddressError: one of the fields holds an address that is not below `FOUNDRY_ROOT`.
    """
    for field in fields:
        address = getattr(parameters, field)
        if address and address not in names and not address.startswith(WEB):
            refuse_place(field, address)


def refuse_place(field: str, address: str) -> None:
    """Refuse an address that a form, or a flow run of a shard, gives and that is not below `FOUNDRY_ROOT`.

    Raises:
        AddressError: it lies elsewhere.
    """
    if normalise(address) != root() and not is_below(address, root()):
        raise AddressError(
            f"{field} '{address}' lies outside {root()}; a deployment reads and writes only below "
            "FOUNDRY_ROOT, use an address there or the command line"
        )
