"""The closing lines: how the tasks of a file are spread."""

from collections import Counter
from collections.abc import Iterable, Sequence

from infra.sandbox.tasks.calling import DEAD, SOUND
from infra.sandbox.tasks.making import Task
from infra.sandbox.tasks.market import Market


def summary(tasks: Sequence[Task], market: Market) -> list[str]:
    """Return what a person wants to know about the tasks, a line each."""
    solvable = [task for task in tasks if not task.why]
    whys = Counter(task.why for task in tasks if task.why)
    called = Counter(api for task in solvable for api in {call["api"] for call in task.calls})
    sound = {askable.id for askable in market.sound()}
    verdicts = Counter(askable.verdict for askable in market.askables)
    bare = sum(askable.is_bare for askable in market.askables)
    lines = [
        f"{len(tasks)} tasks, {len(solvable)} solvable: {_shares(task.group for task in tasks)}",
        f"calls {_shares(len(task.calls) for task in solvable)}; edges"
        f" {_shares(task.edges for task in solvable)}; facts {sum(len(t.facts) for t in solvable)}",
        f"unsolvable {len(tasks) - len(solvable)}: {_shares(task.why for task in tasks if task.why)}"
        if whys
        else "unsolvable 0",
        f"APIs: {len(called.keys() & sound)} of {len(sound)} sound ones are called"
        f" ({verdicts[DEAD]} dead, {len(market.askables) - verdicts[SOUND] - verdicts[DEAD]} doubtful,"
        f" {bare} without an asks file)",
    ]
    if called:
        api, uses = min(called.items(), key=lambda use: (-use[1], use[0]))
        lines[-1] += f"; the busiest, {api}, by {uses / len(solvable):.1%} of the solvable tasks"
    if market.misfits:
        lines.append(
            f"{len(market.misfits)} parts of asks files do not fit this hub and were left out:"
            " --check-asks names them"
        )
    return lines


def _shares(values: Iterable[object]) -> str:
    counted = Counter(values)
    return ", ".join(f"{value} {count}" for value, count in sorted(counted.items(), key=lambda v: str(v[0])))
