"""Searches that others published, as records of ours, so that one code reads, counts and draws both.

Three kinds of file, all of ToolBench (ToolLLM, arXiv:2307.16789) or in its form:

* answer files of a tree, `<query_id>_<method>.json` with a key `tree` (facts: DFSDT),
* answer files of chains, with a key `trys` (ReACT),
* converted runs, one JSON object of many: query id to query, functions, and a tree of messages.

Answer files keep the sum of the billed tokens, not what each reply cost: it stands in `prompt_tokens`, and
`completion_tokens` is 0. Converted runs keep no tokens and no status codes, and the published ones keep 100
characters a message: names are whole, most arguments too, observations are not.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson

from tasks.annotation.published_records import is_object, record_of
from tasks.annotation.published_runs import run_record
from tasks.errors import ConfigurationError
from tasks.records import FinishType, Node, NodeKind, Trajectory
from tasks.search.codes import ANSWERED, GAVE_UP

CUT_CHARS = 100
"""Length at which ToolBench's published converted runs cut every message."""
_KINDS: dict[str, NodeKind] = {"Thought": "thought", "Action": "action", "Action Input": "action_input"}


@dataclass(frozen=True, slots=True)
class PublishedSearch:
    """A search of somebody else's."""

    trajectory: Trajectory
    cut: bool = False
    """Texts end after `CUT_CHARS` characters: what is missing is unknown, not empty."""
    coded: bool = True
    """Observations have their status codes; converted runs have none."""


def read_published(path: Path) -> list[PublishedSearch]:
    """The searches of a file, or of all files below a folder, in the order of their paths.

    Raises:
        ConfigurationError: nothing is there, a file is no JSON, or none holds a search.
    """
    if not path.exists():
        raise ConfigurationError(f"there is no file or folder of searches at {path}")
    files = sorted(path.rglob("*.json")) if path.is_dir() else [path]
    found = [search for file in files for search in _of_file(file)]
    if not found:
        raise ConfigurationError(f"{path} holds no answer file and no converted run of ToolBench")
    return found


def _of_file(path: Path) -> Iterator[PublishedSearch]:
    try:
        document = orjson.loads(path.read_bytes())
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}") from None
    except orjson.JSONDecodeError as error:
        raise ConfigurationError(f"{path} is no JSON: {error}") from None
    if not isinstance(document, dict):
        return
    try:
        if "answer_generation" in document:
            yield PublishedSearch(answer_record(document, path))
        else:
            runs = {name: run for name, run in document.items() if _is_run(run)}
            cut = max(map(_longest, runs.values()), default=0) <= CUT_CHARS
            for name, run in runs.items():
                yield PublishedSearch(run_record(run, name, path), cut, coded=False)
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        raise ConfigurationError(f"{path} is no search in ToolBench's form: {error!r}") from None


def _is_run(run: Any) -> bool:
    return isinstance(run, dict) and isinstance(run.get("answer"), dict) and "answer_details" in run["answer"]


def _longest(run: dict[str, Any]) -> int:
    """Characters of the longest message."""

    def longest(message: dict[str, Any]) -> int:
        said = message["message"]
        return max([len(said) if isinstance(said, str) else CUT_CHARS + 1, *map(longest, message["next"])])

    return max(map(longest, run["answer"]["answer_details"]), default=0)


def answer_record(answer: dict[str, Any], path: Path) -> Trajectory:
    """An answer file as a record.

    Args:
        answer: its content, of a tree or of chains.
        path: names query, method and group.
    """
    made = answer["answer_generation"]
    nodes = list(_tree_nodes(answer) if "tree" in answer else _chain_nodes(answer["trys"]))
    last = orjson.loads(made["final_answer"]) if is_object(made.get("final_answer")) else {}
    finish: FinishType | None = None
    if answer["win"]:
        finish = "give_answer"
    elif any(node.observation_code == GAVE_UP for node in nodes):
        # `finish_type` of a file that kept nothing is whatever the default was; the tree tells.
        finish = "give_up"
    steps = made.get("train_messages") or [[]]
    opening = [message for message in steps[0] if message["role"] in ("system", "user")][:2]
    return record_of(
        path,
        path.stem,
        nodes=nodes,
        text=made["query"],
        functions=made["function"],
        finish_type=finish,
        final_answer=str(last.get("final_answer", "")) if answer["win"] else "",
        query_count=made["query_count"],
        prompt_tokens=made["total_tokens"],
        opening=opening,
    )


def _tree_nodes(answer: dict[str, Any]) -> Iterator[Node]:
    """Nodes in pre-order; which reply made one is read from when the search came by."""
    numbers = iter(range(1_000_000))

    def walk(node: dict[str, Any], parent: int) -> Iterator[Node]:
        number = next(numbers)
        end = node
        while end["expand_num"] == 0 and end["children"]:
            end = end["children"][0]
        yield replace(_node(node, number, parent), ask=-1 if parent < 0 else end["expand_num"] - 1)
        for child in node["children"]:
            yield from walk(child, number)

    yield from walk(answer["tree"]["tree"], -1)


def _chain_nodes(tries: Sequence[dict[str, Any]]) -> Iterator[Node]:
    """Chains below one root; a reply ends with its arguments, or with a thought that no action follows."""
    yield Node(0, -1, "root", 0, "")
    number, ask = 0, -1
    for each in tries:
        parent, before = 0, "root"
        for node in each["chain"]:
            number += 1
            kind = _KINDS[node["node_type"]]
            ask += before in ("root", "action_input") or (before == kind == "thought")
            made = replace(_node(node, number, parent), ask=ask)
            yield replace(made, pruned=made.pruned or (node is each["chain"][-1] and not made.terminal))
            parent, before = number, kind


def _node(node: dict[str, Any], number: int, parent: int) -> Node:
    code = node.get("observation_code") or 0
    return Node(
        node_id=number,
        parent_id=parent,
        kind="root" if parent < 0 else _KINDS[node["node_type"]],
        depth=node["depth"],
        description=node["description"],
        observation=node.get("observation") or "",
        observation_code=code,
        pruned=node["pruned"],
        terminal=code == ANSWERED,
    )
