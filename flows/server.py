"""The Prefect server of PREFECT_API_URL, for commands that change it: what it refuses becomes a sentence."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from prefect.client.orchestration import PrefectClient, get_client
from prefect.settings import PREFECT_API_AUTH_STRING, PREFECT_API_KEY, PREFECT_API_URL

from tasks.errors import ConfigurationError

_REFUSED = {401, 403}
_MOST_SAID = 300
"""Characters of a server's answer that are worth repeating."""


@asynccontextmanager
async def server() -> AsyncIterator[PrefectClient]:
    """A client of the server; what the server refuses inside the block ends it in one sentence.

    Raises:
        ConfigurationError: no server is named, none answers there, or it refuses us or what was asked.
    """
    if not PREFECT_API_URL.value():  # Prefect would start a server just for this, and end it
        raise ConfigurationError(
            "no Prefect server is named; set PREFECT_API_URL ('. .foundry/env' after 'make up' does)"
        )
    async with get_client() as client:
        await require_server(client)
        try:
            yield client
        except httpx.HTTPStatusError as error:
            raise ConfigurationError(_refusal(client, error)) from error
        except httpx.TransportError as error:
            raise ConfigurationError(
                f"the Prefect server at {client.api_url} went away ({type(error).__name__}); "
                "run the same command again, it continues"
            ) from error


async def require_server(client: PrefectClient) -> None:
    """Say so when nobody answers.

    Raises:
        ConfigurationError: nobody does, or no Prefect server.
    """
    error = await client.api_healthcheck()
    if error is not None:
        raise ConfigurationError(
            f"no Prefect server answers at {client.api_url} ({type(error).__name__}); "
            "run 'make up' or set PREFECT_API_URL, which ends in /api"
        )


def _refusal(client: PrefectClient, error: httpx.HTTPStatusError) -> str:
    """What a server said no to, without anything that we sent."""
    status = error.response.status_code
    if status in _REFUSED:
        given = PREFECT_API_AUTH_STRING.value() or PREFECT_API_KEY.value()
        how = (
            "what PREFECT_API_AUTH_STRING holds is not it" if given else "PREFECT_API_AUTH_STRING is not set"
        )
        return (
            f"the Prefect server at {client.api_url} asks who we are (status {status}), and {how}; "
            "set it to the server's 'user:password'"
        )
    request = error.request
    said = " ".join(error.response.text.split())[:_MOST_SAID]
    return (
        f"the Prefect server at {client.api_url} answered {request.method} {request.url.path} with status "
        f"{status}: {said or 'it says nothing more'}"
    )
