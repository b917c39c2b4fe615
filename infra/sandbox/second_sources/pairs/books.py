"""Book numbers: isbnlib against python-stdnum."""

from collections.abc import Iterator

from infra.sandbox.second_sources.comparison import Pair
from infra.sandbox.second_sources.hub import Hub

TOOL = "book-numbers"
SECOND = "python-stdnum"
LICENCE = "LGPL-2.1"

NUMBERS = (
    "9780306406157", "9783161484100", "9789720047236", "9780131103627", "9781492052203", "9780262033848",
    "9782070360024", "9788420412146", "9784101010014", "9787020002207",
)  # fmt: skip


def pairs(hub: Hub) -> Iterator[Pair]:
    """Ten numbers of seven language areas: are they sound, and what do they look like with hyphens."""
    from stdnum import isbn as stdnum

    for number in NUMBERS:
        sound = hub.get(TOOL, "isbn", number)["valid"]
        yield Pair(number, sound, stdnum.is_valid(number))
        if sound:
            hyphens = hub.get(TOOL, "isbn", number, "hyphenated")["isbn"]
            yield Pair(f"{number} with hyphens", hyphens, stdnum.format(number))
