"""Examples in docstrings are true."""

import doctest
import importlib
import pkgutil

import pytest

import tasks.facts

MODULES = [name for _, name, _ in pkgutil.iter_modules(tasks.facts.__path__)]


@pytest.mark.parametrize("name", MODULES)
def test_examples_hold(name: str) -> None:
    assert doctest.testmod(importlib.import_module(f"tasks.facts.{name}")).failed == 0
