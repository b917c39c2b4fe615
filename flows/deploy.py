"""Pools and deployments of `infra/prefect.yaml`, made or brought up to date.

`prefect deploy --all` imports and asks anew for each deployment and takes 8 to 19 s; this takes about two.
The file stays Prefect's own, so both ways give the same deployments.
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml
from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.actions import DeploymentScheduleCreate, WorkPoolCreate
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
    WorkPoolFilter,
    WorkPoolFilterName,
)
from prefect.client.schemas.objects import StateType
from prefect.client.schemas.schedules import CronSchedule
from prefect.deployments.runner import RunnerDeployment
from prefect.exceptions import ObjectAlreadyExists
from prefect.settings import PREFECT_API_URL
from prefect.states import Crashed
from prefect.utilities.callables import ParameterSchema
from prefect.utilities.templating import apply_values

from tasks.errors import ConfigurationError, FactoryError

FILE = Path(__file__).parent.parent / "infra" / "prefect.yaml"


def deploy(file: Path = FILE) -> list[str]:
    """Make every pool and deployment of the file; return the deployments' full names.

    Raises:
        ConfigurationError: no Prefect server is named, or none answers there.
    """
    return asyncio.run(_deploy(yaml.safe_load(file.read_text())))


async def _deploy(content: dict[str, Any]) -> list[str]:
    if not PREFECT_API_URL.value():  # Prefect would start a server just for this, and end it
        raise ConfigurationError(
            "no Prefect server is named; set PREFECT_API_URL ('. .foundry/env' after 'make up' does)"
        )
    async with get_client() as client:
        await _require_server(client)
        limits = content["definitions"]["limits"]
        await asyncio.gather(*(_make_pool(client, name, limit) for name, limit in limits.items()))
    deployments = [_deployment(each) for each in content["deployments"]]
    for deployment in deployments:
        await deployment.aapply()
    return [deployment.full_name for deployment in deployments]


def _deployment(described: dict[str, Any]) -> RunnerDeployment:
    schedules = [
        DeploymentScheduleCreate(
            schedule=CronSchedule(cron=each["cron"], timezone=each["timezone"]), active=each["active"]
        )
        for each in described.get("schedules", [])
    ]
    deployment = RunnerDeployment.from_entrypoint(
        described["entrypoint"],
        name=described["name"],
        tags=described["tags"],
        parameters=apply_values(described.get("parameters", {}), {}, warn_on_notset=False),
        schedules=schedules or None,
        work_pool_name=described["work_pool"]["name"],
        job_variables=described["work_pool"]["job_variables"],
    )
    deployment._path = None  # the package is installed where workers run: there is no folder to copy
    _number(deployment._parameter_openapi_schema)
    return deployment


def _number(form: ParameterSchema) -> None:
    """Keep the order of fields in the form, which goes by `position` and takes 0 where there is none."""
    for model in form.definitions.values():
        for position, schema in enumerate(model.get("properties", {}).values()):
            schema["position"] = position


async def _make_pool(client: PrefectClient, name: str, limit: int) -> None:
    """A pool that is there stays as it is: its limit may have been changed in the UI."""
    with suppress(ObjectAlreadyExists):
        await client.create_work_pool(WorkPoolCreate(name=name, type="process", concurrency_limit=limit))


async def _require_server(client: PrefectClient) -> None:
    error = await client.api_healthcheck()
    if error is not None:
        raise ConfigurationError(
            f"no Prefect server answers at {client.api_url} ({type(error).__name__}); "
            "run 'make up' or set PREFECT_API_URL"
        )


async def crash_abandoned(pools: Sequence[str], before: datetime) -> int:
    """Call crashed what went on in these pools before a moment at which no worker of theirs ran.

    A worker that is killed cannot say so of its flow runs: they would stay `Running` for ever, and whoever
    asks for their work again would wait for them.
    """
    going_on = [StateType.RUNNING, StateType.PENDING, StateType.CANCELLING]
    async with get_client() as client:
        await _require_server(client)
        found = await client.read_flow_runs(
            flow_run_filter=FlowRunFilter(
                state=FlowRunFilterState(type=FlowRunFilterStateType(any_=going_on)),
            ),
            work_pool_filter=WorkPoolFilter(name=WorkPoolFilterName(any_=list(pools))),
        )
        abandoned = [run for run in found if run.state is not None and run.state.timestamp < before]
        for run in abandoned:
            await client.set_flow_run_state(
                run.id, Crashed(message="Its worker was ended; run it again to continue."), force=True
            )
    return len(abandoned)


def main(arguments: Sequence[str] | None = None) -> int:
    """Deploy; with `--abandoned`, call crashed what dead workers left behind."""
    parser = argparse.ArgumentParser(prog="python -m flows.deploy", description=__doc__)
    parser.add_argument("--abandoned", action="append", default=[], metavar="POOL")
    parser.add_argument("--before", type=float, default=0.0, metavar="SECONDS_SINCE_1970")
    words = parser.parse_args(arguments)
    try:
        for name in deploy():
            print(name)
        if words.abandoned:
            before = datetime.fromtimestamp(words.before, UTC)
            print(f"{asyncio.run(crash_abandoned(words.abandoned, before))} abandoned flow runs")
    except FactoryError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
