"""What searches at equal cost may spend: what another annotation of the same instructions has cost."""

from collections.abc import Iterable

from tasks.errors import ConfigurationError
from tasks.records import Trajectory
from tasks.search.methods import Method
from tasks.storage.table import Table


def token_budgets(address: str) -> dict[str, int]:
    """Instruction id to billed tokens (prompt, cached or not, and completion) of a table of trajectories.

    Raises:
        ConfigurationError: nothing there, not finished, or the output of another stage.
    """
    table = Table.open(address)
    if table.manifest.stage != "annotate":
        raise ConfigurationError(
            f"{address} holds the output of '{table.manifest.stage}', not trajectories, whose cost is matched"
        )
    columns = ["instruction_id", "prompt_tokens", "completion_tokens"]
    rows = table.read(Trajectory, "trajectories", columns=columns).to_pylist()
    return {row["instruction_id"]: row["prompt_tokens"] + row["completion_tokens"] for row in rows}


def require_budgets(searcher: Method, address: str, instruction_ids: Iterable[str]) -> None:
    """Say before the first paid call that a search at equal cost has no cost to match, or none is wanted.

    Raises:
        ConfigurationError: method and address do not go together, or no instruction is in both.
    """
    if not searcher.needs_budget:
        if address:
            raise ConfigurationError(f"--equal-cost-to goes with --method CoT@cost, not with {searcher.name}")
        return
    if not address:
        raise ConfigurationError(
            f"--method {searcher.name} spends what another search has cost; name it with --equal-cost-to"
        )
    if token_budgets(address).keys().isdisjoint(instruction_ids):
        raise ConfigurationError(f"{address} has searched none of these instructions; annotate the same ones")
