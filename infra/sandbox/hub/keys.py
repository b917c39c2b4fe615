"""Keys of the marketplace: a caller's name and its HMAC under the hub's seed, so that none is stored."""

import hashlib
import hmac
import re

from infra.sandbox.hub.errors import BadArgument

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


def issue_key(seed: int, name: object) -> str:
    """Return the key of a caller: ``name.signature``; raises `BadArgument` for a name that cannot be used."""
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise BadArgument("name", "must be 1 to 64 letters, digits, '-' or '_'")
    return f"{name}.{_signature(seed, name)}"


def is_genuine(seed: int, key: str) -> bool:
    """Tell whether this hub, or another one with the same seed, issued the key."""
    name, _, signature = key.rpartition(".")
    if not _NAME.fullmatch(name):
        return False
    return hmac.compare_digest(signature.encode(), _signature(seed, name).encode())


def _signature(seed: int, name: str) -> str:
    return hmac.new(f"hub {seed}".encode(), name.encode(), hashlib.sha256).hexdigest()[:32]
