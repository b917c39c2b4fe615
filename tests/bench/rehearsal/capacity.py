"""`python -m tests.bench.rehearsal.capacity --count 200000`: what another run needs, by measured.json.

Two rehearsals of one setup give each quantity as a fixed part and a part for each instruction; everything
here is that line, read off at another place. What no rehearsal shows (a provider's limits, a network) is
not here.
"""

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from tests.bench.rehearsal.__main__ import RECORD
from tests.bench.rehearsal.sheet import FACTORY

Record = Mapping[str, Any]
PUT_USD, GET_USD = 5e-6, 4e-7
"""AWS's list price of S3 Standard in us-east-1: a PUT or LIST, a GET or HEAD [USD]."""


@dataclass(frozen=True, slots=True)
class Line:
    """A quantity as a function of the number of instructions."""

    fixed: float
    each: float

    def at(self, count: float) -> float:
        """The quantity for so many instructions."""
        return self.fixed + self.each * count

    @classmethod
    def through(cls, small: Record, large: Record, quantity: Callable[[Record], float]) -> "Line":
        """The line through two rehearsals."""
        low, high = quantity(small), quantity(large)
        each = (high - low) / (large["instructions"] - small["instructions"])
        return cls(low - each * small["instructions"], each)


def cpu_s(record: Record, *kinds: str) -> float:
    """CPU seconds of some kinds of process."""
    return float(sum(record["watched"]["usage"].get(kind, {}).get("cpu_s", 0.0) for kind in kinds))


def peak_mib(record: Record, kind: str) -> float:
    """The most memory that one process of a kind has taken [MiB]."""
    return float(record["watched"]["usage"][kind]["peak_each_mib"])


def lines(small: Record, large: Record) -> dict[str, Line]:
    """Every quantity that grows with the number of instructions."""
    quantities: dict[str, Callable[[Record], float]] = {
        "CPU of the factory [s]": lambda of: cpu_s(of, *FACTORY),
        "... of shards [s]": lambda of: cpu_s(of, "shards"),
        "... of parents and assemble [s]": lambda of: cpu_s(of, "parents, assemble"),
        "... of the Prefect server [s]": lambda of: cpu_s(of, "Prefect server"),
        "model calls": lambda of: of["model_calls"],
        "API calls": lambda of: of["api_calls"],
        "prompt tokens": lambda of: of["prompt_tokens"],
        "output tokens": lambda of: of["output_tokens"],
        "tables [MiB]": lambda of: of["table_mib"],
        "Prefect database grows [MiB]": lambda of: of["prefect_mib"]["after"] - of["prefect_mib"]["before"],
        "... flow runs": lambda of: of["prefect_rows"]["flow_run"],
        "... task runs": lambda of: of["prefect_rows"]["task_run"],
        "... events": lambda of: of["prefect_rows"]["events"],
        "largest parent, assemble [MiB]": lambda of: peak_mib(of, "parents, assemble"),
        "largest shard [MiB]": lambda of: peak_mib(of, "shards"),
        "Prefect server [MiB]": lambda of: peak_mib(of, "Prefect server"),
    }
    return {name: Line.through(small, large, quantity) for name, quantity in quantities.items()}


def requests_usd(requests: Mapping[str, int]) -> float:
    """What S3 would ask for these requests [USD]."""
    dear = sum(requests.get(kind, 0) for kind in ("PUT", "POST", "LIST"))
    return dear * PUT_USD + sum(requests.get(kind, 0) for kind in ("GET", "HEAD")) * GET_USD


def main(arguments: list[str] | None = None) -> int:
    """Print the table."""
    known = orjson.loads(RECORD.read_bytes())
    parser = argparse.ArgumentParser(prog="python -m tests.bench.rehearsal.capacity", description=__doc__)
    parser.add_argument("--count", type=int, default=200_000)
    parser.add_argument("--small", default="small", help="name of a rehearsal in measured.json")
    parser.add_argument("--large", default="large", help="name of a larger one of the same setup")
    words = parser.parse_args(arguments)
    small, large = known[words.small], known[words.large]
    print(
        f"| quantity | {small['instructions']:,} | {large['instructions']:,} | fixed + each x instructions "
        f"| {words.count:,} |\n|---|---|---|---|---|"
    )
    for name, line in lines(small, large).items():
        ends = [line.at(record["instructions"]) for record in (small, large)]
        print(
            f"| {name} | {ends[0]:,.4g} | {ends[1]:,.4g} | {line.fixed:,.4g} + {line.each:.4g} x n "
            f"| {line.at(words.count):,.4g} |"
        )
    for name, record in known.items():
        if record["requests"]:
            usd = requests_usd(record["requests"])
            print(f"{name}: {record['requests']}, {1000 * usd / record['instructions']:.4f} USD per 1,000")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
