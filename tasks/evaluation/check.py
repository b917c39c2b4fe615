"""Judges answers to tasks with known answers by code, and tries the judge with answers that must not pass."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tasks.evaluation.attacks import KINDS, Attack, attacks
from tasks.evaluation.given import Given, by_task, load_given
from tasks.evaluation.intervals import wilson
from tasks.evaluation.known import Checked, KnownAnswers, expecting_state, load_known
from tasks.facts.judging import VERSION, Finding, Judgement, judge

UNANSWERED = Judgement(False, (Finding("", "missing", "it was not answered"),))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one task."""

    task: Checked
    answered: bool
    judgement: Judgement

    @property
    def counted(self) -> bool:
        """Whether it is part of the rate: something of it could be checked."""
        return self.task.countable and self.judgement.checkable

    def row(self) -> dict[str, Any]:
        """As a line of JSON."""
        return {
            "instruction_id": self.task.instruction.instruction_id,
            "id": self.task.instruction.source_id,
            "correct": self.judgement.correct if self.counted else None,
            "answered": self.answered,
            "findings": [
                {
                    "path": each.path,
                    "outcome": each.outcome,
                    "reason": self.task.loose.get(each.path) or each.reason,
                }
                for each in self.judgement.findings
            ],
        }


def check(instructions: str, answers: str) -> tuple[dict[str, Any], list[Verdict]]:
    """Judge everybody's answers.

    Args:
        instructions: tasks file, or address of instructions with expected facts.
        answers: file of answers, or address of trajectories.

    Returns:
        the report, and the verdicts in the order of the tasks.

    Raises:
        ConfigurationError: one of them cannot be read, or they do not belong together.
    """
    known = load_known(instructions)
    given = by_task(load_given(answers), known.by_id(), answers)
    verdicts = [verdict(task, _answer_to(task, given)) for task in known.tasks]
    return report_of(verdicts), verdicts


def verdict(task: Checked, given: Given | None) -> Verdict:
    """Judge one answer; none at all is wrong."""
    if given is None or not (given.answer.strip() or given.gave_up or given.end_state):
        return Verdict(task, False, UNANSWERED)
    return Verdict(task, True, judged(task, given.answer, given.end_state, given.gave_up))


def judged(task: Checked, answer: str, end_state: str | None = None, gave_up: bool = False) -> Judgement:
    """The judgement of one answer to a task."""
    return judge(
        answer,
        task.instruction.expected_facts,
        task.instruction.text,
        solvable=task.solvable,
        end_state=end_state,
        loose=frozenset(task.loose),
        gave_up=gave_up,
    )


def report_of(verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """Rates over all and by API, group, number of calls, edges, and whether a task can be solved.

    Each rate is `{"judged", "correct", "rate", "low", "high"}` with Wilson's 95 % interval.
    """
    counted = [each for each in verdicts if each.counted]
    outcomes = Counter(
        finding.outcome
        for each in counted
        if not each.judgement.correct
        for finding in each.judgement.findings
        if finding.outcome not in ("told", "not_judged")
    )
    return {
        "rule": f"facts-{VERSION}",
        "tasks": len(verdicts),
        "not_checkable": len(verdicts) - len(counted),
        "unanswered": sum(not each.answered for each in counted),
        "expecting_state": expecting_state(each.task for each in verdicts),
        **_rate(counted),
        "wrong_facts": dict(outcomes.most_common()),
        "by_solvable": _by(counted, lambda each: ["yes" if each.task.solvable else "no"]),
        "by_group": _by(counted, lambda each: [each.task.instruction.group]),
        "by_calls": _by(counted, lambda each: [str(len(each.task.task.call_api_ids))] * each.task.solvable),
        "by_edges": _by(counted, lambda each: [str(each.task.task.edges)] * each.task.solvable),
        "by_api": _by(counted, lambda each: each.task.apis),
    }


def try_attacks(instructions: str, seed: int) -> dict[str, Any]:
    """How many answers that must not pass do pass, by kind of attack, by API and over all.

    Raises:
        ConfigurationError: the tasks cannot be read.
    """
    return attack_report(load_known(instructions), seed)


def attack_report(known: KnownAnswers, seed: int) -> dict[str, Any]:
    """The same for tasks that are read already."""
    outcomes = [(attack, judged(attack.target, attack.answer).correct) for attack in attacks(known, seed)]
    accepted = [attack for attack, correct in outcomes if correct]
    return {
        "rule": f"facts-{VERSION}",
        "tasks": len(known.tasks),
        "not_checkable": sum(not each.countable for each in known.tasks),
        **_false_accepts(outcomes),
        "by_attack": {
            kind: _false_accepts([each for each in outcomes if each[0].kind == kind]) for kind in KINDS
        },
        "by_api": {
            api: _false_accepts([each for each in outcomes if api in each[0].target.apis])
            for api in sorted({api for each in known.tasks for api in each.apis})
        },
        "examples": [
            {"id": each.target.instruction.source_id, "attack": each.kind, "answer": each.answer[:300]}
            for each in accepted[:10]
        ],
    }


def _answer_to(task: Checked, given: Mapping[str, Given]) -> Given | None:
    instruction = task.instruction
    return given.get(instruction.instruction_id) or given.get(instruction.source_id)


def _rate(verdicts: Sequence[Verdict]) -> dict[str, Any]:
    correct = sum(each.judgement.correct for each in verdicts)
    low, high = wilson(correct, len(verdicts))
    rate = correct / len(verdicts) if verdicts else 0.0
    return {"judged": len(verdicts), "correct": correct, "rate": rate, "low": low, "high": high}


def _false_accepts(outcomes: Sequence[tuple[Attack, bool]]) -> dict[str, Any]:
    accepted = sum(correct for _, correct in outcomes)
    low, high = wilson(accepted, len(outcomes))
    rate = accepted / len(outcomes) if outcomes else 0.0
    return {"tried": len(outcomes), "accepted": accepted, "rate": rate, "low": low, "high": high}


def _by(verdicts: Sequence[Verdict], keys: Callable[[Verdict], Iterable[str]]) -> dict[str, dict[str, Any]]:
    """Rates by what `keys` names; a verdict may belong to several."""
    members: dict[str, list[Verdict]] = {}
    for each in verdicts:
        for key in keys(each):
            members.setdefault(key, []).append(each)
    return {key: _rate(members[key]) for key in sorted(members)}
