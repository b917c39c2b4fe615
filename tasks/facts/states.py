"""Whether a session ended in the state that was expected (pure)."""

import json
from typing import Any


def same_state(found: Any, expected: Any) -> bool:
    """Whether two documents of a tool are equal, entries in any order and whatever their ids.

    Texts are compared without case and end signs: "Buy bread." is what "buy bread" asks for.

    >>> same_state([{"id": 9, "text": "B"}, {"id": 1, "text": "a"}], [{"text": "a"}, {"text": "b."}])
    True
    """
    return bool(_comparable(found) == _comparable(expected))


def document_of(end_state: str, tool: str) -> Any:
    """The document of a tool in an end state's JSON; None where the tool was not used.

    Raises:
        ValueError: the end state is no JSON object.
    """
    state = json.loads(end_state)
    if not isinstance(state, dict):
        raise ValueError("an end state is a JSON object by tool")
    return state.get(tool)


def _comparable(value: Any) -> Any:
    if isinstance(value, dict):
        return tuple(sorted((name, repr(_comparable(each))) for name, each in value.items() if name != "id"))
    if isinstance(value, list):
        return tuple(sorted(repr(_comparable(each)) for each in value))
    if isinstance(value, str):
        return " ".join(value.casefold().split()).rstrip(".!")
    if isinstance(value, bool) or value is None:
        return f"<{value}>"
    return round(float(value), 6)
