"""Our trees against the published algorithm's, through the command line: `make bench-conformance`.

For each method: a fresh scripted world, `foundry annotate` over 120 real instructions at concurrency 64,
`foundry export toolbench`, and the comparison tool of the reference data. What agrees is written into the
table of promises.
"""

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.bars import record

SHARED = Path(os.environ.get("FOUNDRY_SHARED", Path(__file__).parents[3] / "shared")).absolute()
METHODS = ("DFS_woFilter_w2", "DFS_woFilter_w3", "CoT@1", "CoT@5")
SEED = 7


def main() -> None:
    """Measure every method, print a line each, exit 1 when a tree differs."""
    if not SHARED.is_dir():
        raise SystemExit(f"no reference data at {SHARED}; set FOUNDRY_SHARED")
    differs = False
    for method in METHODS:
        began = time.monotonic()
        agreed, of = measure(method)
        differs |= agreed != of
        print(f"{method}: {agreed} of {of} trees agree, {time.monotonic() - began:.1f} s", flush=True)
        record(f"conformance {method}", f"{agreed} of {of} trees")
    raise SystemExit(differs)


def measure(method: str) -> tuple[int, int]:
    """Trees that agree, and all, of one method."""
    conformance, tools = SHARED / "data" / "conformance", SHARED / "tools"
    port = _free_port()
    world = subprocess.Popen(
        [sys.executable, str(tools / "scripted_world.py"), "--port", str(port), "--seed", str(SEED)],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert world.stdout is not None
        world.stdout.readline()
        with tempfile.TemporaryDirectory(prefix="foundry-bench-") as scratch:
            surroundings = {
                **os.environ,
                "OPENAI_BASE_URL": f"http://127.0.0.1:{port}/v1",
                "FOUNDRY_STATE": f"{scratch}/state",
                "FOUNDRY_LEDGER": f"{scratch}/ledger.sqlite",
            }
            foundry = [sys.executable, "-m", "flows"]
            annotate = [
                *(*foundry, "annotate", "--instructions", str(conformance / "queries.json")),
                *("--toolenv", str(conformance / "tools"), "--method", method, "--model", "scripted"),
                *("--environment", "proxy", "--api-proxy", f"http://127.0.0.1:{port}/rapidapi"),
                *("--concurrency", "64", "--trajectories", f"{scratch}/trajectories/v1"),
            ]
            export = [*foundry, "export", "toolbench", f"{scratch}/trajectories/v1", f"{scratch}/answers"]
            for command in (annotate, export):
                subprocess.run(command, env=surroundings, check=True, capture_output=True)
            compared = subprocess.run(
                [
                    *(sys.executable, str(tools / "canonical_tree.py"), f"{scratch}/answers"),
                    *("--expect", str(conformance / f"expected-seed{SEED}-{method}.jsonl")),
                ],
                capture_output=True,
                text=True,
                check=False,
            )
    finally:
        world.terminate()
        world.wait()
    found = re.search(r"(\d+) of (\d+) trees agree", compared.stdout)
    if found is None:
        raise SystemExit(f"the comparison said: {compared.stdout}{compared.stderr}")
    return int(found[1]), int(found[2])


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
