"""Shards of a stage as flow runs of their own: one a shard, so that each can be retried and killed alone."""

from collections.abc import Collection
from typing import Any

from pydantic import BaseModel

from flows.artifacts import ProgressArtifact
from flows.labels import PROJECT, label, shard_name
from flows.runs import Work, cancel_all_of, start, succeeded, wait, why
from tasks.errors import AddressError, ShardsFailed
from tasks.storage.addresses import is_below, normalise, root
from tasks.storage.table import Table


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
            tags=(PROJECT, table.manifest.run_id, verb),
        )
        for shard in shards
    ]
    progress = ProgressArtifact()
    before, total = len(table.shards) - len(shards), len(table.shards)
    progress.show("shards", before, total)
    of_shard = dict(zip(start(pieces), shards, strict=True))
    runs = wait(of_shard, lambda seen: progress.show("shards", before + sum(map(succeeded, seen)), total))
    failed = {of_shard[run.id]: why(run) for run in runs if not succeeded(run)}
    if failed:
        named = ", ".join(map(str, sorted(failed)))
        raise ShardsFailed(
            f"{len(failed)} of {total} shards of {table.address} failed (number {named}): "
            f"{next(iter(failed.values()))}; run '{verb}' again to do only those"
        )


def unfinished(verb: str, address: str) -> list[int]:
    """Shards that are left to do; the flow run that asks is tagged with the run they belong to."""
    table = Table.open(address)
    label(verb, table.manifest.run_id)
    return table.unfinished()


def stage_key(verb: str, table: Table) -> str:
    """Idempotency key of the flow run that brings a table to its end."""
    return f"{table.manifest.run_id}:{verb}:{table.address}"


def shard_key(verb: str, table: Table, shard: int) -> str:
    """Idempotency key of the flow run of one shard."""
    return f"{stage_key(verb, table)}:{shard}"


def cancel_shards(flow: Any, flow_run: Any, state: Any) -> None:
    """Hook of a parent that is cancelled: its shards would go on without it."""
    run_ids = [tag for tag in flow_run.tags if tag not in (PROJECT, flow.name)]
    for run_id in run_ids:
        cancel_all_of(run_id, flow.name)


def refuse_outside_root(parameters: BaseModel, *fields: str, names: Collection[str] = ()) -> None:
    """Keep deployments to the factory's own tables: whoever can fill in a form need not reach all files.

    Args:
        parameters: what the form gave.
        fields: those that hold an address, or nothing.
        names: values that are no addresses though they stand in such a field.

    Raises:
        AddressError: one of the fields holds an address that is not below `FOUNDRY_ROOT`.
    """
    for field in fields:
        address = getattr(parameters, field)
        if not address or address in names or normalise(address) == root():
            continue
        if not is_below(address, root()):
            raise AddressError(
                f"{field} '{address}' lies outside {root()}; a deployment reads and writes only below "
                "FOUNDRY_ROOT, use an address there or the command line"
            )
