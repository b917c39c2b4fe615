"""The same API, otherwise: what faults and drift make of a sound one.

Each function returns another `Api` and leaves the given one as it is. Answers are changed as JSON, after the
function has run, so that any tool can drift without knowing of it.
"""

import datetime
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any

import orjson

from infra.sandbox.hub.errors import BadArgument
from infra.sandbox.hub.tool import Answer, Api

OTHER_NAMES = {
    "amount": "value",
    "city": "place",
    "country": "country_code",
    "currency": "currency_code",
    "date": "on_date",
    "iata": "airport_code",
    "language": "lang",
    "latitude": "lat",
    "limit": "max_results",
    "longitude": "lon",
    "name": "title",
    "number": "n",
    "query": "q",
    "text": "content",
    "time": "at_time",
    "timezone": "tz",
    "unit": "unit_name",
    "word": "term",
    "year": "calendar_year",
}
"""What authors call a parameter instead; others change between snake_case and camelCase."""

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9])")
_LAST_DIGIT = re.compile(r"[0-9](?=[^0-9]*\Z)")


def other_names(name: str, taken: Collection[str]) -> list[str]:
    """Return what else a parameter could be called, the most plausible first; `taken` names are left out."""
    first, *more = name.split("_")
    camel_case = first + "".join(word.capitalize() for word in more)
    names = (OTHER_NAMES.get(name, camel_case), camel_case, f"{name}_value", f"the_{name}", name)
    return [other for other in dict.fromkeys(names) if other not in taken]


def renamed(api: Api, names: Mapping[str, str]) -> Api:
    """Call parameters otherwise, in the documentation and on the server; `names` leads from old to new."""
    old_names = {new: old for old, new in names.items()}

    def function(**arguments: Any) -> Answer:
        try:
            return api.function(**{old_names.get(name, name): given for name, given in arguments.items()})
        except BadArgument as error:
            if error.parameter not in names:
                raise
            raise BadArgument(names[error.parameter], error.reason) from error

    parameters = tuple(replace(p, name=names.get(p.name, p.name)) for p in api.parameters)
    return replace(api, parameters=parameters, function=function)


def without_field(api: Api, place: int) -> Api:
    """Leave the first (0) or last (-1) field out of the answer; a lone one becomes null."""
    return _answering(api, lambda answer, _: _without(answer, place))


def with_other_values(api: Api, percent: int) -> Api:
    """Move the numbers of the answer by some percent and its dates by as many days.

    What echoes an argument stays. Where there is nothing to move, yes becomes no and texts change their case,
    those without letters (times, telephone numbers) their last digit.
    """

    def changed(answer: Any, arguments: dict[str, Any]) -> Any:
        echoed = {str(each) for each in arguments.values()}
        moved = _mapped(answer, echoed, lambda leaf: _moved(leaf, percent))
        return moved if moved != answer else _mapped(answer, echoed, lambda leaf: _turned(leaf, percent))

    return _answering(api, changed)


def _answering(api: Api, change: Callable[[Any, dict[str, Any]], Any]) -> Api:
    def function(**arguments: Any) -> Answer:
        answer: Answer = change(orjson.loads(orjson.dumps(api.function(**arguments))), arguments)
        return answer

    return replace(api, function=function)


def _without(answer: Any, place: int) -> Any:
    if isinstance(answer, dict) and answer:
        name = list(answer)[place]
        if len(answer) > 1:
            return {key: value for key, value in answer.items() if key != name}
        return {name: _without(answer[name], place) if isinstance(answer[name], dict | list) else None}
    if isinstance(answer, list) and any(isinstance(each, dict) for each in answer):
        return [_without(each, place) if isinstance(each, dict) else each for each in answer]
    return answer[1:] if place == 0 else answer[:-1]


def _mapped(answer: Any, echoed: set[str], change: Callable[[Any], Any]) -> Any:
    if isinstance(answer, dict):
        return {key: _mapped(value, echoed, change) for key, value in answer.items()}
    if isinstance(answer, list):
        return [_mapped(value, echoed, change) for value in answer]
    return answer if str(answer) in echoed else change(answer)


def _moved(leaf: Any, percent: int) -> Any:
    if isinstance(leaf, bool):
        return leaf
    if isinstance(leaf, int):
        is_year = 1900 <= leaf <= 2100
        step = 1 if is_year else max(1, abs(leaf) * abs(percent) // 100)
        return leaf + (step if percent > 0 else -step)
    if isinstance(leaf, float):
        digits = max(3, len(repr(leaf).replace("-", "").replace(".", "").strip("0")))
        return float(f"{leaf * (1 + percent / 100):.{min(digits, 15)}g}") or float(percent)
    if isinstance(leaf, str) and (date := _DATE.match(leaf)):
        return _day_moved(date[0], percent) + leaf[date.end() :]
    return leaf


def _day_moved(date: str, days: int) -> str:
    try:
        return str(datetime.date.fromisoformat(date) + datetime.timedelta(days=days))
    except (ValueError, OverflowError):  # a day of another calendar, or the last of ours
        return date


def _turned(leaf: Any, percent: int) -> Any:
    if isinstance(leaf, bool):
        return not leaf
    if isinstance(leaf, str):
        other = leaf.swapcase() if percent > 0 or leaf == leaf.upper() else leaf.upper()
        return (
            other if other != leaf else _LAST_DIGIT.sub(lambda last: str((int(last[0]) + percent) % 10), leaf)
        )
    return leaf
