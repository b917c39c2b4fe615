"""Door: ``python -m infra.sandbox.tasks`` makes tasks with known answers for a running hub."""

import argparse
import contextlib
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from infra.sandbox.tasks.asks import OUR_ASKS, read_folder
from infra.sandbox.tasks.checking import check_folder
from infra.sandbox.tasks.errors import TasksError
from infra.sandbox.tasks.hub import Hub
from infra.sandbox.tasks.making import Maker, Task
from infra.sandbox.tasks.market import Market, read_market
from infra.sandbox.tasks.report import summary

MAX_COUNT = 20_000

_DESCRIPTION = """\
Makes tasks with known answers for a running hub: instructions as people word them, made by code from chains
of calls that were really made, with the facts that a right reply must tell. One task in ten cannot be solved,
and says why. Same hub, same clock, same seed: same file."""
_EPILOG = """\
examples:
  python -m infra.sandbox.hub --port 41321 --seed 7 &
  python -m infra.sandbox.tasks --hub http://127.0.0.1:41321 --seed 7 --count 500 --to tasks.jsonl
  python -m infra.sandbox.tasks --hub http://127.0.0.1:41321 --check-asks sun-times

The form of a task and of the asks files is described in infra/sandbox/tasks/README.md."""


def main(arguments: list[str] | None = None) -> int:
    """Read the command line, make the tasks or check the asks files; return the exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.check_asks is None and (options.count is None or options.to is None):
        parser.error("give --count and --to, or --check-asks")
    try:
        if not options.asks.is_dir():
            raise TasksError(f"there is no folder {options.asks}; give one with asks files to --asks.")
        if options.check_asks is not None:
            return _check(options.hub, options.asks, options.check_asks)
        with _written_whole(options.to) as file, _bars() as bar:
            tasks, market = _make(options, file, bar)
        print("\n".join(summary(tasks, market)))
    except TasksError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted; nothing was written.", file=sys.stderr)
        return 130
    return 0


def _make(
    options: argparse.Namespace, file: IO[str], bar: Callable[[str, int], Callable[[], object]]
) -> tuple[list[Task], Market]:
    with Hub(options.hub) as hub:
        market = read_market(hub, read_folder(options.asks), options.seed, bar)
        step = bar("making tasks", options.count)
        tasks = []
        for task in Maker(hub, market, options.seed).tasks(options.count):
            file.write(json.dumps(task.document(), ensure_ascii=False) + "\n")
            tasks.append(task)
            step()
    return tasks, market


def _check(address: str, folder: Path, tools: list[str]) -> int:
    """Print what is wrong with asks files; exit code 1 where anything is."""
    with Hub(address) as hub:
        findings = check_folder(hub, folder, tools)
    for note in findings.notes:
        print(f"note: {note}")
    for problem in findings.problems:
        print(f"wrong: {problem}")
    print(
        f"{findings.files} asks files, {findings.apis} APIs: {len(findings.problems)} mistakes,"
        f" {len(findings.notes)} notes"
    )
    return 1 if findings.problems else 0


@contextlib.contextmanager
def _written_whole(path: Path) -> Iterator[IO[str]]:
    """Yield a file that takes its place at `path` once it is complete, and never otherwise."""
    if path.is_dir():
        raise TasksError(f"{path} is a folder; give the name of a file to --to.")
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise TasksError(f"cannot write {path}: {error.strerror}.") from error
    part = Path(name)
    try:
        with open(descriptor, "w", encoding="utf-8", newline="\n") as file:
            yield file
        part.chmod(0o666 & ~_umask())
        part.replace(path)
    except OSError as error:
        raise TasksError(f"cannot write {path}: {error.strerror}.") from error
    finally:
        part.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


@contextlib.contextmanager
def _bars() -> Iterator[Callable[[str, int], Callable[[], object]]]:
    """Yield what starts a progress bar on stderr; silent where stderr is no terminal."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:

        def start(what: str, steps: int) -> Callable[[], object]:
            task = progress.add_task(what, total=steps)
            return lambda: progress.advance(task)

        yield start


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m infra.sandbox.tasks",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--hub", required=True, metavar="URL", help="address of a running hub")
    parser.add_argument(
        "--seed", type=int, default=0, metavar="S", help="another seed, other tasks (default 0)"
    )
    parser.add_argument("--count", type=_count, metavar="N", help=f"how many tasks, 1 to {MAX_COUNT}")
    parser.add_argument("--to", type=Path, metavar="FILE", help="JSON lines go there, whole or not at all")
    parser.add_argument(
        "--asks",
        type=Path,
        default=OUR_ASKS,
        metavar="FOLDER",
        help="asks files: how people ask (default ours)",
    )
    parser.add_argument(
        "--check-asks",
        nargs="*",
        metavar="TOOL",
        help="make nothing; hold the asks files (all, or those of the tools named) against the hub",
    )
    return parser


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= MAX_COUNT:
        raise argparse.ArgumentTypeError(f"'{text}' is no number of tasks: give 1 to {MAX_COUNT}")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
