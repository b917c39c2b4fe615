"""Names and tags by which people find flow runs."""

from collections.abc import Callable
from uuid import UUID

from prefect.client.orchestration import get_client
from prefect.runtime import flow_run as this_flow_run

from tasks.storage.addresses import normalise

PROJECT = "toolfoundry"
"""Tag of every flow run."""
_SHARD = " / shard "


def label(*tags: str) -> None:
    """Add tags to the flow run that calls this, and the project's."""
    identity = this_flow_run.get_id()
    if identity is not None:
        with get_client(sync_client=True) as client:
            known = client.read_flow_run(UUID(identity)).tags
            client.update_flow_run(UUID(identity), tags=sorted({*known, PROJECT, *tags}))


def named(verb: str, field: str) -> Callable[[], str]:
    """Name of a parent's flow run, e.g. `annotate v1`: verb and last part of the address it writes."""

    def name() -> str:
        parameters = this_flow_run.get_parameters()["parameters"]
        return f"{verb} {last_part(getattr(parameters, field))}"

    return name


def named_shard(verb: str) -> Callable[[], str]:
    """Name of a shard's flow run, e.g. `annotate v1 / shard 3`."""

    def name() -> str:
        parameters = this_flow_run.get_parameters()
        return shard_name(verb, parameters["address"], parameters["shard"])

    return name


def shard_name(verb: str, address: str, shard: int) -> str:
    """The same from its parts."""
    return f"{verb} {last_part(address)}{_SHARD}{shard}"


def is_shard(name: str, of: str = "") -> bool:
    """Whether a flow run of this name is one of a shard, of a parent of that name if one is given."""
    return _SHARD in name and name.startswith(f"{of}{_SHARD}" if of else "")


def last_part(address: str) -> str:
    """Version of an address: what stands after its last slash."""
    return normalise(address).rpartition("/")[2]
