"""What bringing a deployment up to date changes: the file, the server and what we left there last (pure).

What a person changes on the server is theirs: a setting is only taken from the file while the server still
has what we put there. What that was stands on the server, as digests, in the variable `toolfoundry_deployed`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from flows.described import Wanted
from tasks.storage.canonical import digest

Left = dict[str, str]
"""Of one deployment: setting to digest of what we put there; a schedule's slug to `made`."""
CHOSEN = "chosen"
"""Stands for a setting that was chosen when deploying: no later deploying takes it back."""
_MADE = "made"
_SCHEDULE = "schedule "


@dataclass(frozen=True, slots=True)
class Step:
    """What becomes of one pool or deployment."""

    kind: Literal["pool", "deployment"]
    name: str
    action: Literal["made", "changed", "unchanged", "left", "removed"]
    """`left`: it is no longer described, and stays."""
    changed: tuple[str, ...] = ()
    """What is brought up to date."""
    kept: tuple[str, ...] = ()
    """What differs from the file because somebody changed it on the server."""

    def __str__(self) -> str:
        notes = [", ".join(self.changed)] if self.changed else []
        notes += [f"kept {', '.join(self.kept)}, as set on the server"] if self.kept else []
        notes += ["no longer described; --prune removes it"] if self.action == "left" else []
        told = f": {'; '.join(notes)}" if notes else ""
        return f"{self.action:<9} {self.kind} {self.name}{told}"


@dataclass(frozen=True, slots=True)
class Update:
    """How a deployment that is there is brought up to date."""

    step: Step
    fields: dict[str, Any] = field(default_factory=dict)
    """To be set; names as in `Wanted`."""
    schedules: tuple[str, ...] = ()
    """Slugs of schedules to add."""
    left: Left = field(default_factory=dict)
    """What we have left there afterwards."""


def update(
    wanted: Wanted, found: Mapping[str, Any], left: Left, *, pool: str = "", reset: bool = False
) -> Update:
    """How to bring a deployment up to date.

    Args:
        wanted: what the file asks for.
        found: what the server has, under the same names, slugs of schedules left out.
        left: what we left there when we deployed last; empty where nobody knows.
        pool: the pool that was chosen for it; empty: none was.
        reset: take the file's settings whatever was changed on the server.
    """
    fields = {name: value for name, value in wanted.code.items() if found[name] != value}
    after = {name: mark for name, mark in left.items() if name.startswith(_SCHEDULE)}
    kept = []
    for name, value in wanted.settings.items():
        chosen = name == "work_pool_name" and bool(pool)
        value = pool if chosen else value
        mark = CHOSEN if chosen else digest(value, size=4)
        if found[name] == value:
            after[name] = mark if chosen or left.get(name) != CHOSEN or reset else CHOSEN
        elif chosen or reset or _absent(name, found[name]) or left.get(name) == digest(found[name], size=4):
            fields[name] = value
            after[name] = mark
        else:
            kept.append(name)
            after |= {name: left[name]} if name in left else {}
    known = {mark.removeprefix(_SCHEDULE) for mark in after}
    new = tuple(slug for slug in wanted.schedules if slug not in known) if left else ()
    after |= {_SCHEDULE + slug: _MADE for slug in wanted.schedules}
    changed = (*(_word(name) for name in fields), *(("schedules",) if new else ()))
    step = Step(
        "deployment",
        wanted.full_name,
        "changed" if changed else "unchanged",
        changed,
        tuple(_word(name) for name in kept),
    )
    return Update(step, fields, new, after)


def made(wanted: Wanted, pool: str = "") -> Left:
    """What is left on the server by a deployment that is made anew."""
    marks = {name: digest(value, size=4) for name, value in wanted.settings.items()}
    marks |= {"work_pool_name": CHOSEN} if pool else {}
    return {**marks, **{_SCHEDULE + slug: _MADE for slug in wanted.schedules}}


def _absent(name: str, found: Any) -> bool:
    """A pool that was deleted is nobody's choice: without one no run would ever start."""
    return name == "work_pool_name" and not found


def _word(name: str) -> str:
    words = {"parameter_openapi_schema": "form", "work_pool_name": "pool", "pull_steps": "pull steps"}
    return words.get(name, name.replace("_", " "))
