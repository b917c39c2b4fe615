"""Slugs, the stable half of ids: `<source>/<tool slug>/<API slug>`.

A slug depends on the name alone as long as no other bears it. Where several do, the first by identity keeps
the plain slug and the others add four hex digits of theirs, so that a crawl in another order, or one that
meets a further tool, names the same things alike.
"""

import re
import unicodedata
from collections.abc import Sequence

from tasks.storage.canonical import digest

_FOREIGN = re.compile(r"[^a-z0-9\u4e00-\u9fa5]+")


def slug(name: str) -> str:
    """Lower-case letters, digits and hyphens; `x` followed by a digest where nothing else is left.

    >>> slug("ECB Exchange Rates"), slug("Récupère /v2/{id}"), slug("C++")
    ('ecb-exchange-rates', 'recupere-v2-id', 'c')
    """
    parts = unicodedata.normalize("NFKD", name)
    plain = "".join(each for each in parts if not unicodedata.combining(each))
    return _FOREIGN.sub("-", plain.lower()).strip("-") or f"x{digest(name, size=2)}"


def unique_slugs(named: Sequence[tuple[str, str]]) -> list[str]:
    """Slugs of (name, identity) pairs, all different.

    Args:
        named: what a thing is called, and what tells it from others of the same name (its address, say);
            equal pairs are the same thing twice and raise nothing: they differ by their number then.

    Returns:
        a slug for each pair in the order given.
    """
    wanted = [slug(name) for name, _ in named]
    bearers: dict[str, list[int]] = {}
    for place, each in enumerate(wanted):
        bearers.setdefault(each, []).append(place)
    slugs = list(wanted)
    taken = set(wanted)
    for each, places in bearers.items():
        if len(places) == 1:
            continue
        for place in sorted(places, key=lambda place: (named[place][1], named[place][0], place))[1:]:
            slugs[place] = _free(f"{each}-{digest(list(named[place]), size=2)}", taken)
            taken.add(slugs[place])
    return slugs


def _free(wanted: str, taken: set[str]) -> str:
    number = 2
    candidate = wanted
    while candidate in taken:
        candidate = f"{wanted}-{number}"
        number += 1
    return candidate
