"""Keys: read from the environment or from files, and kept out of everything that is written.

A key stands in a variable, e.g. `OPENAI_API_KEY`, or in a file that a variable of that name with `_FILE`
names, as container engines and Kubernetes mount secrets. Deployments may take it from a Prefect secret
block (`flows/secrets.py`), which ends in the same variable. It is never a parameter: parameters are stored
with tables and flow runs.
"""

import os
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from tasks.errors import ConfigurationError

NAMES = (
    "OPENAI_API_KEY",
    "FOUNDRY_HUB_KEY",
    "RAPIDAPI_KEY",
    "TOOLBENCH_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "FOUNDRY_ALERT_WEBHOOK",
)
"""Variables that hold a key of ours."""
OTHERS = ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "PREFECT_API_KEY", "PREFECT_API_AUTH_STRING",
          "PREFECT_SERVER_API_AUTH_STRING", "FOUNDRY_PREFECT_AUTH")  # fmt: skip
"""Variables of programs beside us that hold a key, or `user:password`."""
ADDRESSES = ("FOUNDRY_LEDGER", "FOUNDRY_PREFECT_DATABASE", "FOUNDRY_PREFECT_REDIS",
             "PREFECT_SERVER_DATABASE_CONNECTION_URL", "PREFECT_API_DATABASE_CONNECTION_URL",
             "PREFECT_SERVER_DOCKET_URL", "PREFECT_REDIS_MESSAGING_URL",
             "PREFECT_REDIS_WORKER_CLEANUP_QUEUE_URL")  # fmt: skip
"""Variables that hold an address, in which a password may be."""
FILE = "_FILE"
MASK = "[key]"
SHORTEST = 12
"""Characters of a key that is looked for in replies and fields: a shorter one may be a word."""
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://\S+", re.IGNORECASE)
_SECRET = re.compile(r"(password|passwd|key|token|secret|signature|sig)$", re.IGNORECASE)
"""How names of query parameters end whose values nobody else may know: `rapidapi-key`, `X-Amz-Signature`."""
_WITH_PASSWORD = re.compile(r"[a-z][a-z0-9+.-]*://([^/\s@]*:[^/\s@]+|[^/?#\s@]+)@", re.IGNORECASE)
"""Also without a colon: a token that stands there alone is a key, too."""


def key_of(name: str) -> str:
    """The key that a variable holds, or that lies in the file it names with `_FILE`; empty where neither is.

    Raises:
        ConfigurationError: the file cannot be read.
    """
    found = os.environ.get(name, "").strip()
    place = os.environ.get(name + FILE, "")
    if found or not place:
        return found
    try:
        return Path(place).expanduser().read_text().strip()
    except (OSError, UnicodeError) as error:
        said = getattr(error, "strerror", None) or "it is no text"
        raise ConfigurationError(f"{name}{FILE} names {place}, which cannot be read: {said}") from None


def keys_of_s3() -> dict[str, str]:
    """The keys for S3, as obstore and boto3 both name them; empty where none is set.

    Raises:
        ConfigurationError: a file cannot be read.
    """
    names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
    found = {name.lower(): key for name in names if (key := key_of(name))}
    return found if "aws_access_key_id" in found else {}


def without_keys(text: str, keys: Collection[str]) -> str:
    """The text with every key in it replaced, also where it is quoted for an address."""
    for key in keys:
        if key:
            text = text.replace(key, MASK)
            quoted = quote(key, safe="")
            if quoted != key:
                text = text.replace(quoted, MASK)
    return text


def environment_without_keys() -> dict[str, str]:
    """This process's environment for a program that needs no key, no Prefect server and no ledger."""
    guarded = (*NAMES, *OTHERS, *ADDRESSES)
    secret = {*guarded, *(name + FILE for name in guarded)}
    return {name: value for name, value in os.environ.items() if name not in secret}


def refuse_keys(fields: Mapping[str, Any]) -> None:
    """Refuse values that would write a key down: one that the environment holds, or one in an address.

    Args:
        fields: name to value, as given by a form or a command line.

    Raises:
        ConfigurationError: names the field, never the value.
    """
    known = dict(_secrets())
    for field, value in fields.items():
        for text in _texts(value):
            name = next((name for key, name in known.items() if key in text), None)
            if name is not None:
                raise ConfigurationError(
                    f"{field} holds the key of {name}, and would be stored with the table; leave it out"
                )
            if _WITH_PASSWORD.search(text) or any(_in_query(each) for each in _ADDRESS.findall(text)):
                raise ConfigurationError(
                    f"{field} holds an address with a user, a password or a key, and would be stored with "
                    "the table; put the key into its variable"
                )


def _secrets() -> Iterator[tuple[str, str]]:
    """Every key of the environment that is long enough to be looked for, and its variable."""
    for name in (*NAMES, *OTHERS, *ADDRESSES):
        value = key_of(name)
        if name in ADDRESSES:
            keys = _passwords(value)
        else:
            keys = [value, value.partition(":")[2] if name.endswith(("_AUTH", "_AUTH_STRING")) else ""]
        for key in keys:
            if len(key) >= SHORTEST:
                yield key, name
                yield quote(key, safe=""), name


def _passwords(address: str) -> list[str]:
    """Passwords in an address, as they are written there and as they are meant."""
    try:
        written = urlsplit(address).password or ""
    except ValueError:
        return []
    return [written, unquote(written), *_in_query(address)]


def _in_query(address: str) -> list[str]:
    """What the query of an address, or what follows its `#`, holds under the name of a key."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return []
    pairs = parse_qsl(f"{parts.query}&{parts.fragment}")
    return [text for name, text in pairs if _SECRET.search(name) and text]


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _texts(each)
