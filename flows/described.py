"""What `infra/prefect.yaml` asks a Prefect server for: pools, and deployments with all they are made of."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from prefect.client.schemas.actions import DeploymentScheduleCreate
from prefect.client.schemas.objects import ConcurrencyLimitConfig
from prefect.client.schemas.schedules import construct_schedule
from prefect.deployments.runner import RunnerDeployment
from prefect.utilities.templating import apply_values

from flows.forms import explained
from tasks.errors import ConfigurationError

FILE = Path(__file__).parent.parent / "infra" / "prefect.yaml"


@dataclass(frozen=True, slots=True, eq=False)
class Wanted:
    """A deployment as the file describes it."""

    full_name: str
    """`<flow>/<deployment>`."""
    code: dict[str, Any]
    """What goes by the installed package and is brought up to date always: entrypoint, version, form."""
    settings: dict[str, Any]
    """What people may change on the server, where it then stays as they left it."""
    schedules: dict[str, DeploymentScheduleCreate]
    """Slug to schedule; each is made once."""


def read(file: Path = FILE) -> tuple[dict[str, int], list[Wanted]]:
    """Flow runs at once of each pool that is made anew, and the deployments.

    Raises:
        ConfigurationError: the file is no such file.
    """
    try:
        content = yaml.safe_load(file.read_text())
        limits: dict[str, int] = content["definitions"]["limits"]
        return limits, [_wanted(each) for each in content["deployments"]]
    except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
        raise ConfigurationError(
            f"{file} describes no deployments ({type(error).__name__}: {error}); restore it"
        ) from error


def chosen_pools(words: Sequence[str], known: Mapping[str, int]) -> dict[str, str]:
    """Pools that were chosen as `local=their-pool`: ours to theirs.

    Raises:
        ConfigurationError: that is no such choice.
    """
    given = dict(map(_pair, words))
    unknown = sorted(set(given) - set(known))
    if unknown:
        raise ConfigurationError(
            f"there is no pool '{unknown[0]}' to choose for; ours are {', '.join(known)}"
        )
    return given


def _pair(word: str) -> tuple[str, str]:
    match = re.fullmatch(r"([^=\s]+)=([^=]*[^=\s])", word)
    if match is None:
        raise ConfigurationError(f"'{word}' chooses no pool; write it as --pool local=their-pool")
    return match[1], match[2]


def _wanted(described: dict[str, Any]) -> Wanted:
    made = RunnerDeployment.from_entrypoint(described["entrypoint"], name=described["name"])
    return Wanted(
        full_name=made.full_name,
        code={
            "entrypoint": made.entrypoint,
            "version": made.version,
            "parameter_openapi_schema": explained(made._parameter_openapi_schema),
            "pull_steps": [],  # the package is installed where workers run: there is nothing to copy
        },
        settings={
            "description": (made.description or "").partition("\n\n")[0],
            "tags": sorted(described["tags"]),
            "parameters": _parameters(described),
            "work_pool_name": described["work_pool"]["name"],
            "job_variables": described["work_pool"]["job_variables"],
            "concurrency": _limited(described.get("concurrency_limit")),
            "enforce_parameter_schema": True,
        },
        schedules={
            each.get("slug", f"{described['name']}-{number}"): _schedule(each)
            for number, each in enumerate(described.get("schedules", []))
        },
    )


def _parameters(described: dict[str, Any]) -> dict[str, Any]:
    """Parameters of a deployment or schedule, `{{ $NAME }}` replaced by what the environment says."""
    return _filled(apply_values(described.get("parameters", {}), {}, warn_on_notset=False))


def _filled(given: dict[str, Any]) -> dict[str, Any]:
    """Without what an unset environment variable left empty: a form says that a field is required."""
    inner = {name: _filled(value) if isinstance(value, dict) else value for name, value in given.items()}
    return {name: value for name, value in inner.items() if value not in ("", {})}


def _limited(limit: int | dict[str, Any] | None) -> dict[str, Any] | None:
    """Flow runs at once, and what becomes of one too many; None: no limit."""
    if limit is None:
        return None
    given = limit if isinstance(limit, dict) else {"limit": limit}
    return ConcurrencyLimitConfig.model_validate(given).model_dump(mode="json", exclude_none=True)


def _schedule(described: dict[str, Any]) -> DeploymentScheduleCreate:
    """No slug is sent: a server that knows a deployment's schedules by slug refuses others made without."""
    given = {name: described[name] for name in ("cron", "interval", "rrule", "timezone") if name in described}
    return DeploymentScheduleCreate(
        schedule=construct_schedule(**given),
        active=described["active"],
        parameters=_parameters(described),
    )
