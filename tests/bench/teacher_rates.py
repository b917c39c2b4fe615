"""The shape of our own searches beside the published ones: `python -m tests.bench.teacher_rates ADDRESS...`.

Each ADDRESS is a table of trajectories. Chains (`CoT@1`) stand beside the published ReACT runs, trees beside
the published DFSDT trees; both are counted by `search_shapes.measured`.
"""

import json
import sys
from collections.abc import Iterable, Mapping
from typing import Any

from tasks.records import Trajectory
from tasks.storage.table import Table
from tests.bench.real_errors import SHARED, real_runs, real_trees, report
from tests.bench.search_shapes import Ending, Measures, Searched, Turn, measured

FITTED = (
    "answered",
    "gave up",
    "no Finish",
    "call not offered",
    "call repeats one of the tree",
    "call repeats the one before",
    "answer with an excuse",
    "answer without a figure",
    "calls a search",
)
"""The measures that the rates of `rehearsal-middle` are fitted to."""
_ENDINGS: dict[str | None, Ending] = {"give_answer": "answered", "give_up": "gave up", None: "no Finish"}


def read_trajectory(row: Mapping[str, Any]) -> Searched:
    """One row of a trajectories table in the form that published searches are brought to."""
    first: list[Turn] = []
    grown: dict[int, list[Turn]] = {}
    """Node -> where the turns that follow it go: those inside a turn have none of their own."""
    turns: dict[int, Turn] = {}
    for node in json.loads(row["tree"]):
        if node["kind"] == "root":
            grown[node["node_id"]] = first
            continue
        turn = turns.get(node["ask"])
        if turn is None:
            turn = turns[node["ask"]] = Turn(False, "", "", None)
            grown[node["parent_id"]].append(turn)
        if node["kind"] == "thought":
            turn.thought = True
        elif node["kind"] == "action":
            turn.name = node["description"]
        else:
            turn.arguments, turn.observation = node["description"], node["observation"]
        grown[node["node_id"]] = turn.children
    offered = frozenset(function["name"] for function in json.loads(row["functions"]))
    return Searched(offered, tuple(first), _ENDINGS[row["finish_type"]], row["final_answer"])


def rates_of(address: str) -> Measures:
    """What a table of trajectories shows; all of one method."""
    rows = Table.open(address).read(Trajectory, "trajectories", partial=True).to_pylist()
    return measured([read_trajectory(row) for row in rows])


def fitted_against_real(chains: Measures, trees: Measures) -> str:
    """A table of the fitted measures: our chains and trees, and the published ones where they are at hand."""
    columns = {"ReACT": chains, "DFSDT": trees}
    if SHARED.is_dir():
        columns |= {"ChatGPT, ReACT": measured(real_runs()), "ChatGPT, DFSDT": measured(real_trees())}
    return report("share or mean (count)", {head: _only(FITTED, found) for head, found in columns.items()})


def _only(names: Iterable[str], measures: Measures) -> Measures:
    return {name: measures[name] for name in names if name in measures}


if __name__ == "__main__":
    if not sys.argv[1:]:
        raise SystemExit(__doc__)
    print(report("share or mean (count)", {address[-22:]: rates_of(address) for address in sys.argv[1:]}))
