"""How long the spend dashboard takes to open on a million calls: `make bench-spend`.

    python -m tests.bench.dashboard [--calls 1000000] [--times 3] [--ledger FILE]

A ledger of 14 days is made: six runs, one after the other, of three stages of 40 shards each, eight of them
at a time; three models, failures, lost calls. The dashboard is served as `make dashboard` does, and opened in
headless Chromium at the width of a desk and of a phone. "Opens" is from the request for the page until the
figures of all calls are on it. Reading a ledger of this size for the first time, which happens once while the
server starts, is printed apart. CPU time stands beside wall time: a busy machine stretches only the latter.
An app of marimo that says nothing is opened in turn with ours: what no dashboard of its kind can beat.
Each opening is a browser's first visit, with nothing in its cache.
"""

import argparse
import os
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tasks.llm.ledger import Ledger
from tasks.llm.spending.calls import WatchedLedger
from tests.bench.bars import record
from tests.browsing import browser_page

BAR, MOST_S = "dashboard on 1,000,000 rows", 3.0
WIDTHS = (1280, 390)
PATIENCE_MS = 240_000
_CALLS = """
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < :count - 1),
drawn AS (SELECT i, abs(random()) AS r, i * 6 / :count AS run, i * 18 / :count % 3 AS part,
    i * 90 / :count % 5 AS eight, 
    strftime('%Y-%m-%dT%H:%M:%S', '2026-11-01', (i * 14.0 / :count) || ' days') AS t FROM n),
placed AS (SELECT *, CASE part WHEN 0 THEN 'instruct' WHEN 1 THEN 'annotate' ELSE 'tooleval' END
    AS stage FROM drawn)
INSERT INTO calls (run, stage, shard, address, subject, model, request, ordinal, day, created, host, pid,
    state, reserved, cost, uncached, cached, cache_write, output, latency_s, status, price, repeated, born)
SELECT 'run' || run, stage, 8 * eight + r / 7 % 8, '/srv/tables/run' || run || '/' || stage || '/v1',
    printf('%016x', r), CASE r % 3 WHEN 0 THEN 'gpt-4o-mini' WHEN 1 THEN 'gpt-4o' ELSE 'claude-haiku-4-5' END,
    printf('%032x', r), 0, substr(t, 1, 10), t || '.000000+00:00', 'host-1', 4242,
    CASE WHEN r / 31 % 1000 = 0 THEN 'lost' ELSE 'settled' END, 3000000, 100000 + r % 2000000, r % 3000,
    r / 11 % 1000, 0, 20 + r % 280, (r % 5000) / 1000.0,
    CASE WHEN r / 13 % 33 = 0 THEN 'ModelOverloaded' ELSE 'ok' END, 'genai-prices', 0, '1'
FROM placed
"""


def main() -> int:
    """Measure, print, write the bar down when it is a million; exit code 1 when it is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--calls", type=int, default=1_000_000, help="rows of the ledger")
    parser.add_argument("--times", type=int, default=3, help="openings at each width")
    parser.add_argument("--ledger", type=Path, help="keep the ledger there, use it when it is there")
    words = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="foundry-dashboard-") as folder:
        path = words.ledger or Path(folder, "ledger.sqlite")
        if not path.exists():
            make_ledger(path, words.calls)
        began, cpu = time.perf_counter(), time.process_time()
        sums = WatchedLedger(path).read()
        first_s, first_cpu_s = time.perf_counter() - began, time.process_time() - cpu
        calls = sum(sums["calls"].to_pylist())
        print(f"{calls:,} calls, {path.stat().st_size / 1e6:,.0f} MB: {sums.num_rows:,} sums")
        print(f"first reading {first_s:.2f} s, {first_cpu_s:.2f} s of CPU, load {os.getloadavg()[0]:.1f}")
        with served(path, Path(folder)) as (address, pid):
            before_s = cpu_of(pid)
            opened: dict[int, list[float]] = {width: [] for width in WIDTHS}
            floor = []
            with empty_app(Path(folder)) as empty:
                for width in WIDTHS:
                    for _ in range(words.times):
                        opened[width].append(_opened(address, width))
                        floor.append(_opened(empty, width, "nothing at all"))
            cpu_s = (cpu_of(pid) - before_s) / (len(WIDTHS) * words.times)
    for width, found in opened.items():
        print(f"opens at {width} px: " + ", ".join(f"{each:.2f} s" for each in found))
    print(
        f"CPU of the server for each opening, all of the page: {cpu_s:.2f} s; load {os.getloadavg()[0]:.1f}"
    )
    print(f"an empty app of marimo's in between: median {statistics.median(floor):.2f} s")
    middle = statistics.median(each for found in opened.values() for each in found)
    print(f"median {middle:.2f} s; goal under {MOST_S:g} s")
    if calls >= 1_000_000:
        record(BAR, f"{middle:.2f} s (first reading of the ledger, at the server's start: {first_s:.1f} s)")
    return int(middle >= MOST_S)


def make_ledger(path: Path, calls: int) -> None:
    """A ledger with that many calls, its indexes made last."""
    ledger = Ledger(path)
    for number in range(6):
        ledger.set_cap(f"run:run{number}/annotate", 150_000.0)
    ledger.close()
    rows = sqlite3.connect(path)
    indexes = rows.execute(
        "SELECT name, sql FROM sqlite_master WHERE type='index' AND sql IS NOT NULL"
    ).fetchall()
    for name, _ in indexes:
        rows.execute(f"DROP INDEX {name}")
    rows.execute(_CALLS, {"count": calls})
    for _, statement in indexes:
        rows.execute(statement)
    rows.execute(
        "INSERT INTO scopes (scope, settled) SELECT 'day:' || day, SUM(cost) FROM calls GROUP BY day"
    )
    rows.execute(
        "INSERT INTO scopes (scope, settled) SELECT 'run:' || run || '/' || stage, SUM(cost) FROM calls"
        " GROUP BY run, stage ON CONFLICT (scope) DO UPDATE SET settled = excluded.settled"
    )
    rows.commit()
    rows.close()


@contextmanager
def served(ledger: Path, folder: Path) -> Iterator[tuple[str, int]]:
    """The dashboard of a ledger, ready; its address and process."""
    settings = {
        **os.environ,
        "FOUNDRY_LEDGER": str(ledger),
        "FOUNDRY_STATE": str(folder / "state"),
        "FOUNDRY_ROOT": str(folder / "tables"),
    }
    command = [sys.executable, "-m", "infra.local.dashboard"]
    with subprocess.Popen(command, env=settings, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            line = next((each for each in server.stdout if "http://" in each), "")
            assert line, "the dashboard does not start"
            address = line.split()[1]
            with httpx.Client(transport=httpx.HTTPTransport(retries=10), timeout=60) as client:
                client.get(f"{address}/health").raise_for_status()
                # The first visit waits for what is read at the start.
                _opened(address, WIDTHS[0])
            yield address, server.pid
        finally:
            server.terminate()


@contextmanager
def empty_app(folder: Path) -> Iterator[str]:
    """An app of marimo's without anything in it, as its own command serves it; its address."""
    notebook = folder / "empty.py"
    notebook.write_text(
        "import marimo\n\napp = marimo.App()\n\n\n@app.cell\ndef _():\n    import marimo as mo\n\n"
        "    mo.md('nothing at all')\n    return\n\n\nif __name__ == '__main__':\n    app.run()\n"
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = ["run", str(notebook), "--host=127.0.0.1", f"--port={port}", "--headless", "--no-token"]
    command = [sys.executable, "-m", "marimo", "-q", *words]
    settings = {**os.environ, "XDG_CONFIG_HOME": str(folder), "XDG_CACHE_HOME": str(folder)}
    with subprocess.Popen(command, env=settings, stdout=subprocess.DEVNULL) as server:
        try:
            address, deadline = f"http://127.0.0.1:{port}", time.monotonic() + 120
            while time.monotonic() < deadline:
                try:
                    httpx.get(f"{address}/health", timeout=60).raise_for_status()
                    break
                except httpx.TransportError:
                    time.sleep(0.2)
            _opened(address, WIDTHS[0], "nothing at all")
            yield address
        finally:
            server.terminate()


def cpu_of(pid: int) -> float:
    """Seconds of CPU that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _opened(address: str, width: int, said: str = "booked for this choice") -> float:
    with browser_page(width, 900) as page:
        page.set_default_navigation_timeout(PATIENCE_MS)
        began = time.perf_counter()
        page.goto(address)
        page.get_by_text(said).first.wait_for(timeout=PATIENCE_MS)
        return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())
