"""Trajectories as ToolBench's answer files, `<query_id>_<method>.json`.

Everything its readers look at is made from the recorded tree alone: the nodes with ToolBench's bookkeeping,
the messages of each step on the kept path, the diversity message that a step was asked with.

Source: answer files published with ToolLLM (arXiv:2307.16789), format of October 2023.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import pairwise, takewhile
from pathlib import Path
from typing import Any

import orjson

from tasks.environment.observation import published_code
from tasks.errors import ConfigurationError
from tasks.records import Node, Trajectory
from tasks.search.kept import drawn_give_up, kept_answer, path_to
from tasks.search.messages import render, turn_messages, turns
from tasks.search.methods import Method, method
from tasks.search.prompts import diversity

_NODE_TYPES = {
    "root": "Action Input",
    "thought": "Thought",
    "action": "Action",
    "action_input": "Action Input",
}
_ANSWER_BACK_LENGTH = 2
"""Turns above an answer that ToolBench marks finished (final_answer_back_length)."""
_SPELLING = {
    "max_depth": "single_chain_max_step",
    "width": "tree_beam_size",
    "max_queries": "max_query_count",
    "attempts": "pass_at",
}
_UNSPOKEN = ("max_tokens", "backtrack", "keep_last_reply")
"""Sizes that ToolBench's files do not hold."""
_UNSAFE = re.compile(r"[^\w.@-]+")


def export_toolbench(trajectories: Iterable[Trajectory], folder: Path, published_codes: bool = False) -> int:
    """Write one answer file a trajectory; returns how many.

    Args:
        trajectories: of any method.
        folder: where to; made where it is absent.
        published_codes: status codes as ToolBench's code gives them, not as it documents them.

    Raises:
        ConfigurationError: the folder cannot be written, or two trajectories want the same file.
    """
    written: set[str] = set()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for trajectory in trajectories:
            name = file_name(trajectory)
            if name in written:
                raise ConfigurationError(f"two trajectories want the file {name}; export them apart")
            answer = answer_file(trajectory, published_codes)
            (folder / name).write_bytes(orjson.dumps(answer, option=orjson.OPT_INDENT_2))
            written.add(name)
    except OSError as error:
        raise ConfigurationError(f"{folder} cannot be written: {error.strerror}") from None
    return len(written)


def file_name(trajectory: Trajectory) -> str:
    """`<query_id>_<method>.json`; the instruction's own id where it was not imported."""
    subject = _UNSAFE.sub("-", trajectory.source_id or trajectory.instruction_id)
    return f"{subject}_{trajectory.method}.json"


def answer_file(trajectory: Trajectory, published_codes: bool = False) -> dict[str, Any]:
    """The content of an answer file, of a tree or of chains as the method has it."""
    nodes = [Node(**fields) for fields in orjson.loads(trajectory.tree)]
    if published_codes:
        nodes = [
            replace(node, observation_code=published_code(node.observation_code, node.observation))
            for node in nodes
        ]
    searcher = method(trajectory.method)
    tree = _Tree(nodes, searcher.tells_siblings)
    arguments = forward_args(searcher)
    return (_of_chains if searcher.chains else _of_tree)(trajectory, tree, arguments)


def forward_args(searcher: Method) -> dict[str, Any]:
    """A searcher's sizes in ToolBench's spelling; those that it does not know keep ours."""
    sizes = {name: size for name, size in asdict(searcher.limits).items() if name not in _UNSPOKEN}
    ordered = sorted(sizes, key=lambda name: name != "max_depth")
    spelled = {_SPELLING.get(name, name): sizes[name] for name in ordered}
    return {**spelled, "answer": 1, **({} if searcher.chains else {"with_filter": searcher.ranks})}


@dataclass(slots=True)
class _Tree:
    """Recorded nodes, with the links and marks that a file spells out."""

    nodes: Sequence[Node]
    is_search: bool
    """A search passes on what siblings tried and counts its visits; independent chains do neither."""
    children: dict[int, list[Node]] = field(default_factory=dict)
    finished: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        for node in self.nodes[1:]:
            self.children.setdefault(node.parent_id, []).append(node)
        for node in self.nodes:
            if node.terminal:
                self._mark_finished(node)

    def below(self, node: Node) -> list[Node]:
        """Children in the order they were made."""
        return self.children.get(node.node_id, [])

    def path(self, node: Node) -> list[Node]:
        """From the root to `node`, both included."""
        return path_to(self.nodes, node)

    def first_call(self, node: Node) -> Node | None:
        """The first Action Input at or below `node`, along first children."""
        while node.kind != "action_input" and self.below(node):
            node = self.below(node)[0]
        return node if node.kind == "action_input" else None

    def tried_before(self, child: Node) -> list[tuple[str, str, str]]:
        """First calls below the earlier siblings of `child`, as far as its asking was told of them."""
        if not self.is_search:
            return []
        siblings = takewhile(lambda each: each is not child, self.children.get(child.parent_id, []))
        calls = [call for sibling in siblings if (call := self.first_call(sibling))]
        return [
            (self.nodes[call.parent_id].description, call.description, call.observation) for call in calls
        ]

    def _mark_finished(self, answer: Node) -> None:
        left = _ANSWER_BACK_LENGTH
        for node in reversed(self.path(answer)):
            self.finished.add(node.node_id)
            left -= _NODE_TYPES[node.kind] == "Action Input"
            if left < 0:
                break


def _of_tree(trajectory: Trajectory, tree: _Tree, arguments: dict[str, Any]) -> dict[str, Any]:
    answers = [node for node in tree.nodes if node.terminal]
    chosen = kept_answer(answers) or drawn_give_up(tree.nodes, trajectory.instruction_id)
    generation = _generation(trajectory, tree, chosen)
    if chosen is None:
        # As in ToolBench, which leaves the key out and claims an answer that the flag above denies.
        del generation["train_messages"]
    generation["finish_type"] = trajectory.finish_type or "give_answer"
    return {
        "win": trajectory.win,
        "tree": {
            "size": len(tree.nodes),
            "max_length": max(node.depth for node in tree.nodes) + 1,
            "tree": _nested(tree, tree.nodes[0]),
        },
        "forward_args": arguments,
        "compare_candidates": [_chain(tree, answer) for answer in answers],
        "answer_generation": generation,
    }


def _of_chains(trajectory: Trajectory, tree: _Tree, arguments: dict[str, Any]) -> dict[str, Any]:
    ends = [_end(tree, first) for first in tree.below(tree.nodes[0])]
    answers = [end for end in ends if end.terminal]
    return {
        "win": trajectory.win,
        "try_count": len(ends),
        "trys": [{"chain": _chain(tree, end), "win": end.terminal} for end in ends],
        "compare_candidates": [_chain(tree, answer) for answer in answers],
        "forward_args": arguments,
        "answer_generation": _generation(trajectory, tree, kept_answer(answers)),
    }


def _generation(trajectory: Trajectory, tree: _Tree, chosen: Node | None) -> dict[str, Any]:
    return {
        "valid_data": chosen is not None,
        "query_count": trajectory.query_count,
        "total_tokens": trajectory.prompt_tokens + trajectory.completion_tokens,
        "final_answer": chosen.description if chosen else "",
        "function": orjson.loads(trajectory.functions),
        "chain": [],
        "train_messages": list(_steps(trajectory, tree, chosen)) if chosen else [],
        "query": trajectory.text,
    }


def _steps(trajectory: Trajectory, tree: _Tree, end: Node) -> Iterator[list[dict[str, Any]]]:
    """The messages up to each assistant message of a path; of diversity messages the last one stays."""
    path = tree.path(end)
    history: list[dict[str, Any]] = orjson.loads(trajectory.opening)
    first_of_turn = [node for before, node in pairwise(path) if node.ask != before.ask]
    asked_with: tuple[int, dict[str, Any]] | None = None
    for position, (child, turn) in enumerate(zip(first_of_turn, turns(path), strict=True)):
        passing = diversity(tree.tried_before(child), tree.nodes[child.parent_id].observation)
        if passing is not None:
            asked_with = (len(history), {**passing, "valid": False})
        for message in render(turn_messages(turn, position), "functions"):
            history.append(message)
            if message["role"] == "assistant":
                prefix = list(history)
                if asked_with is not None:
                    prefix.insert(*asked_with)
                yield prefix


def _nested(tree: _Tree, node: Node) -> dict[str, Any]:
    return {**_node(tree, node), "children": [_nested(tree, child) for child in tree.below(node)]}


def _chain(tree: _Tree, end: Node) -> list[dict[str, Any]]:
    return [_node(tree, node) for node in tree.path(end)[1:]]


def _end(tree: _Tree, node: Node) -> Node:
    while tree.below(node):
        node = tree.below(node)[0]
    return node


def _node(tree: _Tree, node: Node) -> dict[str, Any]:
    """A node in ToolBench's spelling; `is_terminal` is false in all its files."""
    below = tree.below(node)
    spelled: dict[str, Any] = {
        "is_terminal": False,
        "pruned": node.pruned,
        "finished": node.node_id in tree.finished,
        "depth": node.depth,
        "node_type": _NODE_TYPES[node.kind],
        "description": node.description,
        "Elo": 1000.0,
    }
    if node.observation:
        spelled |= {"observation": node.observation, "observation_code": node.observation_code}
    spelled |= {"child_count": len(below), "expand_num": _visit(below, node) if tree.is_search else 0}
    if _NODE_TYPES[node.kind] == "Action Input":
        spelled["io_state"] = {}
    return spelled


def _visit(below: list[Node], node: Node) -> int:
    """When the search came to this node: once a reply, at its last node; 0 for the others.

    For methods that make all children before they visit one, the order in which they were made.
    """
    return 0 if any(child.ask == node.ask for child in below) else node.ask + 1
