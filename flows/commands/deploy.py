"""`foundry deploy`: pools and deployments of the factory on the Prefect server of PREFECT_API_URL."""

from cyclopts import App

from flows.terminal import console

app = App(help="Make or update the factory's work pools and deployments on a Prefect server.")


@app.default
def deploy() -> None:
    """Make or update pools and deployments on the server of PREFECT_API_URL; touches nothing else there."""
    from flows.deploy import deploy as apply  # Prefect takes seconds to import

    for name in apply():
        console.print(name, highlight=False)
