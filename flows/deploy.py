"""Pools and deployments of `infra/prefect.yaml` on a Prefect server: made, or brought up to date.

It reads what is there, sends only what differs, and says what that was: run twice, the second run changes
nothing. A deployment of the same name that is not ours, and a pool of another kind, are refused before
anything is sent. Pools and schedules are made once: from then on they belong to whoever works with the UI.

`prefect deploy --all` reads the same file and makes the same deployments, but takes 8 to 19 s and puts every
setting and schedule back.
"""

import argparse
import asyncio
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from flows.alerts import make_alerts
from flows.automations import make_automations
from flows.deployed import (
    KIND,
    Found,
    bring_up_to_date,
    fitted,
    is_ours,
    look,
    make,
    make_pool,
    settings_of,
    write_record,
)
from flows.described import FILE, Wanted, chosen_pools, read
from flows.server import server
from flows.upkeep import Left, Step, Update, made, update
from tasks.errors import ConfigurationError, FactoryError


@dataclass(frozen=True, slots=True)
class Deployed:
    """What was done on a server, or would be."""

    server: str
    steps: tuple[Step, ...]

    @property
    def changes(self) -> int:
        """How many pools and deployments are made, changed or removed."""
        return sum(each.action not in ("unchanged", "left") for each in self.steps)

    def as_json(self) -> dict[str, Any]:
        """For scripts."""
        return {
            "server": self.server,
            "changes": self.changes,
            "steps": [asdict(each) for each in self.steps],
        }


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done."""

    pools: dict[str, int]
    """Pools to make, with the flow runs they let go at once."""
    new: dict[Wanted, str]
    """Deployments to make, with their pool."""
    updates: dict[Wanted, Update]
    old: tuple[str, ...]
    """Deployments of ours that are no longer described."""
    steps: tuple[Step, ...]
    left: dict[str, Left]
    """What we will have left on the server."""


def deploy(
    file: Path = FILE,
    *,
    pools: Sequence[str] = (),
    dry_run: bool = False,
    reset: bool = False,
    prune: bool = False,
) -> Deployed:
    """Make what is absent, bring up to date what is ours, and leave everything else.

    Args:
        file: describes pools and deployments.
        pools: `ours=theirs`: pools that are there, to be used instead of ours.
        dry_run: say what would be done, and do nothing.
        reset: take the file's settings also where somebody changed them on the server.
        prune: remove deployments of ours that the file no longer describes.

    Raises:
        ConfigurationError: the server cannot be used, or something there is in the way; nothing was changed.
    """
    return asyncio.run(_deploy(file, pools, dry_run, reset, prune))


async def _deploy(file: Path, pools: Sequence[str], dry_run: bool, reset: bool, prune: bool) -> Deployed:
    async with server() as client:
        limits, wanted = read(file)
        chosen = chosen_pools(pools, limits)
        found = await look(client, wanted)
        plan = _plan(found, limits, wanted, chosen, reset, prune)
        if not dry_run:
            for name, limit in plan.pools.items():
                await make_pool(client, name, limit)
            for each, pool in plan.new.items():
                await make(client, each, pool)
            for each, change in plan.updates.items():
                await bring_up_to_date(client, each, found.deployments[each.full_name], change)
            for name in plan.old if prune else ():
                await client.delete_deployment(found.deployments[name].id)
            await write_record(client, found.record, plan.left)
            await make_automations()
            await make_alerts()
        return Deployed(str(client.api_url), plan.steps)


def _plan(
    found: Found,
    limits: Mapping[str, int],
    wanted: Sequence[Wanted],
    chosen: Mapping[str, str],
    reset: bool,
    prune: bool,
) -> Plan:
    """What is to be done.

    Raises:
        ConfigurationError: something is in the way.
    """
    record = found.record or {}
    entrypoints = {each.code["entrypoint"] for each in wanted}
    new, updates = {}, {}
    for described in wanted:
        there, ours = found.deployments.get(described.full_name), described.settings["work_pool_name"]
        pool = chosen.get(ours) or (there and there.work_pool_name) or ours
        each = fitted(described, found.pools.get(pool), found.secrets)
        if there is None:
            new[each] = pool
            continue
        if not is_ours(there, entrypoints):
            raise ConfigurationError(
                f"the server has a deployment {each.full_name} that is not ours (it runs "
                f"{there.entrypoint}); rename that one, or deploy to another server"
            )
        left = record.get(each.full_name, {})
        updates[each] = update(each, settings_of(there), left, pool=chosen.get(ours, ""), reset=reset)
    used = {*new.values(), *(each.fields.get("work_pool_name", "") for each in updates.values())} - {""}
    _refuse_pools(found, used, limits, chosen)
    absent = {name: limits[name] for name in limits if name in used and name not in found.pools}
    old = tuple(sorted(set(found.deployments) - {each.full_name for each in wanted}))
    marks = {each.full_name: made(each, chosen.get(each.settings["work_pool_name"], "")) for each in new}
    marks |= {each.full_name: change.left for each, change in updates.items()}
    marks |= {name: record[name] for name in old if name in record and not prune}
    steps = (
        *(Step("pool", name, "made") for name in absent),
        *(Step("pool", name, "unchanged") for name in sorted({*used, *limits} & set(found.pools))),
        *(Step("deployment", each.full_name, "made") for each in new),
        *(each.step for each in updates.values()),
        *(Step("deployment", name, "removed" if prune else "left") for name in old),
    )
    return Plan(absent, new, updates, old, steps, marks)


def _refuse_pools(found: Found, used: set[str], limits: Mapping[str, int], chosen: Mapping[str, str]) -> None:
    """Refuse pools that cannot be meant: of another kind under our name, or chosen and not there."""
    for ours, theirs in chosen.items():
        if theirs not in found.pools:
            raise ConfigurationError(
                f"there is no pool '{theirs}' on the server to use instead of '{ours}'; there are "
                f"{', '.join(sorted(found.pools)) or 'none'}"
            )
    for name in sorted(used & set(limits) - set(chosen.values())):
        kind = found.pools[name].type if name in found.pools else KIND
        if kind != KIND:
            raise ConfigurationError(
                f"the server's pool '{name}' is of the kind {kind} and ours is {KIND}: choose another one "
                f"with --pool {name}=NAME, or --pool {name}={name} if it is meant"
            )


def main(arguments: Sequence[str] | None = None) -> int:
    """Deploy all, as `make up` does."""
    parser = argparse.ArgumentParser(prog="python -m flows.deploy", description=__doc__)
    parser.parse_args(arguments)
    try:
        for step in deploy().steps:
            print(step)
    except FactoryError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
