"""What the check by code refuses and accepts.

    python -m tests.bench.check_quality TASKS.jsonl

False rejects are counted on right answers in other formats, written by hand; false accepts on answers that
must not pass, made of the tasks themselves (`foundry check --attack`), and on near misses written by hand.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from tasks.evaluation.check import try_attacks
from tests.bench.bars import record
from tests.tasks.facts.written import Written, written


def bench_check(tasks: Path, seed: int = 1) -> None:
    """Print and record both rates."""
    report = try_attacks(str(tasks), seed)
    for name, row in {"all attacks": report, **report["by_attack"]}.items():
        print(f"false accepts, {name}: {row['accepted']} of {row['tried']} ({row['rate']:.2%})", flush=True)
    apis = {api: row for api, row in report["by_api"].items() if row["accepted"]}
    for api, row in sorted(apis.items(), key=lambda pair: -pair[1]["rate"]):
        print(f"    {api}: {row['accepted']} of {row['tried']}")
    print(f"    none of the other {len(report['by_api']) - len(apis)} APIs", flush=True)
    record("check: false accepts", f"{report['accepted']} of {report['tried']} ({report['rate']:.2%})")
    right, wrong = written("right_answers"), written("wrong_answers")
    rejected = _of(right, correct=False)
    print(f"false rejects, right answers by hand: {rejected} of {len(right)} ({rejected / len(right):.2%})")
    accepted = _of(wrong, correct=True)
    print(
        f"false accepts, near misses by hand: {accepted} of {len(wrong)} ({accepted / len(wrong):.2%})",
        flush=True,
    )
    record("check: false rejects", f"{rejected} of {len(right)} ({rejected / len(right):.2%})")


def _of(answers: Sequence[Written], correct: bool) -> int:
    return sum(each.judged().correct is correct for each in answers)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    bench_check(Path(sys.argv[1]))
