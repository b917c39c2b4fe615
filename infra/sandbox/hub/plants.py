"""Bad APIs, planted on purpose: a seeded share of the catalogue answers as broken marketplaces do.

kind             what the caller gets
404              404 with a JSON message, for every argument
500              500 with a JSON message, for every argument
html             200 with an HTML error page
error_under_200  200 with a JSON error message
slow             the true answer, after `SLOW_ANSWER_S` seconds
empty            200 with an empty body
placeholder      200 with an answer that its author never replaced by a real one

Which APIs are planted follows from the seed and the slugs alone, so adding a tool moves few plants. The truth
goes to a file for tests and benchmarks; nothing the hub serves reveals it: documentation and examples of a
planted API are those of the sound one.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from infra.sandbox.hub.catalogue import Catalogue

KINDS = ("404", "500", "html", "error_under_200", "slow", "empty", "placeholder")
DEFAULT_SHARE = 0.12
SLOW_ANSWER_S = 6.0
"""Twice the limit at which a crawler calls an API slow (3 s at the 95th percentile)."""

_HTML = (
    "<!DOCTYPE html><html><head><title>Application unavailable</title></head>"
    "<body><h1>Application unavailable</h1><p>Please try again later.</p></body></html>"
)


@dataclass(frozen=True)
class PlantedAnswer:
    """A complete answer that has nothing to do with the arguments."""

    status: int
    content_type: bytes
    body: bytes


ANSWERS: Mapping[str, PlantedAnswer] = {
    "404": PlantedAnswer(404, b"application/json", b'{"message":"Endpoint does not exist"}'),
    "500": PlantedAnswer(500, b"application/json", b'{"message":"Internal server error"}'),
    "html": PlantedAnswer(200, b"text/html; charset=utf-8", _HTML.encode()),
    "error_under_200": PlantedAnswer(
        200, b"application/json", b'{"message":"You are not subscribed to this API."}'
    ),
    "empty": PlantedAnswer(200, b"application/json", b""),
    "placeholder": PlantedAnswer(200, b"application/json", b'{"key1":"value","key2":"value"}'),
}
"""The answer of each kind but ``slow``, which answers truly."""


def plant(catalogue: Catalogue, seed: int, share: float = DEFAULT_SHARE) -> dict[tuple[str, str], str]:
    """Choose which APIs misbehave, and how.

    Every kind occurs at least once where `share` is above 0 and the catalogue has room; of each tool at least
    one API stays sound.

    Args:
        catalogue: what is offered.
        seed: decides which APIs are planted.
        share: planted APIs over all APIs, in [0, 1].

    Returns:
        kind of each planted API, by slug of the tool and slug of the API.
    """
    if share <= 0:
        return {}
    apis = [(tool.slug, api.slug) for tool, api in catalogue.apis()]
    wanted = max(len(KINDS), round(share * len(apis)))
    sound = {tool.slug: len(tool.apis) for tool in catalogue.tools.values()}
    chosen: list[tuple[str, str]] = []
    for tool, api in sorted(apis, key=lambda names: _rank(seed, *names)):
        if len(chosen) < wanted and sound[tool] > 1:
            sound[tool] -= 1
            chosen.append((tool, api))
    kinds = sorted(KINDS, key=lambda kind: _rank(seed, kind))
    return {names: kinds[i % len(kinds)] for i, names in enumerate(chosen)}


def truth(planted: Mapping[tuple[str, str], str]) -> list[dict[str, str]]:
    """Return the plants as the JSON rows of ``--plants-to``, in alphabetical order."""
    return [{"tool": tool, "api": api, "kind": kind} for (tool, api), kind in sorted(planted.items())]


def _rank(seed: int, *names: str) -> bytes:
    return hashlib.blake2b("\0".join((str(seed), "plants", *names)).encode(), digest_size=16).digest()
