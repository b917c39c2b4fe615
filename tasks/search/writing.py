"""Which APIs write: change something beyond the answer, so that two calls are not the same as one (pure).

What the source says decides; where it is silent, the HTTP method: GET and HEAD read, all else writes, and so
does what is unknown. An annotation is a claim of whoever wrote it; that a server keeps it is its own matter.
"""

from collections.abc import Mapping
from typing import Any

from tasks.records import Api

READING_METHODS = frozenset({"GET", "HEAD"})
"""Safe by definition (RFC 9110, section 9.2.1)."""
_SAYS_WRITES = ("writes", "x-writes", "x-openai-isConsequential")
"""The hub's field, the same as an extension of OpenAPI, and the one that assistants' actions use."""
_SAYS_READS = ("readOnlyHint", "x-read-only", "x-readonly")
"""MCP's annotation, and what stands for it in OpenAPI documents."""


def writes(api: Api) -> bool:
    """Whether a call of this API must be taken to change something."""
    return api.method.upper() not in READING_METHODS if api.writes is None else api.writes


def said_to_write(document: Mapping[str, Any]) -> bool | None:
    """What a source says of one API; None where it says nothing. Who contradicts himself is taken to write.

    Args:
        document: a row of a hub's page, an operation of an OpenAPI document, or a tool of an MCP server,
            whose `annotations` are looked into.

    >>> said_to_write({"name": "add", "annotations": {"readOnlyHint": False}})
    True
    """
    inner = document.get("annotations")
    fields = {**document, **inner} if isinstance(inner, Mapping) else document
    said = {fields[name] for name in _SAYS_WRITES if isinstance(fields.get(name), bool)}
    said |= {not fields[name] for name in _SAYS_READS if isinstance(fields.get(name), bool)}
    return True in said if said else None
