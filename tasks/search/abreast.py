"""Parts of a search side by side: what they want goes out together, and comes back together.

In lock-step, so that a search stays a function of its outcomes alone: every part that is not done yet yields
its effects, all of them go out in one tuple, in the order of the parts, and each part is sent its own. The
slowest effect of a round holds up the others; what that costs in time it saves in surprises.
"""

from collections.abc import Generator, Iterable
from typing import TypeVar

from tasks.search.effects import Effects, Outcomes

Made = TypeVar("Made")


def abreast(
    parts: Iterable[Generator[Effects, Outcomes, Made]],
) -> Generator[Effects, Outcomes, list[Made]]:
    """Run generators of effects side by side; returns what each made, in their order."""
    going = dict(enumerate(parts))
    made: dict[int, Made] = {}
    wanted: dict[int, Effects] = {}

    def resume(number: int, outcomes: Outcomes | None) -> None:
        try:
            part = going[number]
            wanted[number] = next(part) if outcomes is None else part.send(outcomes)
        except StopIteration as done:
            made[number] = done.value
            wanted.pop(number, None)

    for number in going:
        resume(number, None)
    while wanted:
        round_ = dict(wanted)
        outcomes = yield tuple(effect for effects in round_.values() for effect in effects)
        taken = 0
        for number, effects in round_.items():
            resume(number, outcomes[taken : taken + len(effects)])
            taken += len(effects)
    return [made[number] for number in going]
