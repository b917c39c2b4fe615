"""Why an instruction was not solved: one reason a tree, the first that fits (pure)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from tasks.annotation.analysis.aftermath import repeated
from tasks.annotation.analysis.sheets import Cell, Share, Sheet, sheet
from tasks.annotation.analysis.turns import DEPTH_LIMIT, Searched

REASONS = {
    "no usable reply": "every path ended with a reply that could not be used",
    "nothing called": "no API was called at all",
    "query cap": "the limit of replies was reached",
    "names not offered": "most calls were to functions that were not offered",
    "no call succeeded": "APIs were called, and none gave a good answer",
    "loops": "half of the calls or more had been made before, with equal arguments",
    "give-ups only": "not every call failed, and every path ended by giving up",
    "dropped only": "not every call failed, and the searcher dropped every path above the depth limit",
    "depth limit only": "not every call failed, and every path ended at the depth limit",
    "give-ups and depth limit": "not every call failed; some paths ended so, some so",
    "left open": "the search ended before its paths did",
    "answered, wrongly: cannot be solved": "an instruction that no answer is right for",
    "answered, wrongly: nothing succeeded": "an answer without a single good answer of an API on its path",
    "answered, wrongly: a relevant API was left out": "an API the instruction was written for has no good "
    "answer on the path",
    "answered, wrongly: relevant APIs called": "all of them answered well, and the answer is wrong",
}
"""Reasons in the order in which they are looked for; the last four need a verdict."""
_LOOP_SHARE = 0.5
_NAME_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Loss:
    """An instruction that was not solved."""

    trajectory_id: str
    reason: str
    ends: dict[str, int]
    """How its paths ended, with how many."""
    calls: int
    succeeded: int
    repeats: int


def losses(searches: Sequence[Searched], query_cap: int = 200) -> list[Loss]:
    """The unsolved of many searches, each with its reason.

    Args:
        searches: any; unsolved is what has no answer, unless giving none is known to be right, and an answer
            that is known to be wrong.
        query_cap: replies at which a search ends.
    """
    found: list[Loss] = []
    for searched in searches:
        if searched.known.correct:
            continue
        if not searched.trajectory.win:
            found.append(_loss(searched, _unanswered(searched, query_cap)))
        elif searched.known.correct is False:
            found.append(_loss(searched, _wrong(searched)))
    return found


def _loss(searched: Searched, reason: str) -> Loss:
    actions = [action for _, action in searched.actions()]
    return Loss(
        trajectory_id=searched.trajectory.trajectory_id,
        reason=reason,
        ends=dict(sorted(_ends(searched).items())),
        calls=len(actions),
        succeeded=sum(action.known and action.failure is None for action in actions),
        repeats=sum(1 for _ in repeated(searched)),
    )


def _ends(searched: Searched) -> Counter[str]:
    ends: Counter[str] = Counter()
    for turn in searched.ends:
        if turn.answers:
            ends["answer"] += 1
        elif turn.gives_up:
            ends["give-up"] += 1
        elif turn.unusable:
            ends["no usable reply"] += 1
        elif not turn.end.pruned:
            ends["left open"] += 1
        else:
            ends["depth limit" if turn.end.depth >= DEPTH_LIMIT else "dropped"] += 1
    return ends


def _unanswered(searched: Searched, query_cap: int) -> str:
    ends = _ends(searched)
    actions = [action for _, action in searched.actions()]
    offered = [action for action in actions if action.function in searched.apis]
    if ends and set(ends) == {"no usable reply"}:
        return "no usable reply"
    if not actions:
        return "nothing called"
    if searched.trajectory.query_count >= query_cap:
        return "query cap"
    if len(offered) < _NAME_SHARE * len(actions):
        return "names not offered"
    if all(action.failure is not None for action in actions):
        return "no call succeeded"
    if sum(1 for _ in repeated(searched)) >= _LOOP_SHARE * len(actions):
        return "loops"
    if set(ends) == {"dropped"}:
        return "dropped only"
    ends.pop("dropped", None)
    if set(ends) == {"give-up"}:
        return "give-ups only"
    if set(ends) == {"depth limit"}:
        return "depth limit only"
    return "left open" if "left open" in ends else "give-ups and depth limit"


def _wrong(searched: Searched) -> str:
    if searched.known.solvable is False:
        return "answered, wrongly: cannot be solved"
    answers = [turn for turn in searched.turns if turn.answers]
    kept = next((turn for turn in answers if any(node.chosen for node in turn.nodes)), answers[0])
    succeeded = {
        searched.apis.get(action.function)
        for turn in kept.path()
        for action in turn.api_actions
        if action.failure is None
    }
    if not succeeded:
        return "answered, wrongly: nothing succeeded"
    if not set(searched.known.relevant or ()) <= succeeded:
        return "answered, wrongly: a relevant API was left out"
    return "answered, wrongly: relevant APIs called"


def by_reason(found: Sequence[Loss], searches: Sequence[Searched]) -> Sheet:
    """How many were lost for which reason, by searcher."""
    methods = sorted({searched.trajectory.method for searched in searches})
    of = Counter(searched.trajectory.method for searched in searches)
    method_of = {searched.trajectory.trajectory_id: searched.trajectory.method for searched in searches}
    counted = Counter((loss.reason, method_of[loss.trajectory_id]) for loss in found)
    rows: list[list[Cell]] = [
        [
            reason,
            sum(counted[reason, method] for method in methods),
            *(Share(counted[reason, method], of[method]) for method in methods),
            meaning,
        ]
        for reason, meaning in REASONS.items()
        if any(counted[reason, method] for method in methods)
    ]
    lost = Counter(method_of[loss.trajectory_id] for loss in found)
    rows.append(["all", len(found), *(Share(lost[method], of[method]) for method in methods), ""])
    columns = ["reason", "searches", *(f"of {method}" for method in methods), "meaning"]
    note = f"Of {len(searches)} searches; each unsolved one counts once, under the first reason that fits."
    return sheet("losses", "Why instructions were not solved", columns, rows if found else [], note)
