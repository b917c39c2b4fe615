"""What invented APIs answer: made of nothing but tool, API and arguments, and the same at every asking."""

import datetime

from infra.sandbox.hub.draws import rank
from infra.sandbox.hub.synthetic.forms import Form
from infra.sandbox.hub.tool import Answer

ADJECTIVES = (
    "amber",
    "brisk",
    "calm",
    "deep",
    "early",
    "faint",
    "grand",
    "hollow",
    "level",
    "mild",
    "plain",
    "rare",
)
NOUNS = (
    "anchor",
    "basin",
    "candle",
    "dune",
    "engine",
    "fern",
    "garden",
    "harbour",
    "lantern",
    "meadow",
    "orchard",
)
COUNTRIES = ("AT", "BR", "CA", "DE", "EG", "FR", "IN", "JP", "KE", "MX", "NO", "PT", "US", "VN", "ZA")
FIRST_DAY = datetime.date(2020, 1, 1)


def invented_answer(tool: str, form: Form, **arguments: object) -> Answer:
    """Return one entry, or as many as were asked for."""
    asked = [f"{name}={value}" for name, value in sorted(arguments.items())]
    if not form.many:
        return _entry(tool, form.slug, *asked)
    limit = arguments.get("limit", 2)
    count = limit if isinstance(limit, int) else 2
    return {"count": count, "results": [_entry(tool, form.slug, *asked, str(n)) for n in range(count)]}


def _entry(*names: str) -> dict[str, object]:
    drawn = rank(0, *names)
    return {
        "id": 1 + int.from_bytes(drawn[:2], "big") % 9999,
        "name": f"{ADJECTIVES[drawn[2] % len(ADJECTIVES)]} {NOUNS[drawn[3] % len(NOUNS)]}",
        "country": COUNTRIES[drawn[4] % len(COUNTRIES)],
        "value": int.from_bytes(drawn[5:8], "big") / 100,
        "updated": str(FIRST_DAY + datetime.timedelta(days=int.from_bytes(drawn[8:10], "big") % 2300)),
    }
