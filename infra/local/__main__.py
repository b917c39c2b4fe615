"""`python -m infra.local up|down|status|logs|clean`: the programs of this clone on this machine."""

import argparse
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path

from infra.local.errors import LocalError
from infra.local.supervisor import Supervisor
from tasks.storage.state import state_folder


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return the exit code."""
    words = _parser().parse_args(arguments)
    supervisor = Supervisor(state_folder())
    command: Callable[[Supervisor, argparse.Namespace], int] = words.command
    try:
        return command(supervisor, words)
    except LocalError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped; run the same command again to continue", file=sys.stderr)
        return 130


def _up(supervisor: Supervisor, words: argparse.Namespace) -> int:
    supervisor.up()
    print(f"Prefect UI: {supervisor.records()['prefect'].address}")
    return 0


def _down(supervisor: Supervisor, words: argparse.Namespace) -> int:
    ended = supervisor.down()
    print(f"ended: {', '.join(ended)}" if ended else "nothing of this clone was running")
    return 0


def _status(supervisor: Supervisor, words: argparse.Namespace) -> int:
    records = supervisor.records()
    if not records:
        print("nothing of this clone was started; 'make up' starts it")
        return 0
    for name, record in records.items():
        state = f"runs as process {record.pid}" if record.running else "DIED"
        print(f"{name:<16} {state:<26} {record.address or record.log}")
    return 0 if all(record.running for record in records.values()) else 1


def _logs(supervisor: Supervisor, words: argparse.Namespace) -> int:
    found = sorted((supervisor.folder / "logs").glob("*.log"))
    chosen = [path for path in found if not words.names or path.stem in words.names]
    if not chosen:
        raise LocalError(f"no log of that name; there are: {', '.join(p.stem for p in found) or 'none yet'}")
    shown = {path: _tail(path, words.lines) for path in chosen}
    while words.follow:
        time.sleep(0.5)
        shown = {path: _rest(path, position) for path, position in shown.items()}
    return 0


def _clean(supervisor: Supervisor, words: argparse.Namespace) -> int:
    supervisor.down()
    shutil.rmtree(supervisor.folder, ignore_errors=True)
    print(f"removed {supervisor.folder}: tables, ledger, call logs, Prefect's database")
    return 0


def _tail(path: Path, lines: int) -> int:
    """Print the last lines of a log; return how far it has been read."""
    content = path.read_bytes()
    for line in content.decode(errors="replace").splitlines()[-lines:]:
        print(f"{path.stem:<16} {line}")
    return len(content)


def _rest(path: Path, position: int) -> int:
    with path.open("rb") as log:
        log.seek(position)
        content = log.read()
    complete = content[: content.rfind(b"\n") + 1]
    for line in complete.decode(errors="replace").splitlines():
        print(f"{path.stem:<16} {line}", flush=True)
    return position + len(complete)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m infra.local", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="up|down|status|logs|clean")
    for name, command, text in (
        ("up", _up, "start what does not run: hub, teacher, Prefect server, deployments, workers"),
        ("down", _down, "end what this clone started"),
        ("status", _status, "what runs, and where; exit code 1 when something died"),
        ("clean", _clean, "end it and remove the state folder with all tables"),
    ):
        commands.add_parser(name, help=text, description=text).set_defaults(command=command)
    logs = commands.add_parser("logs", help="the last lines of the logs")
    logs.add_argument("names", nargs="*", metavar="NAME", help="programs; all of them when none is named")
    logs.add_argument("--lines", type=int, default=20, metavar="N", help="of each log (default 20)")
    logs.add_argument("--follow", action="store_true", help="keep printing what is added, until Ctrl-C")
    logs.set_defaults(command=_logs)
    return parser


if __name__ == "__main__":
    sys.exit(main())
