"""Harbour Tides: high and low water in three invented harbours."""

import datetime
import math
from typing import Annotated

from infra.sandbox.hub.clock import Clock
from infra.sandbox.hub.parameters import Choice, Number
from infra.sandbox.hub.tool import Answer, Tool

tool = Tool(
    name="Harbour Tides",
    category="Weather",
    description="For boaters and beach walkers: how deep the sea is over chart datum at this moment in three"
    " made-up ports, and when it turns, by the pull of Moon and Sun.",
    data_vintage="Invented constants; two harmonic constituents (M2, S2).",
    licence="Apache-2.0",
    collections=("commuter-desk", "outdoor-day", "today-board"),
)

# Mean level [m], then height [m] and delay [h] of the Moon's and of the Sun's wave.
HARBOURS = {
    "grey-haven": (3.1, 1.9, 2.4, 0.6, 3.9),
    "port-amber": (1.2, 0.5, 7.8, 0.2, 8.6),
    "selkie-bay": (5.4, 3.6, 5.1, 1.3, 6.7),
}
MOON_H, SUN_H = 12.4206012, 12.0
START = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)
MINUTE = datetime.timedelta(minutes=1)

Harbour = Annotated[str, Choice("Which port.", members=tuple(HARBOURS), example="grey-haven")]


def _height(harbour: str, moment: datetime.datetime) -> float:
    mean, moon, moon_delay, sun, sun_delay = HARBOURS[harbour]
    hours = (moment - START) / datetime.timedelta(hours=1)
    return (
        mean
        + moon * math.cos(2 * math.pi * (hours - moon_delay) / MOON_H)
        + sun * math.cos(2 * math.pi * (hours - sun_delay) / SUN_H)
    )


def _turns(
    harbour: str, first: datetime.datetime, minutes: int
) -> list[tuple[datetime.datetime, str, float]]:
    """Return moment, kind and height of each high and low water, to the minute, after a moment."""
    heights = [_height(harbour, first + n * MINUTE) for n in range(minutes + 2)]
    found = []
    for n in range(1, minutes + 1):
        before, here, after = heights[n - 1 : n + 2]
        if before < here >= after or before > here <= after:
            found.append((first + n * MINUTE, "high" if before < here else "low", here))
    return found


def _shown(turn: tuple[datetime.datetime, str, float]) -> dict[str, object]:
    moment, kind, height = turn
    return {"kind": kind, "utc": f"{moment:%Y-%m-%dT%H:%MZ}", "metres": round(height, 2)}


@tool.get("/harbours/{harbour}/now", "Water Level Now")
def water_level_now(clock: Clock, harbour: Harbour) -> Answer:
    """How many metres the sea stands above chart datum in a port now, and whether it is coming in."""
    here = _height(harbour, clock.moment)
    return {"metres": round(here, 2), "rising": _height(harbour, clock.moment + MINUTE) > here}


@tool.get("/harbours/{harbour}/next", "Next Turn Of Tide")
def next_turn_of_tide(
    clock: Clock,
    harbour: Harbour,
    kind: Annotated[str, Choice("Which extreme.", members=("high", "low"), example="high")],
) -> Answer:
    """When the sea next reaches its highest or lowest mark in a port (UTC), and how high that is."""
    whole_minute = clock.moment.replace(second=0)
    turn = next(turn for turn in _turns(harbour, whole_minute, 16 * 60) if turn[1] == kind)
    return {**_shown(turn), "in_minutes": -((clock.moment - turn[0]) // MINUTE)}


@tool.get("/harbours/{harbour}/today", "Tides Today")
def tides_today(clock: Clock, harbour: Harbour) -> Answer:
    """All extremes of this calendar day (UTC) in a port, in order, and the range between them in metres."""
    midnight = clock.moment.replace(hour=0, minute=0, second=0)
    turns = _turns(harbour, midnight - MINUTE, 24 * 60)
    heights = [height for _, _, height in turns]
    return {
        "turns": [_shown(turn) for turn in turns],
        "range_metres": round(max(heights) - min(heights), 2),
    }


@tool.get("/harbours/{harbour}/depth", "Depth Under Keel")
def depth_under_keel(
    clock: Clock,
    harbour: Harbour,
    charted_depth: Annotated[
        float, Number("Depth on the chart [m]; negative dries out.", minimum=-10, maximum=100, example=1.5)
    ],
    draught: Annotated[float, Number("Draught of the boat [m].", minimum=0.1, maximum=30, example=1.9)],
) -> Answer:
    """How many metres a boat has below it at a spot of a port at this moment; negative is aground."""
    return {"metres": round(charted_depth + _height(harbour, clock.moment) - draught, 2)}
