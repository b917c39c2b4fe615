"""Argument text of a model to values that an API understands.

Reading raises nothing but `ArgumentError`, whatever the text: a megabyte, deep nesting, half a surrogate.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

import orjson

from tasks.records import Api, Parameter

_WHOLE = re.compile(r"[+-]?\d{1,18}")


class ArgumentError(ValueError):
    """The text cannot be arguments; the message is shown to the model, so that it can mend its call."""


def arguments_of(text: str) -> dict[str, Any]:
    """The JSON object in an argument text; blank text means no arguments, as many models send it.

    Raises:
        ArgumentError: no JSON, no object, or nothing that can be sent on.
    """
    if not text.strip():
        return {}
    try:
        value = _strict_json(text)
    except ValueError as error:
        raise ArgumentError(f"the arguments are no usable JSON: {str(error)[:200]}") from error
    if not isinstance(value, dict):
        raise ArgumentError("the arguments must be one JSON object, with a key for each parameter")
    return value


def _strict_json(text: str) -> Any:
    """A JSON value that can be sent and stored as it is; ValueError for any other.

    Python reads more than JSON (NaN, 1e400 as infinity) and more than others can write (lone surrogates,
    whole numbers beyond 64 bits, hundreds of levels).
    """
    try:
        value = json.loads(text, strict=False)
        json.dumps(value, allow_nan=False)
        orjson.dumps(value)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    except orjson.JSONEncodeError as error:
        raise ValueError(str(error)) from error
    return value


def documented(api: Api, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments in the order and the types of the documentation, still by standard name.

    A repair of ToolBench, which passes on whatever the model wrote: `"5"` for a NUMBER becomes 5, 5 for a
    STRING becomes `"5"`; a value that does not read as its type stays as it is, for the API to judge. Null
    for an optional parameter means that it was left out.

    Raises:
        ArgumentError: an argument that is not documented, or a required one that is missing.
    """
    known = {parameter.name: parameter for parameter in api.parameters}
    for name in arguments:
        if name not in known:
            raise ArgumentError(f"unknown argument {name[:64]!r}; known: {', '.join(known) or 'none'}")
    found: dict[str, Any] = {}
    for name, parameter in known.items():
        value = arguments.get(name)
        if value is not None:
            found[name] = as_documented(parameter, value)
        elif parameter.required:
            raise ArgumentError(f"the required argument {name!r} is missing")
    return found


def as_documented(parameter: Parameter, value: Any) -> Any:
    """The value in the documented type where it reads as one, else unchanged."""
    match json_type(parameter.type):
        case "integer":
            return _integer(value)
        case "number":
            return _number(value)
        case "boolean":
            spoken = value.strip().lower() if isinstance(value, str) else None
            return {"true": True, "false": False}.get(spoken or "", value)
        case "array":
            return _nested(value, list)
        case "object":
            return _nested(value, dict)
        case _:
            return value if isinstance(value, str) else _text(value)


def json_type(documented_type: str) -> str:
    """JSON schema type of a documented type, in any case: NUMBER, Int, DATE (YYYY-MM-DD), list ..."""
    word = re.split(r"[^a-z]", documented_type.strip().lower(), maxsplit=1)[0]
    return _JSON_TYPES.get(word, "string")


_JSON_TYPES = {
    "number": "number",
    "float": "number",
    "double": "number",
    "decimal": "number",
    "integer": "integer",
    "int": "integer",
    "long": "integer",
    "boolean": "boolean",
    "bool": "boolean",
    "array": "array",
    "list": "array",
    "object": "object",
    "dict": "object",
}


def _integer(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    if isinstance(value, str) and _WHOLE.fullmatch(value.strip()):
        return int(value)
    return value


def _number(value: Any) -> Any:
    whole = _integer(value)
    if whole is not value or not isinstance(value, str):
        return whole
    try:
        read = float(value)
    except ValueError:
        return value
    return read if read - read == 0 else value  # infinities and NaN are no JSON


def _nested(value: Any, kind: type) -> Any:
    if not isinstance(value, str):
        return value
    try:
        read = _strict_json(value)
    except ValueError:
        return value
    return read if isinstance(read, kind) else value


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
