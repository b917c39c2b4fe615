"""Arguments for trial calls, from documentation alone: example, default, enum, bounds; never invented.

calls_of(api, 3) -> the documented call, then others that each change what the documentation lets us change
"""

import re
from typing import Any

from tasks.errors import RecordError
from tasks.records import Api, Parameter
from tasks.search.arguments import as_documented, json_type

_LISTED = re.compile(r"\bExamples?:\s*(.+?)\s*(?:\.\s|\.?$)", re.DOTALL)
_A_DATE = re.compile(r"date\b", re.IGNORECASE)
_SOME_DATES = ("2026-03-02", "2026-07-15", "2025-11-20")


def calls_of(api: Api, count: int) -> list[dict[str, Any]]:
    """Arguments of `count` calls, by standard name, as distinct as the documentation allows.

    The first call holds the required parameters at their documented values. The second adds the optional ones
    that have a value. Later ones change one required parameter each, in turn, and where nothing is left to
    change the calls begin again.

    Raises:
        RecordError: `no_example`, a required parameter whose value nobody documents.
    """
    required = [each for each in api.parameters if each.required]
    values = {each.name: values_of(each) for each in api.parameters}
    for parameter in required:
        if not values[parameter.name]:
            raise RecordError(
                "no_example",
                f"the required parameter '{parameter.original_name}' ({parameter.type or 'no type'}) has "
                "neither example, default nor members, so that no call can be made",
            )
    plain = {each.name: values[each.name][0] for each in required}
    full = plain | {each.name: values[each.name][0] for each in api.parameters if values[each.name]}
    calls = [plain, full if len(full) > len(plain) else plain]
    changeable = [each.name for each in required if len(values[each.name]) > 1]
    for turn in range(max(0, count - 1)):
        if not changeable:
            break
        name = changeable[turn % len(changeable)]
        others = values[name][1:]
        calls.append(plain | {name: others[(turn // len(changeable)) % len(others)]})
    distinct = [each for place, each in enumerate(calls) if each not in calls[:place]]
    return [distinct[turn % len(distinct)] for turn in range(count)]


def values_of(parameter: Parameter) -> list[Any]:
    """Documented values of a parameter in its type, the most trustworthy first; empty where there is none."""
    texts = [text for text in (parameter.example, parameter.default) if text not in (None, "")]
    texts += [*parameter.enum, *_listed(parameter.description)]
    values = [as_documented(parameter, text) for text in texts]
    kind = json_type(parameter.type)
    if kind == "boolean":
        values += [True, False]
    elif kind in ("integer", "number"):
        values = [each for each in values if isinstance(each, int | float)]
        values += _between(parameter, whole=kind == "integer" or _all_whole(values))
    elif _A_DATE.match(parameter.type) and "yyyy-mm-dd" in parameter.type.lower():
        values += _SOME_DATES
    return [each for place, each in enumerate(values) if each not in values[:place]]


def _listed(description: str) -> list[str]:
    """Values after `Examples:`, parted by semicolons."""
    found = _LISTED.search(description)
    return [each.strip().strip("\"'`") for each in found[1].split(";") if each.strip()] if found else []


def _all_whole(values: list[Any]) -> bool:
    return bool(values) and all(isinstance(each, int) for each in values)


def _between(parameter: Parameter, whole: bool) -> list[float]:
    """The middle of documented bounds, and a quarter of the way; 2000, not 2000.0."""
    low, high = parameter.minimum, parameter.maximum
    if low is None or high is None or not low <= high:
        return []
    places = [round(low + (high - low) * share, 0 if whole else 4) for share in (0.5, 0.25)]
    return [int(each) if each.is_integer() else each for each in places if low <= each <= high]
