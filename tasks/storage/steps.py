"""What the Prefect steps of all stages share: which failures are worth a retry."""

from typing import Any

from prefect.client.schemas.objects import State

from tasks.errors import TransientError


def transient(task: Any, task_run: Any, state: State[Any]) -> bool:
    """Retry what the outside may mend; never a user's mistake, a spent budget or a programming error."""
    failure = state.result(raise_on_failure=False)
    return isinstance(failure, TransientError)
