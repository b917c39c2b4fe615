import ast
import sys
from collections.abc import Callable

import pytest

from tasks.python_text import expression, literal, statements
from tests.parsing import failures

SOURCE = "[" + ", ".join(f"{{'a': [{n}, (1, 2, {{3}})], 'b': None}}" for n in range(400)) + "]"


@pytest.mark.parametrize("read", [literal, expression, statements])
def test_threads_may_read_python_at_once_on_any_release(read: Callable[[str], object]) -> None:
    assert failures(lambda: read(SOURCE), 2) == []


@pytest.mark.skipif(sys.version_info >= (3, 11, 8), reason="mended in CPython 3.11.8")
def test_without_taking_turns_they_may_not() -> None:
    assert failures(lambda: ast.parse(SOURCE), 4) != []


def test_what_is_not_python_is_refused_as_ast_refuses_it() -> None:
    with pytest.raises(SyntaxError):
        literal("{'a': ")
    with pytest.raises(ValueError, match="malformed"):
        literal("f(1)")
    with pytest.raises(SyntaxError):
        expression("a = 1")
    assert literal(" {'a': 1}".strip()) == {"a": 1}
    assert isinstance(expression("f(1)"), ast.Call)
    assert [type(each) for each in statements("a = 1\nb")] == [ast.Assign, ast.Expr]
