"""ToolEval's pass rate: from what a judge says of answer and task to one verdict (pure).

Source: ToolLLM (Qin et al., 2023, arXiv:2307.16789), appendix A.5, and the behaviour of ToolBench's code
where the two differ: the code's matrix of answer status and task status is followed, its chance is not.
Where the judge cannot tell, ToolBench flips an unseeded coin, and a tie of votes counts as passed in the
printed rate and by another coin in the file. Here such an answer stays `unsure`, is not counted as passed,
and is shown apart. `published` brings the coins back, seeded, for comparisons with published figures.
"""

import random
from collections import Counter
from collections.abc import Sequence
from typing import Literal

AnswerStatus = Literal["Solved", "Unsure", "Unsolved"]
TaskStatus = Literal["Solvable", "Unsure", "Unsolvable"]
Verdict = Literal["pass", "fail", "unsure"]
Rule = Literal["repaired", "published"]

VERSION = "1"
"""Part of `Result.rule` and of the fingerprint: raise it when the same votes give another verdict."""

_MATRIX: dict[tuple[AnswerStatus, TaskStatus], Verdict] = {
    ("Unsolved", "Solvable"): "fail",
    ("Unsolved", "Unsure"): "unsure",
    ("Unsolved", "Unsolvable"): "pass",
    ("Unsure", "Solvable"): "unsure",
    ("Unsure", "Unsure"): "unsure",
    ("Unsure", "Unsolvable"): "pass",
}


def rule_name(rule: Rule) -> str:
    """How a rule is written into rows, e.g. `tooleval-pass-repaired-1`."""
    return f"tooleval-pass-{rule}-{VERSION}"


def label(answer: AnswerStatus, task: TaskStatus | None) -> Verdict:
    """The label of one vote. A solved task passes whatever else is said, so it needs no task status.

    Raises:
        ValueError: an answer that is not solved comes without a task status.
    """
    if answer == "Solved":
        return "pass"
    if task is None:
        raise ValueError(f"an answer that is {answer} has no label without the status of its task")
    return _MATRIX[answer, task]


def counted(labels: Sequence[Verdict], rule: Rule, coin: random.Random) -> list[Verdict]:
    """The labels as they are counted: under `published`, a coin decides each `unsure`."""
    if rule == "repaired":
        return list(labels)
    return [coin.choice(("pass", "fail")) if each == "unsure" else each for each in labels]


def majority(labels: Sequence[Verdict], rule: Rule) -> Verdict:
    """The verdict of all votes.

    Args:
        labels: as they are counted, one a vote.
        rule: `repaired` takes the label with most votes, and `unsure` where two share that place;
            `published` passes what is not failed by more votes than pass it.

    Raises:
        ValueError: there is no vote.
    """
    if not labels:
        raise ValueError("a verdict needs a vote")
    votes = Counter(labels)
    if rule == "published":
        return "pass" if votes["fail"] <= votes["pass"] else "fail"
    (first, most), *rest = votes.most_common()
    return "unsure" if rest and rest[0][1] == most else first
