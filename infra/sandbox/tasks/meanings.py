"""What one API's answer can tell another: a meaning, and the fields that carry it.

An API that *gives* a place tells its latitude and longitude; one that *takes* a place needs both. Asks files
may use further meanings of their own, as long as all of them name the same fields.
"""

MEANINGS: dict[str, tuple[str, ...]] = {
    "place": ("latitude", "longitude"),
    "country": ("code",),
    "currency": ("code",),
    "timezone": ("name",),
    "language": ("code",),
    "airport": ("iata",),
    "date": ("date",),
    "city_id": ("id",),
    "number": ("value",),
}
"""Fields of each meaning that several tools share."""


def meaning_of(name: str) -> str:
    """Return the meaning behind a name in an asks file: ``place_2`` is a second ``place``."""
    stem, _, count = name.rpartition("_")
    return stem if stem and count.isdigit() else name
