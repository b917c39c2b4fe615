"""Long values cut to what an eye can take in (pure)."""

import dataclasses
from typing import Any

import orjson

_WIDE = 100
"""Characters of a value that are shown."""
_BEFORE = 30
"""Characters shown before the place where two texts part."""


def excerpts(was: Any, now: Any) -> list[str]:
    """Two values that differ, each cut around the first place where they do.

    >>> excerpts("sunny", "sunless"), excerpts(1, None)
    (['sunny', 'sunless'], ['1', 'null'])
    """
    texts = _text(was), _text(now)
    shortest = min(map(len, texts))
    parts = next((place for place in range(shortest) if texts[0][place] != texts[1][place]), shortest)
    first = max(0, parts - _BEFORE) if max(map(len, texts)) > _WIDE else 0
    return [_cut(text, first) for text in texts]


def excerpt(row: Any) -> str:
    """A record as one line of JSON, empty fields left out, cut."""
    found = {name: value for name, value in dataclasses.asdict(row).items() if value not in (None, "", ())}
    return _cut(orjson.dumps(found, default=str).decode(), 0, 2 * _WIDE)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def _cut(text: str, first: int, wide: int = _WIDE) -> str:
    shown = text[first : first + wide]
    return ("..." if first else "") + shown + ("..." if first + wide < len(text) else "")
