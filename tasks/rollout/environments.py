"""Opens the environment that parameters name."""

from urllib.parse import urlsplit

import httpx

from tasks.environment.live import LiveEnvironment
from tasks.environment.protocol import Environment
from tasks.environment.proxy import ProxyEnvironment
from tasks.errors import ConfigurationError


def open_environment(kind: str, api_proxy: str) -> Environment:
    """The environment of a shard; close it with `aclose`.

    Raises:
        ConfigurationError: an unknown kind, or a proxy without an address.
    """
    if kind == "proxy":
        return ProxyEnvironment(_proxy_address(api_proxy))
    if kind == "live":
        return LiveEnvironment()
    raise ConfigurationError(f"no environment '{kind}'; known: live, proxy")


def require_environment(kind: str, api_proxy: str, timeout_s: float = 5.0) -> None:
    """Say before the first paid call that a proxy is missing or does not answer.

    Raises:
        ConfigurationError: no address, or nobody there.
    """
    if kind != "proxy":
        if api_proxy:
            raise ConfigurationError("--api-proxy goes with --environment proxy")
        return
    address = _proxy_address(api_proxy)
    try:
        httpx.get(address, timeout=timeout_s)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise ConfigurationError(
            f"no proxy answers at {address} ({type(error).__name__}); check --api-proxy"
        ) from None


def _proxy_address(api_proxy: str) -> str:
    parts = urlsplit(api_proxy)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ConfigurationError(
            "--environment proxy needs --api-proxy with the full address, e.g. http://127.0.0.1:9009/rapidapi"
        )
    return api_proxy
