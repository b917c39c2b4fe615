"""Time zones from the tzdata package alone: the machine's own files differ from machine to machine."""

from functools import lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from infra.sandbox.hub.errors import NotFound


@lru_cache(maxsize=1)
def zone_names() -> frozenset[str]:
    """Return the names of all time zones."""
    return frozenset(files("tzdata").joinpath("zones").read_text(encoding="utf-8").split())


@lru_cache(maxsize=700)
def time_zone(name: str) -> ZoneInfo:
    """Return a time zone by its IANA name; raises `NotFound`."""
    if name not in zone_names():
        raise NotFound(f"there is no time zone '{name}'; names look like Europe/Lisbon")
    with files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as file:
        return ZoneInfo.from_file(file, key=name)
