"""ToolBench's standard names: what tools, APIs, parameters and categories are called in front of a model.

The rules are those of ToolBench's code, slips included, because its query files, tool folders and proxy
server all speak them; the paper does not mention them.
"""

import re
from collections.abc import Iterable

_FOREIGN = re.compile(r"[^\u4e00-\u9fa5a-zA-Z0-9_^]")
"""All but CJK, letters, digits and `_`; `^` survives by a slip in the published expression."""
_RUN = re.compile(r"_+")
RESERVED = frozenset({"from", "class", "return", "false", "true", "id", "and"})
"""The only words that ToolBench guards; other Python keywords pass."""

FUNCTION_NAME_CHARS = 64
"""Longest function name of the chat protocol."""
_UNPORTABLE = re.compile(r"[^a-zA-Z0-9_-]")


def standardize(name: str) -> str:
    """Standard name of a tool, and the first half of an API's or parameter's (see `standard_name`).

    >>> standardize("/tracking/x/:task_id"), standardize("24h Weather"), standardize("C++")
    ('tracking_x_task_id', 'get_24h_weather', 'c')
    """
    name = _RUN.sub("_", _FOREIGN.sub("_", name)).lower().strip("_")
    return f"get_{name}" if name[:1].isdecimal() else name


def standard_name(name: str) -> str:
    """Standard name of an API or a parameter: `standardize`, with seven reserved words prefixed.

    >>> standard_name("ID"), standard_name("import")
    ('is_id', 'import')
    """
    name = standardize(name)
    return f"is_{name}" if name in RESERVED else name


def standard_category(category: str) -> str:
    """Standard name of a category; a run of `_` is halved once, not collapsed, as in ToolBench.

    >>> standard_category("Artificial Intelligence/Machine Learning"), standard_category("News, Media")
    ('Artificial_Intelligence_Machine_Learning', 'News_Media')
    """
    for separator in (" ", ",", "/"):
        category = category.replace(separator, "_")
    return category.replace("__", "_")


def function_name(api: str, tool: str) -> str:
    """`<api>_for_<tool>` of two standard names; too long a name loses its head, as in ToolBench."""
    return f"{api}_for_{tool}"[-FUNCTION_NAME_CHARS:]


def portable(name: str) -> str:
    """A repair: the name in the characters that chat protocols accept; ToolBench lets `^` and CJK through."""
    return _UNPORTABLE.sub("_", name) or "_"


def unique(names: Iterable[str], limit_chars: int = FUNCTION_NAME_CHARS) -> list[str]:
    """The names in their order, later bearers of a taken name numbered `_2`, `_3` ...

    A repair: ToolBench offers equal names twice and always executes the first bearer (14 groups among the
    2,502 APIs of its test sets). Same input, same names; one that is unique from the start never changes.
    """
    wanted = list(names)
    taken = set(wanted)
    given: list[str] = []
    seen: set[str] = set()
    for name in wanted:
        if name in seen:
            name = _numbered(name, taken, limit_chars)
            taken.add(name)
        seen.add(name)
        given.append(name)
    return given


def _numbered(name: str, taken: set[str], limit_chars: int) -> str:
    number = 2
    while (candidate := name[-(limit_chars - len(f"_{number}")) :] + f"_{number}") in taken:
        number += 1
    return candidate
