"""Forms as the Prefect UI shows them: fields in our order, titles with units, bounds in words.

The UI shows a field's description and neither its minimum nor its maximum, which it learns of only when it
has refused a value. Bounds are written once, in the pydantic model, and put into words here.
"""

from copy import deepcopy
from typing import Any

from prefect.utilities.callables import ParameterSchema

_WORDS = {"api": "API", "usd": "[USD]", "s": "[s]", "gb": "[GB]"}
"""Last and other parts of names as people write them."""
_LOWEST = ("minimum", "exclusiveMinimum")
_HIGHEST = ("maximum", "exclusiveMaximum")


def explained(form: ParameterSchema) -> dict[str, Any]:
    """A form whose fields are in our order, have titles, and tell their bounds in their descriptions.

    Fields go by `position`, which is 0 where there is none.
    """
    told: dict[str, Any] = deepcopy(form.model_dump(mode="json", exclude_unset=True))
    models = told.get("definitions", {}).values()
    for model in models:
        for position, (name, field) in enumerate(model.get("properties", {}).items()):
            field["position"] = position
            field["title"] = title(name)
    for fields in (told["properties"], *(model.get("properties", {}) for model in models)):
        for field in fields.values():
            if limits := bounds(field):
                field["description"] = f"{field.get('description', '')} ({limits})".strip()
    return told


def title(name: str) -> str:
    """A field's name as a heading: `budget_usd` is `Budget [USD]`, `slow_s` is `Slow [s]`."""
    words = [_WORDS.get(word, word) for word in name.split("_")]
    return " ".join((words[0][:1].upper() + words[0][1:], *words[1:]))


def bounds(field: dict[str, Any]) -> str:
    """What a number may be, in words: `1 to 512`, `above 0, at most 60`; empty where anything goes."""
    kinds = [each for each in (field, *field.get("anyOf", ())) if each.get("type") in ("integer", "number")]
    if not kinds:
        return ""
    (kind,) = kinds[:1]
    low, above = (kind.get(name) for name in _LOWEST)
    high, below = (kind.get(name) for name in _HIGHEST)
    if low is not None and high is not None:
        return f"{low:,} to {high:,}"
    lowest = f"above {above:,}" if above is not None else f"at least {low:,}" if low is not None else ""
    highest = f"below {below:,}" if below is not None else f"at most {high:,}" if high is not None else ""
    return ", ".join(filter(None, (lowest, highest)))
