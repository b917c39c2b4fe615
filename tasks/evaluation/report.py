"""The evaluation table: pass rates with their intervals, by candidate and group (pure but for one read)."""

from collections.abc import Iterable, Sequence
from typing import Any

import orjson

from tasks.evaluation.intervals import wilson
from tasks.records import Result
from tasks.storage.table import Table

ALL = "all"


def evaluation_table(address: str, partial: bool = False) -> list[dict[str, Any]]:
    """The rows of `evaluation_rows` for a results table.

    Raises:
        IncompleteTable: a shard is unfinished and `partial` is not given.
    """
    return evaluation_rows(Table.open(address).records(Result, "results", partial))


def evaluation_rows(results: Iterable[Result]) -> list[dict[str, Any]]:
    """One row for each candidate over all groups, and one for each of its groups.

    Keys: candidate, model, method, group (`all`, I1, I2, I3), judged, passed, failed, unsure, pass_rate, low
    and high (95 % Wilson interval of the pass rate), called_unsolvable (tasks most of whose votes call them
    so), passed_as_unsolvable (of those, passed: without a solution). `unsure` counts as not passed.
    """
    by_candidate: dict[str, list[Result]] = {}
    for result in results:
        by_candidate.setdefault(result.candidate, []).append(result)
    rows: list[dict[str, Any]] = []
    for _, judged in sorted(by_candidate.items()):
        rows.append(_row(judged, ALL))
        for group in sorted({each.group for each in judged}):
            rows.append(_row([each for each in judged if each.group == group], group))
    return rows


def called_unsolvable(result: Result) -> bool:
    """Whether more than half of the votes call the task unsolvable."""
    votes: list[dict[str, object]] = orjson.loads(result.votes)
    return 2 * sum(vote["task_status"] == "Unsolvable" for vote in votes) > len(votes)


def unreadable_replies(results: Iterable[Result]) -> int:
    """Decisions that the judge was asked for and did not give."""
    return sum(
        decision["status"] is None
        for result in results
        for vote in orjson.loads(result.votes)
        for decision in vote["decisions"]
    )


def _row(judged: Sequence[Result], group: str) -> dict[str, Any]:
    passed = sum(each.verdict == "pass" for each in judged)
    low, high = wilson(passed, len(judged))
    unsolvable = [each for each in judged if called_unsolvable(each)]
    return {
        "candidate": judged[0].candidate,
        "model": judged[0].candidate_model,
        "method": judged[0].method,
        "group": group,
        "judged": len(judged),
        "passed": passed,
        "failed": sum(each.verdict == "fail" for each in judged),
        "unsure": sum(each.verdict == "unsure" for each in judged),
        "pass_rate": passed / len(judged),
        "low": low,
        "high": high,
        "called_unsolvable": len(unsolvable),
        "passed_as_unsolvable": sum(each.verdict == "pass" for each in unsolvable),
    }
