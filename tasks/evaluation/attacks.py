"""Answers that must not pass: what a check of answers is held against (pure, seeded).

Each attack knows the right values as far as its kind allows: a list of many holds them, a denial names them,
another task's answer is as well-formed as a right one.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any, Literal

from tasks.evaluation.known import Checked, KnownAnswers, call_of, place_of
from tasks.records import ExpectedFact
from tasks.storage.canonical import random_of

AttackKind = Literal["other task, same API", "other task", "echo", "most frequent", "many values", "denied"]
KINDS: tuple[AttackKind, ...] = (
    "other task, same API",
    "other task",
    "echo",
    "most frequent",
    "many values",
    "denied",
)
OTHERS = 4
"""Answers of other tasks that each task is tried with, of its APIs and of others."""
MANY = (4, 16)
"""Fewest and most values of a list of guesses."""

DENIALS = (
    "It is not {}.",
    "The answer isn't {}.",
    "I doubt that it is {}.",
    "It is definitely not {}.",
    "I don't think it's {}.",
    "{} is wrong.",
    "{} would be incorrect.",
    "Rather than {}, it is something else.",
    "Anything but {}.",
    "It would be a mistake to say {}.",
    "It is false that the answer is {}.",
    "Nobody would say {}.",
    "One can rule out {}.",
    "It can't be {}.",
    "There is no way that it is {}.",
    "It is {}. That is not true.",
    "Is it {}? No.",
    "{}? Certainly not.",
    "It was never {}.",
    "Contrary to what one reads, not {}.",
    "Instead of {} you get another value.",
    "I very much doubt {}.",
    "The claim that it is {} is false.",
    "It is hardly {}.",
    "Far from {}.",
)
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


@dataclass(frozen=True, slots=True)
class Attack:
    """One wrong answer."""

    kind: AttackKind
    target: Checked
    """The task whose answer it is not."""
    answer: str


def attacks(known: KnownAnswers, seed: int) -> Iterator[Attack]:
    """Wrong answers to every task that can be checked, the same for the same tasks and seed.

    A task that cannot be solved is attacked with other tasks' answers and with its own text. End states are
    never given: a task that only has one is left out.
    """
    targets = [each for each in known.tasks if (each.countable and _told(each)) or not each.solvable]
    with_answers = [each for each in targets if each.solvable]
    by_api: dict[str, list[Checked]] = {}
    for each in with_answers:
        for api in each.apis:
            by_api.setdefault(api, []).append(each)
    for target in targets:
        rng = random_of(seed, "check", "attack", target.instruction.instruction_id)
        own = [each for api in target.apis for each in by_api.get(api, ())]
        pools: tuple[tuple[AttackKind, list[Checked]], ...] = (
            ("other task, same API", own),
            ("other task", with_answers),
        )
        for kind, pool in pools:
            others = [each for each in pool if not _same_facts(each, target)]
            for other in rng.sample(others, min(OTHERS, len(others))):
                yield Attack(kind, target, said(other, rng))
        yield Attack("echo", target, target.instruction.text)
        if target.solvable:
            yield Attack("most frequent", target, _most_frequent(known, target, rng))
            yield Attack("many values", target, _many(known, target, rng))
            for form in rng.sample(DENIALS, 3):
                yield Attack("denied", target, _denied(target, form, rng))


def said(task: Checked, rng: Random) -> str:
    """The facts of a task as somebody would tell them."""
    facts = _told(task)
    manner = rng.choice(("labels", "sentences", "lines", "bare", "json"))
    if manner == "json":
        found: dict[str, dict[str, Any]] = {}
        for each in facts:
            call, _, place = each.path.partition(".")
            found.setdefault(call, {})[place] = json.loads(each.value)
        return json.dumps(next(iter(found.values())) if len(found) == 1 else list(found.values()))
    parts = [shown(json.loads(each.value), each, rng) for each in facts]
    if manner == "bare":
        return ", ".join(parts)
    labels = [_label(each) for each in facts]
    if manner == "sentences":
        return " ".join(f"The {label} is {part}." for label, part in zip(labels, parts, strict=True))
    between = "\n" if manner == "lines" else "; "
    return between.join(f"{label}: {part}" for label, part in zip(labels, parts, strict=True))


def shown(value: Any, fact: ExpectedFact, rng: Random) -> str:
    """A value in one of the spellings of its kind."""
    if isinstance(value, list):
        return ", ".join(shown(each, fact, rng) for each in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        number = rng.choice((f"{value}", f"{value:,}")) if abs(value) < 1e15 else f"{value}"
        return f"{number} {fact.unit}".strip()
    if fact.kind == "date" and rng.random() < 0.5:
        try:
            day = date.fromisoformat(value)
        except ValueError:
            return str(value)
        return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
    return str(value)


def _told(task: Checked) -> list[ExpectedFact]:
    """Facts that words can tell and a constant cannot."""
    facts = task.instruction.expected_facts
    return [each for each in facts if each.kind != "state" and each.path not in task.loose]


def _label(fact: ExpectedFact) -> str:
    steps = [step for step in fact.path.split(".")[1:] if not step.isdecimal()]
    return (steps[-1] if steps else "value").replace("_", " ")


def _same_facts(one: Checked, other: Checked) -> bool:
    """Whether one task's answer is a right answer to the other."""
    mine = {(each.kind, each.value) for each in _told(one)}
    return {(each.kind, each.value) for each in _told(other)} <= mine


def _most_frequent(known: KnownAnswers, target: Checked, rng: Random) -> str:
    """For each fact what most other calls of its API give; without others what most facts of its kind are."""
    parts = []
    for fact in _told(target):
        value = known.frequencies.commonest(place_of(target.task, fact.path), call_of(target.task, fact.path))
        if value is None:
            rivals = [each for each in _values_of_kind(known, fact.kind) if each != fact.value]
            value = max(sorted(set(rivals)), key=rivals.count, default="0")
        parts.append(f"{_label(fact)}: {shown(json.loads(value), fact, rng)}")
    return "; ".join(parts)


def _many(known: KnownAnswers, target: Checked, rng: Random) -> str:
    """A list of guesses for each fact, the right one among them."""
    manner = rng.choice((", ", " or ", "\n", "; ", "sentences", "maybe"))
    parts = []
    for fact in _told(target):
        guesses = _guesses(known, target, fact, rng)
        texts = [shown(json.loads(each), fact, rng) for each in guesses]
        if manner == "sentences":
            parts.append(" ".join(f"The {_label(fact)} is {each}." for each in texts))
        elif manner == "maybe":
            parts.append(" ".join(f"Maybe it is {each}." for each in texts))
        else:
            parts.append(f"{_label(fact)}: {manner.join(texts)}")
    return "\n".join(parts)


def _guesses(known: KnownAnswers, target: Checked, fact: ExpectedFact, rng: Random) -> list[str]:
    place = place_of(target.task, fact.path)
    near = [each for each in known.frequencies.seen.get(place, {}) if each != fact.value]
    far = [each for each in _values_of_kind(known, fact.kind) if each != fact.value]
    wanted = rng.randint(*MANY)
    pool = list(dict.fromkeys([*near, *rng.sample(far, min(wanted, len(far))), *_neighbours(fact)]))
    guesses = [fact.value, *pool[: wanted - 1]]
    rng.shuffle(guesses)
    return guesses


def _neighbours(fact: ExpectedFact) -> list[str]:
    """Numbers beside the right one, for files too small to have others."""
    value = json.loads(fact.value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return []
    return [json.dumps(value + step) for step in (-3, -2, -1, 1, 2, 3)]


def _values_of_kind(known: KnownAnswers, kind: str) -> list[str]:
    return [
        fact.value for each in known.tasks for fact in each.instruction.expected_facts if fact.kind == kind
    ]


def _denied(target: Checked, form: str, rng: Random) -> str:
    """Every fact told, and denied."""
    return " ".join(form.format(shown(json.loads(each.value), each, rng)) for each in _told(target))


def rates(outcomes: Sequence[tuple[Attack, bool]]) -> dict[AttackKind, tuple[int, int]]:
    """Accepted and tried, by kind."""
    counts = dict.fromkeys(KINDS, (0, 0))
    for attack, accepted in outcomes:
        passed, tried = counts[attack.kind]
        counts[attack.kind] = (passed + accepted, tried + 1)
    return counts
