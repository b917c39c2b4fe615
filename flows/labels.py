"""Names and tags by which people find flow runs, and what a flow run is to know when it is tried again."""

from collections.abc import Callable
from uuid import UUID

from prefect.client.orchestration import get_client
from prefect.runtime import flow_run as this_flow_run

from tasks.storage.addresses import normalise

PROJECT = "toolfoundry"
"""Tag of every flow run."""
_SHARD = " / shard "
_OURS = f"{PROJECT}."
"""Beginning of our keys among the labels of a flow run; Prefect keeps its own there."""


def label(*tags: str, name: str = "") -> None:
    """Add tags to the flow run that calls this, and the project's; name it anew where a name is given."""
    identity = this_flow_run.get_id()
    if identity is not None:
        with get_client(sync_client=True) as client:
            known = client.read_flow_run(UUID(identity)).tags
            client.update_flow_run(
                UUID(identity),
                tags=sorted({*known, PROJECT, *tags}),
                name=name or None,
            )


def remember(**facts: str) -> None:
    """Write facts down with the flow run that calls this, for its later tries."""
    identity = this_flow_run.get_id()
    if identity is not None:
        with get_client(sync_client=True) as client:
            client.update_flow_run_labels(
                UUID(identity), {f"{_OURS}{name}": fact for name, fact in facts.items()}
            )


def remembered() -> dict[str, str]:
    """What this try or an earlier one wrote down: retried, resumed or crashed, it has the same labels."""
    identity = this_flow_run.get_id()
    if identity is None:
        return {}
    with get_client(sync_client=True) as client:
        labels = client.read_flow_run(UUID(identity)).labels
    return {name.removeprefix(_OURS): str(fact) for name, fact in labels.items() if name.startswith(_OURS)}


def missing(*tags: str) -> bool:
    """Whether the flow run that calls this lacks one of these tags."""
    return not set(tags) <= set(this_flow_run.get_tags() or ())


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
