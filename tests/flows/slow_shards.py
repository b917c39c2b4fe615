"""Shards of annotation that ask a model which a test slows down or holds up."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import DeploymentUpdate

from flows.labels import PROJECT
from flows.runs import cancel_all_of
from tests.flows.conftest import Clone
from tests.slow_model import SlowModel, slow_model

DEPLOYMENTS = ("annotate/annotate", "annotate-shard/annotate-shard")


@contextmanager
def shards_ask_a_slow_model(clone: Clone, latency_s: float) -> Iterator[SlowModel]:
    """While inside, the flow runs of annotation ask it in place of the clone's own."""
    with slow_model(clone.settings["OPENAI_BASE_URL"], latency_s) as model:
        with get_client(sync_client=True) as client:
            known = [client.read_deployment_by_name(name) for name in DEPLOYMENTS]
        try:
            _tell(
                {
                    each.id: {**(each.job_variables or {}), "env": {"OPENAI_BASE_URL": model.url}}
                    for each in known
                }
            )
            yield model
        finally:
            _tell({each.id: each.job_variables or {} for each in known})
            cancel_all_of(PROJECT, "annotate")  # what a test that failed has left would hold up the next


def _tell(job_variables: Mapping[UUID, dict[str, Any]]) -> None:
    with get_client(sync_client=True) as client:
        for deployment, told in job_variables.items():
            client.update_deployment(deployment, DeploymentUpdate(job_variables=told))
