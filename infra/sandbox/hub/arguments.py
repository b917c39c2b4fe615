"""Reads the arguments of a call by the parameter table of its API: the only place where they are checked."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

import orjson

from infra.sandbox.hub.errors import BadArgument, BadValue
from infra.sandbox.hub.tool import Api

MAX_QUERY_ARGUMENTS = 50


def read_query(query: bytes) -> dict[str, str]:
    """Return the arguments of a query string; raises `BadArgument` where it cannot be read."""
    if not query:
        return {}
    try:
        pairs = parse_qsl(
            query.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MAX_QUERY_ARGUMENTS,
        )
    except ValueError as error:
        reason = f"cannot be read: send at most {MAX_QUERY_ARGUMENTS} percent-encoded UTF-8 arguments"
        raise BadArgument("query", reason) from error
    arguments = dict(pairs)
    if len(arguments) < len(pairs):
        names = [name for name, _ in pairs]
        raise BadArgument(next(n for n in names if names.count(n) > 1), "is given more than once")
    return arguments


def read_body(body: bytes) -> dict[str, object]:
    """Return the arguments of a JSON body; an empty body has none. Raises `BadArgument`."""
    if not body:
        return {}
    try:
        arguments = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise BadArgument("body", "must be a JSON object in UTF-8") from error
    if not isinstance(arguments, dict):
        raise BadArgument("body", "must be a JSON object")
    return arguments


def read_arguments(
    api: Api, path: Mapping[str, str], query: Mapping[str, str], body: Mapping[str, object]
) -> dict[str, object]:
    """Return what the function of the API is called with.

    Args:
        api: the API called.
        path: text of each argument in the path.
        query: text of each argument in the query.
        body: JSON value of each argument in the body.

    Raises:
        BadArgument: an argument is missing, unknown, misplaced, of the wrong type or out of range.
    """
    expected = {p.name: p.place for p in api.parameters}
    for place, given in (("query", query), ("body", body)):
        for name in given:
            if expected.get(name) != place:
                known = ", ".join(n for n, p in expected.items() if p == place) or "none"
                raise BadArgument(name[:60], f"is not known in the {place}; known there: {known}")
    arguments: dict[str, object] = {}
    for parameter in api.parameters:
        name, kind = parameter.name, parameter.kind
        try:
            if name in path:
                arguments[name] = kind.from_text(path[name])
            elif name in query:
                arguments[name] = kind.from_text(query[name])
            elif name in body:
                arguments[name] = kind.from_json(body[name])
            elif parameter.required:
                raise BadValue(f"is required (in the {parameter.place})")
            else:
                arguments[name] = parameter.default
        except BadValue as error:
            raise BadArgument(name, str(error)) from error
    return arguments
