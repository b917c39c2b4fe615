"""Ids that several rooms must spell alike: what is written, imported and annotated is found again by them."""

from collections.abc import Iterable, Sequence

from tasks.storage.canonical import digest


def instruction_id(group: str, api_ids: Iterable[str], text: str) -> str:
    """16 hex digits over group, offered APIs (in any order) and text.

    >>> instruction_id("I1", ["hub/sun/rise", "hub/sun/set"], "When does the sun rise?")
    'dc0e2e42534deafe'
    """
    return digest([group, sorted(api_ids), text])


def combination_id(group: str, api_ids: Sequence[str], ordinal: int) -> str:
    """16 hex digits over group, APIs in their order, and which draw it was: equal APIs drawn twice differ."""
    return digest([group, list(api_ids), ordinal])
