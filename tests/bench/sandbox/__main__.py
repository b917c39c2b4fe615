"""`make bench-sandbox`: size, speed, faults, teacher and check of the sandbox, measured in one run.

    python -m tests.bench.sandbox [--only size,speed,crawl,accuracy,check] [--count 200]

Sections: `size` (what the hub offers, second sources, megabytes), `speed` (replies a second), `crawl` (what
the filter makes of broken APIs), `accuracy` (how often the teacher is right, by skill and stubbornness; the
shape of its mistakes beside real ones), `check` (false accepts and rejects of the check by code).
"""

import argparse
import tempfile
from pathlib import Path

from tests.bench.check_quality import bench_check
from tests.bench.sandbox.accuracy import METHODS, bench_accuracy, model_name, place, searched
from tests.bench.sandbox.crawl import bench_crawl
from tests.bench.sandbox.size import bench_size
from tests.bench.sandbox.speed import bench_hub, bench_teacher
from tests.bench.teacher_rates import fitted_against_real, rates_of

SECTIONS = ("size", "speed", "crawl", "accuracy", "check")


def main() -> None:
    """Measure and print the sections asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", default=",".join(SECTIONS), help="comma list of sections")
    parser.add_argument("--count", type=int, default=200, help="tasks for the accuracy of the teacher")
    words = parser.parse_args()
    wanted = words.only.split(",")
    if unknown := set(wanted) - set(SECTIONS):
        parser.error(f"no section {', '.join(sorted(unknown))}; there are {', '.join(SECTIONS)}")
    with tempfile.TemporaryDirectory(prefix="foundry-bench-") as scratch:
        folder = Path(scratch)
        if "size" in wanted:
            bench_size()
        if "speed" in wanted:
            bench_hub()
            bench_teacher()
        if "crawl" in wanted:
            bench_crawl(folder)
        if "accuracy" in wanted or "check" in wanted:
            with place(folder, words.count) as here:
                if "accuracy" in wanted:
                    bench_accuracy(here)
                    tables = [searched(here, model_name("middle", 0.0), method) for method in METHODS]
                    print("\nThe shape of rehearsal-middle's searches beside published ones")
                    print(fitted_against_real(*(rates_of(str(table)) for table in tables)), flush=True)
                if "check" in wanted:
                    bench_check(here.tasks)


if __name__ == "__main__":
    main()
