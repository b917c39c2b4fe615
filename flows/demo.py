"""`make demo`: brings up this clone, runs the factory's deployment, shows it as it goes and what came out.

Run again, it reuses what is finished. Ctrl-C cancels what runs; the next run continues.
"""

import argparse
import os
import sys
import time
from collections.abc import Sequence
from typing import Any

import httpx
from rich.console import Console

from infra.local.errors import LocalError
from infra.local.supervisor import Supervisor
from tasks.errors import FactoryError
from tasks.storage.state import state_folder

SIZES: dict[str, Any] = {
    "count": 24,
    "allow_writes": "all",
    "held_out": 0.25,
    "shards": 4,
    "student_steps": 40,
    "student_batch": 4,
    "evaluated": 12,
}
"""Small enough for two cores and five minutes, large enough for four shards and a falling loss. What is
written at the demo's own hub stays in sessions that are forked and dropped."""

LOG_WIDTH = 120
"""Characters of a line where nobody says how wide the output is."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the demo; return the exit code."""
    words = _parser().parse_args(arguments)
    console = Console(highlight=False, width=None if sys.stdout.isatty() else LOG_WIDTH)
    supervisor = Supervisor(state_folder(), say=console.print)
    try:
        return _run(supervisor, words, console)
    except (LocalError, FactoryError) as error:
        console.print(f"[red]{error}[/red]")
        return 1
    except httpx.TransportError as error:
        console.print(f"[red]the Prefect server no longer answers ({error}); 'make demo' continues[/red]")
        return 1
    except KeyboardInterrupt:
        console.print("stopped; 'make demo' continues, 'make down' ends what still runs")
        return 130


def _run(supervisor: Supervisor, words: argparse.Namespace, console: Console) -> int:
    started = time.monotonic()
    _be_client_of(supervisor.up())
    # Prefect reads its settings when it is imported: not before we know which server is ours.
    from flows.journey import FactoryParameters
    from flows.runs import succeeded, why
    from flows.summary import print_summary
    from flows.watch import follow

    journey = FactoryParameters(
        location=os.environ["FOUNDRY_HUB_URL"], model=words.model, budget_usd=words.budget_usd, **SIZES
    )
    ui = supervisor.records()["prefect"].address
    factory = follow(journey, console, ui)
    if not succeeded(factory):
        console.print(f"[red]the factory failed: {why(factory)}[/red]")
        console.print(f"see {ui}/runs/flow-run/{factory.id} and the logs in {supervisor.folder / 'logs'}")
        return 1
    print_summary(journey, console)
    console.print(f"\nPrefect UI: {ui} (until 'make down'); took {time.monotonic() - started:.0f} s")
    return 0


def _be_client_of(settings: dict[str, str]) -> None:
    """Talk to this clone's own programs, whatever the shell says of others."""
    for name in [name for name in os.environ if name.startswith("PREFECT_")]:
        del os.environ[name]
    os.environ.update(settings)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument(
        "--model", default="", metavar="NAME", help="a real model; empty: the rehearsal teacher"
    )
    parser.add_argument(
        "--budget-usd",
        type=_usd,
        default=None,
        metavar="X",
        help="most that the run may cost [USD]; empty: no cap",
    )
    return parser


def _usd(text: str) -> float | None:
    """What `make` passes: nothing, or an amount."""
    if not text:
        return None
    try:
        amount = float(text)
    except ValueError:
        amount = -1.0
    if not 0 <= amount < float("inf"):
        raise argparse.ArgumentTypeError(f"'{text}' is no amount of USD; write BUDGET_USD=5 or 0.50")
    return amount


if __name__ == "__main__":
    sys.exit(main())
