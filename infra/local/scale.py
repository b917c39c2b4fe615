"""The step up for the Prefect server: PostgreSQL for SQLite, Redis for its own memory, a password.

    FOUNDRY_PREFECT_DATABASE   postgresql+asyncpg://user:password@host:5432/prefect
    FOUNDRY_PREFECT_REDIS      redis://host:6379/0   events, order, leases and the services' queue; a database
                               number of its own: the server clears what it finds there
    FOUNDRY_PREFECT_AUTH       user:password that API and UI then ask for

Only the server's process is given database and Redis; whoever talks to it needs no more than its address, and
the password where there is one. `infra/docker` gives the same variables to containers.
"""

import importlib.util
from collections.abc import Mapping
from urllib.parse import urlsplit

from infra.local.errors import LocalError

DATABASE = "FOUNDRY_PREFECT_DATABASE"
REDIS = "FOUNDRY_PREFECT_REDIS"
AUTH = "FOUNDRY_PREFECT_AUTH"
FOR_THE_SERVER = (DATABASE, REDIS, AUTH)
"""Not handed on to workers."""

_DRIVER = "postgresql+asyncpg"


def server_settings(shell: Mapping[str, str]) -> dict[str, str]:
    """What the server's own process is told; nothing where the shell names none of the three.

    Raises:
        LocalError: an address is none of its kind, or the package for Redis is missing.
    """
    told: dict[str, str] = {}
    if database := shell.get(DATABASE):
        told["PREFECT_SERVER_DATABASE_CONNECTION_URL"] = _checked(DATABASE, database, (_DRIVER,), path=True)
    if redis := shell.get(REDIS):
        told |= of_redis(_checked(REDIS, redis, ("redis", "rediss")))
    if auth := shell.get(AUTH):
        told["PREFECT_SERVER_API_AUTH_STRING"] = _password(auth)
    return told


def client_settings(shell: Mapping[str, str]) -> dict[str, str]:
    """What a worker or a shell needs to be let in."""
    auth = shell.get(AUTH)
    return {"PREFECT_API_AUTH_STRING": _password(auth)} if auth else {}


def of_redis(address: str) -> dict[str, str]:
    """Every part of the server that would keep something in its own memory, sent to Redis.

    Raises:
        LocalError: the package that speaks to it is not installed.
    """
    if importlib.util.find_spec("prefect_redis") is None:
        raise LocalError(
            f"{REDIS} is set and prefect-redis is not installed; pip install 'toolfoundry[scale]'"
        )
    return {
        "PREFECT_SERVER_EVENTS_MESSAGING_BROKER": "prefect_redis.messaging",
        "PREFECT_SERVER_EVENTS_MESSAGING_CACHE": "prefect_redis.messaging",
        "PREFECT_SERVER_EVENTS_CAUSAL_ORDERING": "prefect_redis.ordering",
        "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect_redis.lease_storage",
        "PREFECT_SERVER_WORKER_CHANNEL_CLEANUP_QUEUE_STORAGE": "prefect_redis.cleanup_queue",
        "PREFECT_SERVER_DOCKET_URL": address,
        "PREFECT_REDIS_MESSAGING_URL": address,
        "PREFECT_REDIS_WORKER_CLEANUP_QUEUE_URL": address,
    }


def _checked(name: str, address: str, schemes: tuple[str, ...], path: bool = False) -> str:
    """The address; what it holds is not repeated, as a password may be in it."""
    try:
        parts = urlsplit(address)
        good = parts.scheme in schemes and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        good = False
    if not good or (path and len(parts.path) < 2):
        example = f"{schemes[0]}://HOST:PORT/{'DATABASE' if path else '0'}"
        raise LocalError(f"{name} is no address of that kind; write {example}")
    return address


def _password(auth: str) -> str:
    user, colon, password = auth.partition(":")
    if not (user and colon and password):
        raise LocalError(f"{AUTH} is no user and password; write user:password")
    return auth
