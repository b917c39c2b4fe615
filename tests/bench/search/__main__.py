"""Searchers side by side at what they cost: `make bench-search`.

    python -m tests.bench.search [--only cells,frontier,levers] [--seeds 11,12,13,14,15] [--count 300]
                                 [--skills strong,middle,weak] [--stubborn 0,0.5,0.9] [--folder FOLDER]

Sections: `cells` (ours against DFSDT, ReACT and ReACT at DFSDT's cost, a row a skill and stubbornness: the
bars), `frontier` (every searcher on one cell, as table and picture), `levers` (each lever of ours taken out,
put in, and alone). All searches go through `foundry annotate`, all verdicts through `foundry check`. With
--folder a run that was stopped goes on. A few minutes: --only cells --seeds 11 --count 60 --skills middle.
"""

import argparse
import signal
import sys
from pathlib import Path

from tasks.annotation.analysis.sheets import as_markdown
from tasks.search.levers import LEFT_OUT, TAKEN
from tests.bench.sandbox.accuracy import model_name
from tests.bench.sandbox.servers import kept_or_scratch
from tests.bench.search.cells import METHODS, bench
from tests.bench.search.limit import limit
from tests.bench.search.picture import drawn
from tests.bench.search.sheets import cells_sheet, frontier_sheet, levers_sheet, limit_sheet

SECTIONS = ("cells", "frontier", "levers")
RIVALS = (
    *METHODS,
    *("CoT@2", "CoT@3", "CoT-SC@3", "Reflect@2", "DFS_woFilter_w3", "DFSDT_w2", "DFS_w2"),
    *("ToT-BFS", "ToT-DFS"),
)
TRIALS = (
    "foundry",
    *(f"foundry-{lever}" for lever in TAKEN),
    *(f"foundry+{lever}" for lever in LEFT_OUT),
    "foundry-all",
    *(f"foundry-all+{lever}" for lever in TAKEN),
)


def main() -> None:
    """Measure and print the sections asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", default=",".join(SECTIONS), help="comma list of sections")
    parser.add_argument("--seeds", default="11,12,13,14,15", help="of tasks and requests")
    parser.add_argument("--count", type=int, default=300, help="tasks a seed")
    parser.add_argument("--skills", default="strong,middle,weak", help="comma list")
    parser.add_argument("--stubborn", default="0,0.5,0.9", help="comma list of numbers between 0 and 1")
    parser.add_argument("--folder", type=Path, help="keep tasks and tables there, and go on from them")
    parser.add_argument("--picture", type=Path, help="where the picture of the frontier goes (.svg)")
    words = parser.parse_args()
    wanted = words.only.split(",")
    if unknown := set(wanted) - set(SECTIONS):
        parser.error(f"no section {', '.join(sorted(unknown))}; there are {', '.join(SECTIONS)}")
    seeds = [int(seed) for seed in words.seeds.split(",")]
    models = [
        model_name(skill, float(stubborn))
        for skill in words.skills.split(",")
        for stubborn in words.stubborn.split(",")
    ]
    # Ended from outside, it ends its servers too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))
    with kept_or_scratch(words.folder) as folder, bench(folder, seeds, words.count) as here:
        if "cells" in wanted:
            for model in here.searched(models, METHODS):
                found = {method: here.outcomes(model, method) for method in METHODS}
                print(as_markdown(cells_sheet(model, found)), "\n", flush=True)
            key = here.variables["FOUNDRY_HUB_KEY"]
            print(as_markdown([limit_sheet(limit(here.tasks.values(), key))]), "\n", flush=True)
        for section, methods in (("frontier", RIVALS), ("levers", TRIALS)):
            if section not in wanted:
                continue
            (model,) = here.searched(models[:1], methods)
            found = {method: here.outcomes(model, method) for method in methods}
            sheet = (frontier_sheet if section == "frontier" else levers_sheet)(models[0], found)
            print(as_markdown([sheet]), "\n", flush=True)
            if section == "frontier":
                picture = words.picture or folder / "frontier.svg"
                picture.write_text(drawn(models[0], found))
                print(f"picture: {picture}", file=sys.stderr)


if __name__ == "__main__":
    main()
