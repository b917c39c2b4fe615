"""``python -m infra.sandbox.second_sources``: the hub's answers against independent packages and tables."""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict

from infra.sandbox.second_sources.comparison import Comparison, compare_all
from infra.sandbox.second_sources.hub import Hub, HubError

SHOWN = 8
"""Disagreements of a tool that the table lists; ``--json`` lists all."""


def main() -> int:
    """Compare, print, return the exit code."""
    words = _parser().parse_args()
    try:
        with Hub(words.hub) as hub:
            found = list(compare_all(hub))
            tools = hub.tools()
    except HubError as error:
        print(error, file=sys.stderr)
        return 2
    except ImportError as error:
        print(f"a second source is not installed ({error.name}): pip install -e '.[dev]'", file=sys.stderr)
        return 2
    if words.json:
        print(json.dumps({"tools": tools, "comparisons": [asdict(each) for each in found]}, default=str))
    else:
        _print(found, tools)
    return 0


def _print(found: Sequence[Comparison], tools: int) -> None:
    compared = {each.tool for each in found}
    print(f"{len(compared)} of {tools} tools have a second source ({len(compared) / tools:.0%})\n")
    for each in found:
        agreed = each.asked - len(each.disagreements)
        print(f"{each.tool} against {each.second}: {agreed} of {each.asked} agree")
        for pair in each.disagreements[:SHOWN]:
            print(f"    {pair.question}: hub {pair.hub!r}, second {pair.second!r}")
        if len(each.disagreements) > SHOWN:
            print(f"    and {len(each.disagreements) - SHOWN} more; --json lists all")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m infra.sandbox.second_sources",
        description="Asks tools of a running hub and independent packages the same questions, and lists where"
        " they disagree. Start the hub with --plants 0 --drift 0, or it lacks some of what is asked.",
    )
    parser.add_argument("--hub", required=True, metavar="URL", help="address of a running hub")
    parser.add_argument("--json", action="store_true", help="one line of JSON with every disagreement")
    return parser


if __name__ == "__main__":
    sys.exit(main())
