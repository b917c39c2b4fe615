"""How ToolBench's published searches err: `python -m tests.bench.real_errors`.

Reads every tree (`data/toolbench/answer/*/*.json`, ChatGPT with DFSDT) and every converted run
(`data/toolbench/tooleval_converted/*.json`, ChatGPT with ReACT) below FOUNDRY_SHARED, however many there are,
and prints what `search_shapes.measured` counts. The rehearsal teacher's rates are fitted to these figures.

Runs are kept with 100 characters a message: names are whole, most arguments too, observations are not. Two
calls of a run count as equal when what is left of them is.
"""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.bench.search_shapes import FINISH, Ending, Measures, Searched, Turn, measured

SHARED = Path(os.environ.get("FOUNDRY_SHARED") or Path(__file__).parents[3] / "shared").absolute()
TREES, RUNS = "data/toolbench/answer/*/*.json", "data/toolbench/tooleval_converted/*.json"
_CALL = re.compile(r"\{'name': (['\"])(?P<name>.*?)\1(?:, 'arguments': ?(?P<rest>.*))?", re.DOTALL)
_ARGUMENTS_END = re.compile(r"', (?:'(?:r(?:e(?:s(?:p(?:o(?:n(?:s(?:e.*)?)?)?)?)?)?)?)?)?$", re.DOTALL)
_RETURN_TYPE = re.compile(r'"return_type"\s*:\s*"(give_answer|give_up)')


def read_tree(document: dict[str, Any]) -> Searched:
    """A published DFSDT tree; a reply is up to three nodes (Thought, Action, Action Input)."""
    made = document["answer_generation"]
    answer = _final_text(made.get("final_answer") or "") if document["win"] else ""
    kinds: dict[str, Ending] = {"give_answer": "answered", "give_up": "gave up"}
    turns = list(_turns(document["tree"]["tree"]))
    # `finish_type` of a tree that never ended is whatever the default was; `valid_data` tells.
    ending = kinds.get(str(made.get("finish_type")), "no Finish") if made.get("valid_data") else "no Finish"
    offered = frozenset(function["name"] for function in made["function"])
    return Searched(offered, tuple(turns), ending, answer)


def _turns(node: dict[str, Any]) -> Iterator[Turn]:
    """The replies below a node, in the order they were made."""
    for child in node["children"]:
        turn = Turn(False, "", "", None)
        last = child
        if last["node_type"] == "Thought":
            turn.thought = True
            # A thought that was a state of its own, and so ends its reply, bears the number of its visit.
            if not last["expand_num"]:
                last = next((each for each in last["children"] if each["node_type"] == "Action"), last)
        if last["node_type"] == "Action":
            turn.name = last["description"]
            last = next((each for each in last["children"] if each["node_type"] == "Action Input"), last)
            turn.arguments, turn.observation = last["description"], last.get("observation", "")
        turn.children = list(_turns(last))
        yield turn


def read_run(run: dict[str, Any]) -> Searched:
    """A published ReACT run: one chain of messages, each cut after 100 characters."""
    first: list[Turn] = []
    here, thought, last_name = first, False, ""
    message = run["answer"]["answer_details"][0]
    while message["next"]:
        message = message["next"][0]
        if message["role"] == "assistant":
            thought = True
        elif message["role"] == "tool":
            turn = _cut_call(message["message"], thought)
            here.append(turn)
            here, thought, last_name = turn.children, False, turn.name
    if thought:
        here.append(Turn(True, "", "", None))
    said = run["answer"]["final_answer"]
    found = _RETURN_TYPE.search(said)
    ending: Ending = "no Finish"
    if found is not None:
        ending = "answered" if found[1] == "give_answer" else "gave up"
    elif last_name == FINISH:  # only a give-up leaves no final answer
        ending = "gave up"
    offered = frozenset(tool["name"] for tool in run["available_tools"])
    return Searched(offered, tuple(first), ending, _final_text(said) if ending == "answered" else "")


def _cut_call(text: str, thought: bool) -> Turn:
    """Name and arguments of `{'name': ..., 'arguments': ..., 'response': ...}`, as far as they are kept."""
    found = _CALL.match(text)
    if found is None:
        return Turn(thought, text.removeprefix("{'name': '"), "", None, whole=False)
    rest = (found["rest"] or "").removeprefix("'").removeprefix('"')
    body = re.split(r"['\"], 'response'", rest, maxsplit=1)[0]
    whole = body != rest
    if not whole and (end := _ARGUMENTS_END.search(body)):
        body, whole = body[: end.start()], True
    arguments = body.replace("\\n", "\n").replace("\\'", "'").replace("\\\\", "\\")
    return Turn(thought, found["name"], arguments, None, whole)


def _final_text(said: str) -> str:
    """The text inside the arguments of Finish; the arguments themselves where they are broken."""
    try:
        value = json.loads(said, strict=False)
    except ValueError:
        return said
    return str(value.get("final_answer", "")) if isinstance(value, dict) else said


def real_trees(shared: Path = SHARED) -> list[Searched]:
    """All published trees, by file name."""
    return [read_tree(json.loads(path.read_text())) for path in sorted(shared.glob(TREES))]


def real_runs(shared: Path = SHARED) -> list[Searched]:
    """All published runs, by file name and their order in it."""
    return [
        read_run(run) for path in sorted(shared.glob(RUNS)) for run in json.loads(path.read_text()).values()
    ]


def report(title: str, columns: dict[str, Measures]) -> str:
    """A table of measures, one column a source; a share in percent with its count, a mean as a number."""
    names = list(dict.fromkeys(name for measures in columns.values() for name in measures))
    lines = [f"{title:36}" + "".join(f"{head:>24}" for head in columns)]
    for name in names:
        shown = []
        for measures in columns.values():
            share = measures.get(name)
            if share is None or not share.of:
                shown.append("-")
            elif name.endswith("a search"):
                shown.append(f"{share.value:.2f}")
            else:
                shown.append(f"{share.value:.1%} ({share.part}/{share.of})")
        lines.append(f"{name:36}" + "".join(f"{each:>24}" for each in shown))
    return "\n".join(lines)


if __name__ == "__main__":
    if not SHARED.is_dir():
        raise SystemExit(f"no reference data at {SHARED}; set FOUNDRY_SHARED")
    trees, runs = real_trees(), real_runs()
    columns = {f"{len(trees)} trees, DFSDT": measured(trees), f"{len(runs)} runs, ReACT": measured(runs)}
    print(report("published searches of ChatGPT", columns))
