"""Declarations in Python files: those of a package of ours, and those of a user's folder."""

import importlib
import importlib.util
import pkgutil
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import TypeVar

from infra.sandbox.hub.errors import DeclarationError

Declared = TypeVar("Declared")


def declared_in_package(package: ModuleType, name: str, type_: type[Declared]) -> list[Declared]:
    """Return what each module of a package has under `name`, in alphabetical order of the modules."""
    modules = (importlib.import_module(f"{package.__name__}.{m.name}") for m in _modules(package))
    return [_declared(module, name, type_, module.__name__) for module in modules]


def declared_in_folder(
    folder: Path, name: str, type_: type[Declared], called: Callable[[Declared], str]
) -> list[Declared]:
    """Return what each ``*.py`` file of a folder has under `name`; files that begin with ``_`` are left out.

    Args:
        folder: the user's.
        name: variable at the top level of each file.
        type_: what it must be.
        called: returns by which name another declaration is replaced; no two files may have the same.

    Raises:
        DeclarationError: there is no such file, or one of them fails or declares nothing new.
    """
    files = sorted(f for f in folder.glob("*.py") if not f.name.startswith("_")) if folder.is_dir() else []
    if not files:
        raise DeclarationError(f"{folder} holds no {name} file (*.py); see infra/sandbox/README.md for one")
    declared: dict[str, Declared] = {}
    for file in files:
        new = _declared(_imported(file, name), name, type_, str(file))
        if called(new) in declared:
            raise DeclarationError(f"{file}: another file of the folder declares {called(new)} already")
        declared[called(new)] = new
    return list(declared.values())


def _modules(package: ModuleType) -> list[pkgutil.ModuleInfo]:
    return sorted(pkgutil.iter_modules(package.__path__), key=lambda module: module.name)


def _imported(file: Path, name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"hub_{name}_{file.stem}", file)
    if spec is None or spec.loader is None:
        raise DeclarationError(f"{file} cannot be read as Python")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses of the file look for their module there
    try:
        spec.loader.exec_module(module)
    except DeclarationError as error:
        raise DeclarationError(f"{file}: {error}") from error
    except (Exception, SystemExit) as error:
        raise DeclarationError(f"{file} fails when it is imported: {error!r}") from error
    return module


def _declared(module: ModuleType, name: str, type_: type[Declared], where: str) -> Declared:
    declared = getattr(module, name, None)
    if not isinstance(declared, type_):
        raise DeclarationError(
            f"{where} defines no {name}: write {name} = {type_.__name__}(...) at its top level"
        )
    return declared
