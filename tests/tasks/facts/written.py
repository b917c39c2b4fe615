"""Answers written by hand, right and wrong, and how the judge takes them."""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from tasks.facts import Judgement, judge
from tasks.facts.checkable import loose_paths
from tasks.records import ExpectedFact

FOLDER = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Written:
    """One answer, and what it is to tell."""

    question: str
    facts: tuple[ExpectedFact, ...]
    answer: str
    note: str
    batch: int
    solvable: bool
    state: str | None

    def judged(self) -> Judgement:
        loose = frozenset(loose_paths(self.facts, self.question, {}))
        return judge(
            self.answer,
            self.facts,
            self.question,
            solvable=self.solvable,
            end_state=self.state,
            loose=loose,
        )


@lru_cache
def written(name: str) -> tuple[Written, ...]:
    """The answers of `right_answers` or `wrong_answers`."""
    lines = (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return tuple(_written(json.loads(line)) for line in lines)


def fact(
    value: Any, kind: str = "number", path: str = "0.value", tolerance: float = 0.0, unit: str = ""
) -> Any:
    """An expected fact."""
    return ExpectedFact(path, json.dumps(value, ensure_ascii=False), kind, tolerance, unit)  # type: ignore[arg-type]


def _written(row: dict[str, Any]) -> Written:
    facts = tuple(
        fact(each["value"], each["kind"], each["path"], each["tolerance"], each["unit"])
        for each in row["facts"]
    )
    state = json.dumps(row["state"]) if "state" in row else None
    return Written(
        row["question"],
        facts,
        row["answer"],
        row["note"],
        row.get("batch", 0),
        row.get("solvable", True),
        state,
    )
