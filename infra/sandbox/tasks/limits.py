"""Whether a value can be an argument by the documentation: its type, its range, its form."""

import re
from collections.abc import Callable

from infra.sandbox.tasks.documents import Json, ParameterDocument

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


def is_number(value: Json) -> bool:
    """Tell numbers from everything else; true and false are none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def unfit(parameter: ParameterDocument, value: Json) -> str:
    """Return why a value cannot be an argument by the documentation, "" where it can."""
    check = _CHECKS.get(parameter.kind)
    if check is not None and (complaint := check(parameter, value)):
        return complaint
    return ""


def _unfit_number(parameter: ParameterDocument, value: Json) -> str:
    if not is_number(value):
        return "must be a number"
    low, high = parameter.minimum, parameter.maximum
    if (low is not None and value < low) or (high is not None and value > high):
        return f"must lie between {low:g} and {high:g}" if None not in (low, high) else "is out of range"
    return ""


def _unfit_integer(parameter: ParameterDocument, value: Json) -> str:
    return "must be a whole number" if not isinstance(value, int) else _unfit_number(parameter, value)


def _unfit_enum(parameter: ParameterDocument, value: Json) -> str:
    return "" if value in parameter.enum else f"must be one of {', '.join(parameter.enum)}"


def _unfit_text(parameter: ParameterDocument, value: Json) -> str:
    return "" if isinstance(value, str) and value else "must be a text"


def _unfit_date(parameter: ParameterDocument, value: Json) -> str:
    return "" if isinstance(value, str) and _DAY.fullmatch(value) else "must be a text YYYY-MM-DD"


def _unfit_time(parameter: ParameterDocument, value: Json) -> str:
    return "" if isinstance(value, str) and _TIME.fullmatch(value) else "must be a text HH:MM"


def _unfit_list(parameter: ParameterDocument, value: Json) -> str:
    return "" if isinstance(value, list) and value else "must be a list"


def _unfit_boolean(parameter: ParameterDocument, value: Json) -> str:
    return "" if isinstance(value, bool) else "must be true or false"


_CHECKS: dict[str, Callable[[ParameterDocument, Json], str]] = {
    "NUMBER": _unfit_number,
    "INTEGER": _unfit_integer,
    "ENUM": _unfit_enum,
    "STRING": _unfit_text,
    "DATE": _unfit_date,
    "TIME": _unfit_time,
    "ARRAY": _unfit_list,
    "BOOLEAN": _unfit_boolean,
}
