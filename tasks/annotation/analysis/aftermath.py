"""What searches do after a failure, and what they do again (pure)."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from tasks.annotation.analysis.failures import MEANINGS, Kind
from tasks.annotation.analysis.sheets import Cell, Share, Sheet, sheet
from tasks.annotation.analysis.turns import Action, Searched, Turn

NextStep = Literal[
    "same call", "other arguments", "other function", "thought only", "answers", "gives up", "nothing"
]
NEXT_STEPS: tuple[NextStep, ...] = (
    "same call",
    "other arguments",
    "other function",
    "thought only",
    "answers",
    "gives up",
    "nothing",
)


def next_step(action: Action, after: Turn | None) -> NextStep:
    """What a model did right after a call; `after` is one of the turns that follow, None where none does."""
    if after is None:
        return "nothing"
    if after.answers:
        return "answers"
    if after.gives_up:
        return "gives up"
    if not after.actions:
        return "thought only"
    same = [each for each in after.actions if each.function == action.function]
    if not same:
        return "other function"
    return "same call" if any(each.key == action.key for each in same) else "other arguments"


def recovery(searches: Iterable[Searched]) -> Sheet:
    """What follows a failed call, by class: the next step, whether it works, whether an answer is reached."""
    steps: dict[Kind, Counter[NextStep]] = defaultdict(Counter)
    failures: Counter[Kind] = Counter()
    worked: Counter[Kind] = Counter()
    told: Counter[Kind] = Counter()
    tried: Counter[Kind] = Counter()
    below: Counter[Kind] = Counter()
    answered: Counter[Kind] = Counter()
    for searched in searches:
        for turn, action in searched.actions():
            if action.failure is None:
                continue
            kind = action.failure.kind
            failures[kind] += 1
            below[kind] += any(each.answers for each in turn.below())
            answered[kind] += searched.trajectory.win
            following: list[Turn | None] = [*turn.after] or [None]
            for after in following:
                step = next_step(action, after)
                steps[kind][step] += 1
                tried[kind] += 1
                if after is not None and after.api_actions and after.api_actions[0].known:
                    told[kind] += 1
                    worked[kind] += after.api_actions[0].failure is None
    rows: list[Sequence[Cell]] = []
    shown: list[tuple[str, list[Kind]]] = [(kind, [kind]) for kind in MEANINGS if failures[kind]]
    for title, counted in [*shown, ("all failures", list(MEANINGS))]:
        count = sum(failures[each] for each in counted)
        steps_made = sum(tried[each] for each in counted)
        rows.append(
            (
                title,
                count,
                *(Share(sum(steps[each][step] for each in counted), steps_made) for step in NEXT_STEPS),
                Share(sum(worked[each] for each in counted), sum(told[each] for each in counted)),
                Share(sum(below[each] for each in counted), count),
                Share(sum(answered[each] for each in counted), count),
            )
        )
    note = (
        "A node of a tree may have several next steps, each counted. 'nothing': the path ended there. "
        "'works': of next calls whose answer can be judged. 'answer below': on a path through the failure."
    )
    columns = ("after", "failures", *NEXT_STEPS, "next call works", "answer below", "search answered")
    return sheet("recovery", "What follows a failed call", columns, rows, note)


Repeat = Literal["of the call before", "on its own path", "of a sibling", "elsewhere in the tree"]
REPEATS: tuple[Repeat, ...] = (
    "of the call before",
    "on its own path",
    "of a sibling",
    "elsewhere in the tree",
)


@dataclass(frozen=True, slots=True)
class Repeated:
    """A call that its search had made already, with equal arguments."""

    turn: Turn
    action: Action
    first: Action
    where: Repeat
    """The nearest place of an equal call."""


def repeated(searched: Searched) -> Iterator[Repeated]:
    """The repeats of a search, in the order they were made."""
    made: dict[tuple[str, str], Action] = {}
    for turn in searched.turns:
        earlier = turn.path()[:-1]
        on_path = [action.key for each in earlier for action in each.api_actions]
        siblings = turn.before.after if turn.before else searched.first
        elder = [each for each in siblings if each.ask < turn.ask]
        beside = {action.key for each in elder for action in each.api_actions}
        for action in turn.api_actions:
            key = action.key
            if key in made:
                where: Repeat = "elsewhere in the tree"
                if on_path and on_path[-1] == key:
                    where = "of the call before"
                elif key in on_path:
                    where = "on its own path"
                elif key in beside:
                    where = "of a sibling"
                yield Repeated(turn, action, made[key], where)
            else:
                made[key] = action


def repeats(searches: Sequence[Searched]) -> Sheet:
    """Calls made twice and more often: where the earlier one stands, and what it had brought."""
    calls = sum(1 for searched in searches for _ in searched.actions())
    places: Counter[Repeat] = Counter()
    after_failure: Counter[Repeat] = Counter()
    judged: Counter[Repeat] = Counter()
    same: Counter[Repeat] = Counter()
    shown: Counter[Repeat] = Counter()
    for searched in searches:
        for each in repeated(searched):
            places[each.where] += 1
            judged[each.where] += each.first.known
            after_failure[each.where] += each.first.failure is not None
            if each.first.observation and not searched.cut:
                shown[each.where] += 1
                same[each.where] += each.first.observation == each.action.observation
    rows: list[Sequence[Cell]] = [
        (
            where,
            places[where],
            Share(places[where], calls),
            Share(after_failure[where], judged[where]),
            Share(same[where], shown[where]),
        )
        for where in REPEATS
    ]
    total = places.total()
    rows.append(
        (
            "all repeats",
            total,
            Share(total, calls),
            Share(after_failure.total(), judged.total()),
            Share(same.total(), shown.total()),
        )
    )
    note = f"Of {calls:,} calls. A memo of one search would have saved every repeat."
    if any(searched.cut for searched in searches):
        note += " Arguments are compared as far as they were kept."
    columns = ("a repeat", "calls", "of calls", "the first had failed", "same observation")
    return sheet("repeats", "Calls made again with equal arguments", columns, rows, note)
