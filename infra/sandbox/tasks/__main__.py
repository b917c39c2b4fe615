"""Door: ``python -m infra.sandbox.tasks`` makes tasks with known answers for a running hub."""

import argparse
import sys
from pathlib import Path

from infra.sandbox.tasks.asks import OUR_ASKS
from infra.sandbox.tasks.checking import check_folder
from infra.sandbox.tasks.errors import TasksError
from infra.sandbox.tasks.hub import Hub


def main(arguments: list[str] | None = None) -> int:
    """Read the command line, make the tasks or check the asks files; return the exit code."""
    options = _parser().parse_args(arguments)
    try:
        if options.check_asks is not None:
            return _check(options.hub, options.asks, options.check_asks)
        return 0
    except TasksError as error:
        print(error, file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m infra.sandbox.tasks")
    parser.add_argument("--hub", required=True, metavar="URL", help="address of a running hub")
    parser.add_argument(
        "--asks", type=Path, default=OUR_ASKS, metavar="FOLDER", help="asks files (default: ours)"
    )
    parser.add_argument(
        "--check-asks", nargs="*", metavar="TOOL", help="hold asks files against the hub, and make nothing"
    )
    return parser


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


if __name__ == "__main__":
    sys.exit(main())
