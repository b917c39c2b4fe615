"""What the crawl's filter makes of the APIs that are broken on purpose: right decisions by kind of fault.

The plants file is the hub's own list of what is broken and what a good filter does with it; the crawler never
sees it. Sound APIs that are rejected count against the filter, too.
"""

import json
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path

from rich.console import Console
from rich.table import Table as Grid

from tasks.records import Api, Reject
from tasks.storage.table import Table
from tests.bench.bars import record
from tests.bench.sandbox.servers import ROOT, environment, hub_client, serving, url


def bench_crawl(folder: Path) -> None:
    """Crawl a hub and compare the catalogue with what was planted."""
    plants, catalog = folder / "plants.json", folder / "catalog"
    with serving("infra.sandbox.hub", "--plants-to", plants) as (_, port):
        with hub_client(port) as client:
            key = client.headers["X-Hub-Key"]
        command = [sys.executable, "-m", "flows", "crawl", "--location", url(port), "--catalog", str(catalog)]
        subprocess.run(
            command, cwd=ROOT, env=environment(key, 0, folder / "state"), check=True, capture_output=True
        )
    planted = {
        f"hub/{row['tool']}/{row['api']}": row for row in json.loads(plants.read_text()) if "at" not in row
    }
    kept = {api.api_id for api in Table.open(str(catalog)).records(Api, "apis")}
    rejected = {row.subject_id: row.reason for row in Table.open(str(catalog)).records(Reject, "rejects")}
    reasons: dict[str, Counter[str]] = defaultdict(Counter)
    right: Counter[str] = Counter()
    for api_id, row in planted.items():
        reasons[row["kind"]][rejected.get(api_id, "kept")] += 1
        right[row["kind"]] += (api_id in kept) == (row["expected"] == "keep")
    sound_rejected = sorted(api_id for api_id in rejected if api_id not in planted and api_id.count("/") == 2)
    _print(planted, reasons, right, sound_rejected)
    share = f"{sum(right.values())} of {len(planted)} planted APIs decided rightly"
    record(
        "planted APIs",
        f"{len(planted)} in {len(reasons)} ways ({len(planted) / (len(kept) + len(rejected)):.0%})",
    )
    record("crawl filter", f"{share}; {len(sound_rejected)} sound ones rejected")


def _print(
    planted: dict[str, dict[str, str]],
    reasons: dict[str, Counter[str]],
    right: Counter[str],
    sound_rejected: list[str],
) -> None:
    grid = Grid(title="What the crawl makes of broken APIs", title_justify="left")
    for heading in ("kind", "expected", "planted", "right", "decided"):
        grid.add_column(heading)
    expected = {row["kind"]: row["expected"] for row in planted.values()}
    for kind, found in sorted(reasons.items()):
        decided = ", ".join(f"{reason} {count}" for reason, count in found.most_common())
        grid.add_row(kind, expected[kind], str(found.total()), str(right[kind]), decided)
    Console(width=120).print(grid)
    print(f"sound APIs that were rejected: {len(sound_rejected)} {', '.join(sound_rejected[:8])}", flush=True)
