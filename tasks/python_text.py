"""Python source that is read and never run, by one thread at a time.

CPython before 3.11.8 counts the depth of a syntax tree under construction in one place for all threads
(python/cpython gh-106905): of two that parse at once, either may fail with a `SystemError` whatever its text.
"""

import ast
import threading
from typing import Any

_ALONE = threading.RLock()


def literal(text: str) -> Any:
    """The value of a Python literal; raises what `ast.literal_eval` raises."""
    with _ALONE:
        return ast.literal_eval(text)


def expression(text: str) -> ast.expr:
    """The syntax tree of one expression; raises what `ast.parse` raises."""
    with _ALONE:
        return ast.parse(text, mode="eval").body


def statements(source: str) -> list[ast.stmt]:
    """The syntax trees of a module's statements; raises what `ast.parse` raises."""
    with _ALONE:
        return ast.parse(source).body
