"""Every numeric promise in one table: `make bars` prints it, benchmarks and the demo write into it.

    python -m tests.bench.bars                              print
    python -m tests.bench.bars record NAME VALUE            write down a measurement of this commit

A promise stands in `bars.toml`; its last measurement in `measured.json` with commit and time. What was never
measured says so.
"""

import json
import subprocess
import sys
import tomllib
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

HERE = Path(__file__).parent
PROMISES, MEASURED = HERE / "bars.toml", HERE / "measured.json"


def record(name: str, value: str) -> None:
    """Write down a value for a promise.

    Raises:
        SystemExit: there is no promise of that name.
    """
    promises = [bar["name"] for bar in _promises()]
    if name not in promises:
        raise SystemExit(f"no promise is named '{name}'; bars.toml lists {', '.join(promises)}")
    measured = _measured()
    measured[name] = {
        "value": value,
        "commit": _commit(),
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    MEASURED.write_text(json.dumps(measured, indent=1, sort_keys=True) + "\n")


def print_table() -> None:
    """The table of promises."""
    grid = Table(title="Numeric promises", title_justify="left")
    for column in ("issue", "promise", "command", "goal", "last value", "commit", "age"):
        grid.add_column(column, overflow="fold")
    measured = _measured()
    for bar in _promises():
        found = measured.get(bar["name"])
        last = (
            (found["value"], found["commit"], _age(found["time"])) if found else ("not measured yet", "", "")
        )
        grid.add_row(str(bar["issue"]), bar["name"], bar["command"], bar["goal"], *last)
    Console(width=180).print(grid)


def _promises() -> list[dict[str, str]]:
    bars: list[dict[str, str]] = tomllib.loads(PROMISES.read_text())["bar"]
    return bars


def _measured() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads(MEASURED.read_text()) if MEASURED.exists() else {}
    return found


def _commit() -> str:
    command = ["git", "-C", str(HERE), "describe", "--always", "--dirty"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip() or "unknown"


def _age(then: str) -> str:
    hours = (datetime.now(UTC) - datetime.fromisoformat(then)).total_seconds() / 3600
    return f"{hours:.0f} h" if hours < 48 else f"{hours / 24:.0f} days"


if __name__ == "__main__":
    if sys.argv[1:2] == ["record"] and len(sys.argv) == 4:
        record(sys.argv[2], sys.argv[3])
    elif len(sys.argv) == 1:
        print_table()
    else:
        raise SystemExit(__doc__)
