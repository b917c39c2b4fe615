"""Opens the environment that parameters name."""

from collections.abc import Sequence
from urllib.parse import urlsplit

import httpx

from tasks.environment.live import HUB, HUB_KEY, LiveEnvironment, require_keys
from tasks.environment.protocol import Environment
from tasks.environment.proxy import ProxyEnvironment
from tasks.errors import ConfigurationError
from tasks.records import Api
from tasks.storage.keys import key_of


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


def require_environment(kind: str, api_proxy: str, apis: Sequence[Api], timeout_s: float = 5.0) -> None:
    """Say before the first paid call that a proxy, a hub or a marketplace's key is missing.

    Raises:
        ConfigurationError: no address, nobody there, or no key.
    """
    if kind == "proxy":
        _require_answer(_proxy_address(api_proxy), "proxy", "check --api-proxy", timeout_s)
        return
    if api_proxy:
        raise ConfigurationError("--api-proxy goes with --environment proxy")
    require_keys(apis)
    for origin in sorted({_origin(api.url) for api in apis if api.source == HUB}):
        _require_hub(origin, timeout_s)


def _require_hub(origin: str, timeout_s: float) -> None:
    """A wrong key would make every call an observation "unauthorized", and every reply to it a paid one."""
    key = {"X-Hub-Key": key_of(HUB_KEY)}
    try:
        answer = httpx.get(f"{origin}/hub/categories", headers=key, timeout=timeout_s)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise ConfigurationError(
            f"no hub answers at {origin} ({type(error).__name__}); start it, or crawl again where it is"
        ) from None
    if answer.status_code in (401, 403):
        raise ConfigurationError(f"the hub at {origin} refuses the key; check {HUB_KEY}")


def _require_answer(address: str, what: str, advice: str, timeout_s: float) -> None:
    try:
        httpx.get(address, timeout=timeout_s)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise ConfigurationError(
            f"no {what} answers at {address} ({type(error).__name__}); {advice}"
        ) from None


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _proxy_address(api_proxy: str) -> str:
    parts = urlsplit(api_proxy)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ConfigurationError(
            "--environment proxy needs --api-proxy with the full address, e.g. http://127.0.0.1:9009/rapidapi"
        )
    return api_proxy
