"""What a Prefect server has of the factory's pools and deployments, and the calls that change it."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.actions import DeploymentUpdate, VariableCreate, VariableUpdate, WorkPoolCreate
from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterTags
from prefect.client.schemas.objects import ConcurrencyOptions, WorkPool
from prefect.client.schemas.responses import DeploymentResponse
from prefect.exceptions import ObjectAlreadyExists, ObjectNotFound

from flows.described import Wanted
from flows.labels import PROJECT
from flows.secrets import secret_environment
from flows.upkeep import Left, Update

RECORD = "toolfoundry_deployed"
"""Variable that says what we left on a server."""
KIND = "process"
"""Type of the pools we make."""
_PAGE = 200


@dataclass(frozen=True, slots=True)
class Found:
    """What is on a server."""

    pools: dict[str, WorkPool]
    """All of them, by name."""
    deployments: dict[str, DeploymentResponse]
    """Of the names we describe, and others of ours, by full name."""
    record: dict[str, Left] | None
    """Full name to what we left there; None: nobody knows."""
    secrets: dict[str, str]
    """Environment variable to the reference of the secret block that holds its value."""


def is_ours(found: DeploymentResponse, entrypoints: Collection[str]) -> bool:
    """Whether a deployment of a name we describe is the factory's: runs a flow of ours, or bears our tag.

    Args:
        found: what is on the server.
        entrypoints: of our flows, to the letter: other projects have a folder `flows`, too.
    """
    return found.entrypoint in entrypoints or PROJECT in found.tags


def settings_of(found: DeploymentResponse) -> dict[str, Any]:
    """What a deployment is made of, under the names of `Wanted`."""
    limit, options = found.global_concurrency_limit, found.concurrency_options
    concurrency = {"limit": limit.limit} if limit else None
    if concurrency and options:
        concurrency |= options.model_dump(mode="json", exclude_none=True)
    return {
        "entrypoint": found.entrypoint,
        "version": found.version,
        "parameter_openapi_schema": found.parameter_openapi_schema,
        "pull_steps": found.pull_steps or [],
        "description": found.description,
        "tags": sorted(found.tags),
        "parameters": found.parameters,
        "work_pool_name": found.work_pool_name,
        "job_variables": found.job_variables,
        "concurrency": concurrency,
        "enforce_parameter_schema": found.enforce_parameter_schema,
    }


def fitted(wanted: Wanted, pool: WorkPool | None, secrets: Mapping[str, str]) -> Wanted:
    """The same with references to the server's secrets, without job variables that its pool would refuse."""
    variables = {**wanted.settings["job_variables"], **({"env": dict(secrets)} if secrets else {})}
    if pool is not None and pool.type != KIND:
        known = pool.base_job_template.get("variables", {}).get("properties", {})
        variables = {name: value for name, value in variables.items() if name in known}
    return replace(wanted, settings={**wanted.settings, "job_variables": variables})


async def look(client: PrefectClient, wanted: Sequence[Wanted]) -> Found:
    """Read what is there of the names that are wanted, and what is ours beside.

    That is what bears our tag and runs a flow of ours, or was left there by us: a tag alone is no proof.
    """
    pools = {each.name: each for each in await _all_pools(client)}
    named = await asyncio.gather(*(_read(client, each.full_name) for each in wanted))
    deployments = {name: found for name, found in named if found is not None}
    variable = await client.read_variable_by_name(RECORD)
    known = variable.value if variable is not None and isinstance(variable.value, dict) else None
    entrypoints = {each.code["entrypoint"] for each in wanted}
    tagged = DeploymentFilter(tags=DeploymentFilterTags(all_=[PROJECT]))
    flows: dict[Any, str] = {}
    for found in await client.read_deployments(deployment_filter=tagged):
        if found.flow_id not in flows:
            flows[found.flow_id] = (await client.read_flow(found.flow_id)).name
        full_name = f"{flows[found.flow_id]}/{found.name}"
        if found.entrypoint in entrypoints or full_name in (known or {}):
            deployments.setdefault(full_name, found)
    return Found(pools, deployments, known, await secret_environment(client))


async def make_pool(client: PrefectClient, name: str, limit: int) -> None:
    """A new pool; one that is made at the same time by somebody else stays as it is.

    With its job variables: else its first worker has to bring them, and of workers that begin together SQLite
    refuses some.
    """
    from prefect.workers.process import ProcessWorker  # half a second, and pools are made once

    made = WorkPoolCreate(
        name=name,
        type=KIND,
        concurrency_limit=limit,
        description=f"Flow runs of {PROJECT}: {name}",
        base_job_template=ProcessWorker.get_default_base_job_template(),
    )
    with suppress(ObjectAlreadyExists):
        await client.create_work_pool(made)


async def make(client: PrefectClient, wanted: Wanted, pool: str) -> None:
    """A new deployment, in a pool that is there."""
    given = dict(wanted.settings) | {"work_pool_name": pool}
    concurrency = given.pop("concurrency")
    flow_name, _, name = wanted.full_name.partition("/")
    await client.create_deployment(
        flow_id=await client.create_flow_from_name(flow_name),
        name=name,
        schedules=list(wanted.schedules.values()),
        paused=False,
        **wanted.code,
        **given,
        **_limits(concurrency),
    )


async def bring_up_to_date(
    client: PrefectClient, wanted: Wanted, found: DeploymentResponse, change: Update
) -> None:
    """Send what differs, and nothing when nothing does."""
    fields = dict(change.fields)
    if "concurrency" in fields:
        fields |= _limits(fields.pop("concurrency"))
    if fields:
        await client.update_deployment(found.id, DeploymentUpdate(**fields))
    if change.schedules:
        added = [wanted.schedules[slug] for slug in change.schedules]
        await client.create_deployment_schedules(found.id, added)


async def write_record(client: PrefectClient, known: dict[str, Left] | None, after: dict[str, Left]) -> None:
    """Write down what we left, where that is something new."""
    if known is None:
        with suppress(ObjectAlreadyExists):  # one that holds something else, which nobody can use
            await client.create_variable(VariableCreate(name=RECORD, value=after, tags=[PROJECT]))
            return
    if known != after:
        await client.update_variable(VariableUpdate(name=RECORD, value=after))


async def _read(client: PrefectClient, full_name: str) -> tuple[str, DeploymentResponse | None]:
    with suppress(ObjectNotFound):
        return full_name, await client.read_deployment_by_name(full_name)
    return full_name, None


async def _all_pools(client: PrefectClient) -> list[WorkPool]:
    found: list[WorkPool] = []
    while page := await client.read_work_pools(limit=_PAGE, offset=len(found)):
        found += page
    return found


def _limits(concurrency: dict[str, Any] | None) -> dict[str, Any]:
    if concurrency is None:
        return {"concurrency_limit": None}
    options = {name: value for name, value in concurrency.items() if name != "limit"}
    return {
        "concurrency_limit": concurrency["limit"],
        "concurrency_options": ConcurrencyOptions.model_validate(options),
    }
