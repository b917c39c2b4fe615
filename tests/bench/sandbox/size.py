"""What the marketplace offers, how much of it has a second source, and what it weighs."""

import json
import subprocess
import sys

from tests.bench.bars import record
from tests.bench.install_size import sizes
from tests.bench.sandbox.servers import ROOT, hub_client, serving, url


def bench_size() -> None:
    """Tools, APIs, categories, collections, second sources, megabytes."""
    with serving("infra.sandbox.hub", "--plants", 0, "--drift", 0) as (_, port):
        with hub_client(port) as client:
            health = client.get("/healthz").json()
            totals = {
                kind: client.get(f"/hub/{kind}").json()["total"] for kind in ("categories", "collections")
            }
        command = [sys.executable, "-m", "infra.sandbox.second_sources", "--hub", url(port), "--json"]
        said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    size = f"{health['tools']} tools, {health['apis']} APIs, "
    size += f"{totals['categories']} categories, {totals['collections']} collections"
    print(f"hub: {size}", flush=True)
    record("hub size, whole", size)
    _second_sources(json.loads(said))
    megabytes = sum(sizes().values())
    print(f"default set of packages: {megabytes:.0f} MB installed", flush=True)
    record("sandbox install size", f"{megabytes:.1f} MB")


def _second_sources(found: dict[str, object]) -> None:
    comparisons = found["comparisons"]
    assert isinstance(comparisons, list) and isinstance(found["tools"], int)
    compared = {each["tool"] for each in comparisons}
    asked = sum(each["asked"] for each in comparisons)
    disagreed = sum(len(each["disagreements"]) for each in comparisons)
    share = f"{len(compared)} of {found['tools']} tools ({len(compared) / found['tools']:.0%})"
    text = f"{share}; of {asked:,} questions {disagreed} answered differently"
    print(f"second sources: {text}; `python -m infra.sandbox.second_sources` lists them", flush=True)
    record("tools with a second source", text)
