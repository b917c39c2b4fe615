"""Where the domains of the world are registered, from the Public Suffix List."""

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from infra.sandbox.hub.errors import NotFound

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList


@dataclass(frozen=True, slots=True)
class DomainParts:
    """A host name, cut where its owner's part begins."""

    subdomain: str
    registrable: str
    """What somebody registered: one label and the suffix; empty where the name is a suffix itself."""
    suffix: str


@lru_cache(maxsize=1)
def suffixes() -> "PublicSuffixList":
    """Return the list; a name under an unknown ending has no suffix."""
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList(accept_unknown=False)


def parts_of(host: str) -> DomainParts:
    """Return the parts of a host name; raises `NotFound` where its ending is not in the list."""
    name = host.lower().strip(".")
    suffix = suffixes().publicsuffix(name) or ""
    if not suffix:
        raise NotFound(f"no public suffix is known for '{host[:80]}'")
    registrable = suffixes().privatesuffix(name) or ""
    return DomainParts(name.removesuffix(registrable or suffix).rstrip("."), registrable, suffix)
