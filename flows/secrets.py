"""Keys in Prefect secret blocks: a deployment holds a reference, and the worker gives a flow run the value.

A secret block named as its variable in lower case with dashes, e.g. `openai-api-key`, is made in the UI
(Blocks); `foundry deploy` then puts its reference into the environment of our deployments. The value is read
by the worker when a flow run starts: neither the deployment nor the flow run stores it.
"""

from prefect.client.orchestration import PrefectClient

from tasks.storage.keys import NAMES

WITH_PASSWORD = ("FOUNDRY_LEDGER", "FOUNDRY_ALERT_WEBHOOK")
"""Addresses that may hold a password."""
_MOST = 200
"""Blocks of a page of the server's."""


def block_of(variable: str) -> str:
    """Name of the secret block that holds a variable's value."""
    return variable.lower().replace("_", "-")


async def secret_environment(client: PrefectClient) -> dict[str, str]:
    """Variable to reference, for every key that has a secret block on this server."""
    there: set[str | None] = set()
    while len(page := await client.read_block_documents_by_type("secret", offset=len(there), limit=_MOST)):
        there |= {document.name for document in page}
        if len(page) < _MOST:
            break
    return {
        name: f"{{{{ prefect.blocks.secret.{block_of(name)} }}}}"
        for name in (*NAMES, *WITH_PASSWORD)
        if block_of(name) in there
    }
