"""Dry runs held against what came: `make bench-forecast`.

    python -m tests.bench.forecast [--first-seed 701] [--runs 20] [--lists 4] [--count 120]
                                   [--pilot-size 40] [--folder FOLDER] [--record]
                                   [--first-token-s 0.3] [--tokens-per-s 200]

Each run has its own seed, method and skill of the rehearsal teacher, and one of the lists of tasks, at the
prices of `make bench-search`. First a dry run, whose pilot is searched with another seed than
the run's, then the run, whose report compares. Seeds from 900 on were used to fit the forecast and are not
to be reported. With --folder a bench that was stopped goes on.
"""

import argparse
import json
import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tasks.annotation import stage
from tasks.annotation.analysis.sheets import Sheet, as_markdown, sheet
from tasks.annotation.forecast.dry_run import forecast
from tasks.annotation.forecast.record import LABELS, MEASURES
from tasks.annotation.stage import Parameters
from tasks.evaluation.intervals import wilson
from tasks.storage.stage import Silent
from tests.bench.bars import record
from tests.bench.search.cells import Bench, bench

METHODS = ("DFS_woFilter_w2", "CoT@1", "foundry")
SKILLS = ("rehearsal-middle", "rehearsal-weak", "rehearsal-strong", "rehearsal-middle-stubborn0.5")
AT_ONCE = 2
PROMISE, GOAL = "dry-run interval holds the truth", 17


@dataclass(frozen=True, slots=True)
class Trial:
    """One forecast and its run."""

    seed: int
    method: str
    model: str
    forecast: dict[str, Any]
    report: dict[str, Any]

    def holds(self, measure: str) -> bool | None:
        """Whether the interval held the truth; None where the run could not tell."""
        found: bool | None = self.report["figures"].get(f"forecast_{measure}_inside")
        return found

    def width(self, measure: str) -> float | None:
        """Of the interval, as a share of what was expected."""
        span = self.forecast["spans"].get(measure)
        return (span["high"] - span["low"]) / span["expected"] if span and span["expected"] else None


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--first-seed", type=int, default=701)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--count", type=int, default=120, help="instructions a run")
    parser.add_argument("--pilot-size", type=int, default=40, help="instructions of a pilot")
    parser.add_argument("--lists", type=int, default=4, help="lists of tasks; runs take them in turn")
    parser.add_argument(
        "--first-token-s", type=float, default=0.0, help="of a reply: with none, hours are those of two cores"
    )
    parser.add_argument("--tokens-per-s", type=float, default=0.0, help="of a reply; 0: all at once")
    parser.add_argument("--folder", type=Path, help="keep tasks and tables there, and go on from them")
    parser.add_argument("--record", action="store_true", help="write the coverage into `make bars`")
    words = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))
    seeds = range(words.first_seed, words.first_seed + words.runs)
    with tempfile.TemporaryDirectory(prefix="foundry-bench-") as scratch:
        folder = words.folder or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        pace = ("--first-token-s", words.first_token_s, "--tokens-per-s", words.tokens_per_s)
        with (
            bench(folder, seeds[: words.lists], words.count, pace) as here,
            ThreadPoolExecutor(AT_ONCE) as pool,
        ):
            os.environ.update(here.variables)
            trials = list(
                pool.map(lambda seed: _trial(here, seed, seed - words.first_seed, words.pilot_size), seeds)
            )
    print(as_markdown(list(_sheets(trials))))
    held = sum(trial.holds("usd") is True for trial in trials)
    if words.record and len(trials) == 20:
        record(PROMISE, f"{held} of {len(trials)}")
    if len(trials) == 20 and held < GOAL:
        raise SystemExit(f"the interval of USD held the truth in {held} of 20 runs; {GOAL} are promised")


def _trial(here: Bench, seed: int, number: int, pilot_size: int) -> Trial:
    method, model = METHODS[number % len(METHODS)], SKILLS[number // len(METHODS) % len(SKILLS)]
    address = here.address(model, method, seed)
    parameters = Parameters(
        instructions=str(list(here.tasks.values())[number % len(here.tasks)]),
        trajectories=str(address),
        model=model,
        method=method,
        seed=seed,
        concurrency=16,
        allow_writes="all",
        pilot_size=pilot_size,
    )
    kept = address.with_suffix(".forecast.json")
    if not kept.exists():
        # The pilot is named, so that no run is forecast from another one of the bench.
        dry = parameters.model_copy(update={"dry_run": True, "pilot": model})
        kept.write_text(forecast(dry, Silent()).to_json())
    report = json.loads(stage.run(parameters, Silent()).to_json())
    trial = Trial(seed, method, model, json.loads(kept.read_text()), report)
    print(f"seed {seed}, {method}, {model}: USD held {trial.holds('usd')}", file=sys.stderr, flush=True)
    return trial


def _sheets(trials: list[Trial]) -> Iterator[Sheet]:
    rows = []
    for trial in trials:
        span, usd = trial.forecast["spans"]["usd"], trial.report["cost_usd"]
        off = usd / span["expected"] - 1
        rows.append(
            (
                trial.seed, trial.method, trial.model, f"{span['expected']:.4f}",
                f"{span['low']:.4f} to {span['high']:.4f}", f"{usd:.4f}", f"{off:+.1%}",
                "inside" if trial.holds("usd") else "OUTSIDE",
            )
        )  # fmt: skip
    headings = ("seed", "method", "model", "forecast USD", "90 % interval", "actual USD", "off by", "")
    yield sheet("runs", "Forecast and truth", headings, rows)
    rows = []
    for measure in MEASURES:
        known = [trial.holds(measure) for trial in trials if trial.holds(measure) is not None]
        widths = [width for trial in trials if (width := trial.width(measure)) is not None]
        if known and widths:
            low, high = wilson(sum(known), len(known))
            share = f"{sum(known) / len(known):.0%} ({low:.0%} to {high:.0%})"
            rows.append(
                (LABELS[measure], f"{sum(known)} of {len(known)}", share, f"{sum(widths) / len(widths):.0%}")
            )
    yield sheet(
        "coverage", "Coverage of the 90 % intervals", ("measure", "held", "share (95 %)", "mean width"), rows
    )


if __name__ == "__main__":
    main()
