"""`foundry deploy`: pools and deployments of the factory on the Prefect server of PREFECT_API_URL."""

from typing import Annotated

import orjson
from cyclopts import App, Parameter

from flows.terminal import console

app = App(help="Make or update the factory's work pools and deployments on a Prefect server.")


@app.default
def deploy(
    *,
    pool: Annotated[
        list[str],
        Parameter(help="Use a pool that is there instead of ours, e.g. local=their-pool; several times"),
    ] = [],  # noqa: B006  # never changed; cyclopts shows a list
    dry_run: Annotated[bool, Parameter(negative="", help="Say what would be done, and do nothing")] = False,
    reset: Annotated[
        bool, Parameter(negative="", help="Put back settings that were changed on the server; no schedules")
    ] = False,
    prune: Annotated[
        bool, Parameter(negative="", help="Remove deployments of ours that this version no longer has")
    ] = False,
    json: Annotated[bool, Parameter(negative="", help="One line of JSON on stdout")] = False,
) -> None:
    """Make or update pools and deployments on the server of PREFECT_API_URL; touches nothing else there.

    What was changed on the server (parameters, tags, pool, limits, schedules) stays as it is there. A server
    with authentication is sent PREFECT_API_AUTH_STRING.
    """
    from flows.deploy import deploy as apply  # Prefect takes seconds to import

    done = apply(pools=pool, dry_run=dry_run, reset=reset, prune=prune)
    for step in done.steps:
        console.print(str(step), highlight=False, markup=False, soft_wrap=True)
    told = f"{done.changes} {'change' if done.changes == 1 else 'changes'}"
    console.print(
        f"{told}{' to be made' if dry_run else ''} on {done.server}", highlight=False, soft_wrap=True
    )
    if json:
        print(orjson.dumps(done.as_json()).decode())
