"""The HTTP request of a call: each argument in its place, under the name the API knows."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import httpx
import orjson

from tasks.records import Api, Parameter


class UnsendableCall(ValueError):
    """No request can be made of these arguments; the message is shown to the model."""


def request_of(client: httpx.AsyncClient, api: Api, arguments: Mapping[str, Any]) -> httpx.Request:
    """The request of one call, keys not yet on it.

    Args:
        client: makes it.
        api: its URL holds path parameters in braces, under their original names.
        arguments: by standard name; those the API does not document are left out.

    Raises:
        UnsendableCall: the address or a header cannot be written with these values.
    """
    placed: dict[str, dict[str, Any]] = {"path": {}, "query": {}, "header": {}, "body": {}}
    for parameter in api.parameters:
        if parameter.name in arguments:
            placed[parameter.place][parameter.original_name] = arguments[parameter.name]
    address = api.url
    for parameter in api.parameters:
        if parameter.place == "path":
            address = address.replace(_slot(parameter), _segment(placed["path"].get(parameter.original_name)))
    try:
        url = httpx.URL(address)
        if url.scheme not in ("http", "https") or not url.host:
            raise UnsendableCall(f"{api.name!r} has no http address")
        if placed["query"]:
            url = url.copy_merge_params({name: as_text(value) for name, value in placed["query"].items()})
        headers = {name: as_text(value) for name, value in placed["header"].items()}
        for value in headers.values():
            if not (value.isascii() and value.isprintable()):
                raise UnsendableCall("a header takes printable ASCII only")
        return client.build_request(
            api.method.upper() or "GET", url, headers=headers, json=placed["body"] or None
        )
    except (httpx.InvalidURL, UnicodeError, ValueError) as error:
        raise UnsendableCall(str(error)[:200]) from error


def _slot(parameter: Parameter) -> str:
    return "{" + parameter.original_name + "}"


def _segment(value: Any) -> str:
    """A value inside a path: never a slash, nor a step up."""
    text = quote(as_text("" if value is None else value), safe="")
    return text.replace(".", "%2E") if text.strip(".") == "" else text


def as_text(value: Any) -> str:
    """A value in a query, path or header: lists joined by commas, other JSON as it is."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return ",".join(as_text(each) for each in value)
    return orjson.dumps(value).decode()
