"""A decision tree drawn for a terminal: thoughts, calls, observations, what was pruned, what won."""

from typing import Any

import orjson
from rich.text import Text
from rich.tree import Tree

from tasks.records import Node, Trajectory
from tasks.search.kept import kept_answer

_WIDTH = 100


def tree_of(trajectory: Trajectory, width: int = _WIDTH) -> Tree:
    """The whole tree of a trajectory; the path to the answer is bold, pruned branches are dim.

    Args:
        trajectory: whose tree to draw.
        width: characters kept of any text.
    """
    nodes: list[dict[str, Any]] = orjson.loads(trajectory.tree)
    winning = _winning(nodes)
    drawn = Tree(Text(_short(trajectory.text, 2 * width), style="bold"))
    branches = {0: drawn}
    for node in nodes[1:]:
        above = branches[node["parent_id"]]
        if node["kind"] == "action_input":
            # The call's arguments and observation belong on the line of its action.
            above.label = Text.assemble(above.label if isinstance(above.label, Text) else str(above.label))
            above.label.append(f" {_short(node['description'], width)}")
            if node["observation"]:
                style = "red" if node["observation_code"] not in (0, 3) else "green"
                above.add(Text(_short(node["observation"], width), style=style))
            branches[node["node_id"]] = above
            continue
        mark = "" if node["kind"] == "thought" else "call "
        style = "bold" if node["node_id"] in winning else "dim" if _pruned(node, nodes) else ""
        branches[node["node_id"]] = above.add(
            Text(f"{mark}{_short(node['description'], width)}", style=style)
        )
    return drawn


def _winning(nodes: list[dict[str, Any]]) -> set[int]:
    """Ids on the path to the answer that is kept."""
    found: set[int] = set()
    answer = kept_answer([Node(**node) for node in nodes])
    node_id = answer.node_id if answer else -1
    while node_id >= 0:
        found.add(node_id)
        node_id = nodes[node_id]["parent_id"]
    return found


def _pruned(node: dict[str, Any], nodes: list[dict[str, Any]]) -> bool:
    below = [each for each in nodes if each["parent_id"] == node["node_id"]]
    return node["pruned"] or (bool(below) and all(_pruned(each, nodes) for each in below))


def _short(text: str, width: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= width else line[: width - 3] + "..."
