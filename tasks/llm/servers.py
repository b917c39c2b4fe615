"""Which model, on which server, with which key: what the environment says, checked before anything is paid.

`OPENAI_BASE_URL` and `OPENAI_API_KEY` say where; the key reaches no log, table or error. A model is used
only where one is named.
"""

import ipaddress
import os
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from tasks.errors import ConfigurationError
from tasks.storage.keys import key_of

if TYPE_CHECKING:
    import httpx

HOSTED = "https://api.openai.com/v1"
_SHOWN = 12
"""Most names of models in a sentence."""


def model_named(name: str | None) -> str:
    """The model to use: the given name, else `FOUNDRY_MODEL`.

    Raises:
        ConfigurationError: neither names one.
    """
    found = name or os.environ.get("FOUNDRY_MODEL", "")
    if not found:
        raise ConfigurationError(
            "no model is named; give --model NAME or set FOUNDRY_MODEL (with OPENAI_BASE_URL and "
            "OPENAI_API_KEY)"
        )
    return found


def base_url() -> str:
    """Address of the server, ends in `/v1`.

    Raises:
        ConfigurationError: it is no address, or holds a key.
    """
    return checked_url(os.environ.get("OPENAI_BASE_URL") or HOSTED)


def checked_url(url: str) -> str:
    """A server's address without closing slash.

    Raises:
        ConfigurationError: it is no address, or holds a key.
    """
    try:
        parts = urlsplit(url.strip())
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        usable = False
    if not usable:
        raise ConfigurationError("OPENAI_BASE_URL is no address of a server; write http://HOST:PORT/v1")
    if parts.username or parts.password or parts.query:
        raise ConfigurationError("OPENAI_BASE_URL must hold no key; put it into OPENAI_API_KEY")
    return url.strip().rstrip("/")


def is_loopback(url: str) -> bool:
    """Whether a server runs on this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def key_for(url: str) -> str:
    """The key to send to a server; empty for one of this machine that needs none.

    Raises:
        ConfigurationError: a hosted server without a key, or a key that no header can carry.
    """
    key = key_of("OPENAI_API_KEY")
    if not key and not is_loopback(url):
        raise ConfigurationError(f"no key for {url}: set OPENAI_API_KEY")
    if not (key.isascii() and key.isprintable()):
        raise ConfigurationError("OPENAI_API_KEY holds characters that no key has; copy it again")
    return key


def require_reachable(url: str, model: str = "", timeout_s: float = 5.0) -> None:
    """Ask the server for its models: a wrong address, key or name is known before anything is paid.

    Many servers take names that they do not list, so an unlisted one is refused only by a server that answers
    `GET /models/NAME` for the names it lists, and not for this one.

    Raises:
        ConfigurationError: nobody answers there, the key is refused, or there is no such model.
    """
    import httpx

    key = key_for(url)
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    try:
        with httpx.Client(headers=headers, timeout=timeout_s) as client:
            answer = client.get(f"{url}/models")
            names = _listed(answer)
            unknown = (
                bool(model and names)
                and model not in names
                and client.get(f"{url}/models/{quote(names[0], safe='')}").status_code == 200
                and client.get(f"{url}/models/{quote(model, safe='')}").status_code == 404
            )
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise ConfigurationError(
            f"no model server answers at {url} ({type(error).__name__}); check OPENAI_BASE_URL"
        ) from None
    if answer.status_code in (401, 403):
        raise ConfigurationError(f"{url} refuses the key; check OPENAI_API_KEY")
    if unknown:
        few = ", ".join(names[:_SHOWN]) + (", ..." if len(names) > _SHOWN else "")
        raise ConfigurationError(f"{url} has no model '{model}'; it lists {few}")


def _listed(answer: "httpx.Response") -> list[str]:
    """Names of a model listing; none where the answer is something else."""
    try:
        rows = answer.json()["data"] if answer.status_code == 200 else []
        return [str(row["id"]) for row in rows]
    except (ValueError, KeyError, TypeError, RecursionError):
        return []
