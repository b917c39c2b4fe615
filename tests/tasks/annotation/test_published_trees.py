"""Trees that ToolBench's authors published: our search grows them, our export writes them back."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from tasks.annotation.export import answer_file
from tasks.records import Node, Trajectory
from tasks.search.effects import FunctionCall, Observation, Reply
from tasks.search.functions import Offer
from tasks.search.messages import turns
from tasks.search.methods import method
from tasks.search.problem import Problem
from tests.tasks.search.played import api, parameter, play

FOLDERS = (
    "data/toolbench/answer/G1_answer",
    "data/toolbench/answer/G2_answer",
    "data/stabletoolbench/data_example/answer/virtual_chatgpt_dfs/G1_instruction",
)
KINDS = {"Thought": "thought", "Action": "action", "Action Input": "action_input"}
OLDER = {57, 69}
"""Queries of G1 searched by an older version of the code, in which every prune climbs two levels, not only a
give-up: from the same replies the later version, which made the other eleven files, grows other trees."""
NOT_OURS = {"Elo", "matching_time", "children"}
"""Of the ranking variant, which one of the files was made with; and links."""


@pytest.fixture(scope="module")
def published(shared: Path) -> dict[str, dict[str, Any]]:
    files = [path for folder in FOLDERS for path in sorted((shared / folder).glob("*.json"))]
    assert len(files) == 13
    return {f"{path.parent.name}/{path.name}": json.loads(path.read_text()) for path in files}


def test_our_search_grows_the_published_trees_from_their_replies(published: dict[str, dict[str, Any]]):
    for name, answer in published.items():
        if name.startswith(tuple(f"G1_answer/{query_id}_" for query_id in OLDER)):
            continue
        nodes = recorded(answer)
        replies = list(replies_of(nodes))
        observed = {node.description: node for node in nodes if node.kind == "action_input"}

        def observation(act: Any, observed: dict[str, Node] = observed) -> Observation:
            node = observed[act.arguments]
            return Observation(node.observation, node.observation_code)

        asked = Problem("i", answer["answer_generation"]["query"], offered(answer))
        grown = play(method("DFS_woFilter_w2").search(asked), replies, observation).tree
        assert [shape(node) for node in grown.records()] == [shape(node) for node in nodes]
        assert grown.query_count == answer["answer_generation"]["query_count"]
        assert grown.win == any(node.terminal for node in nodes)


def test_our_export_writes_the_published_files_back(published: dict[str, dict[str, Any]]):
    for theirs in published.values():
        ours = answer_file(trajectory(theirs))
        assert spelled(ours["tree"]["tree"]) == spelled(theirs["tree"]["tree"])
        for key in ("size", "max_length"):
            assert ours["tree"][key] == theirs["tree"][key]
        assert ours["forward_args"] == theirs["forward_args"]
        assert set(ours) == set(theirs)
        if theirs["win"]:
            mine, their = ours["answer_generation"], theirs["answer_generation"]
            assert set(mine) == set(their)
            assert mine["final_answer"] == their["final_answer"]
            assert steps(mine) == steps(their)


def trajectory(answer: dict[str, Any]) -> Trajectory:
    """A published file as a record of ours."""
    generation = answer["answer_generation"]
    opening = [{"role": "system", "content": ""}, {"role": "user", "content": ""}]
    return Trajectory(
        trajectory_id="i/DFS_woFilter_w2",
        instruction_id="i",
        source_id="1",
        group="I1",
        split="train",
        method="DFS_woFilter_w2",
        teacher="gpt-3.5",
        teacher_kind="model",
        environment="proxy",
        snapshot="",
        text=generation["query"],
        win=answer["win"],
        finish_type="give_answer" if answer["win"] else "give_up",
        final_answer="",
        query_count=generation["query_count"],
        api_calls=0,
        prompt_tokens=generation["total_tokens"],
        completion_tokens=0,
        tree=orjson.dumps(recorded(answer)).decode(),
        messages="[]",
        functions=orjson.dumps(generation["function"]).decode(),
        api_ids=(),
        opening=orjson.dumps(opening).decode(),
    )


def recorded(answer: dict[str, Any]) -> list[Node]:
    """The nodes of a published tree; which reply made one is read from when the search came by."""
    nodes: list[Node] = []

    def walk(node: dict[str, Any], parent: int) -> None:
        end = node
        while end["expand_num"] == 0 and end["children"]:
            end = end["children"][0]
        code = node.get("observation_code", 0)
        nodes.append(
            Node(
                node_id=len(nodes),
                parent_id=parent,
                kind="root" if parent < 0 else KINDS[node["node_type"]],  # type: ignore[arg-type]
                depth=node["depth"],
                description=node["description"],
                observation=node.get("observation", ""),
                observation_code=code,
                pruned=node["pruned"],
                terminal=code == 3,
                ask=-1 if parent < 0 else end["expand_num"] - 1,
            )
        )
        own = nodes[-1].node_id
        for child in node["children"]:
            walk(child, own)

    walk(answer["tree"]["tree"], -1)
    return nodes


def replies_of(nodes: list[Node]) -> Iterator[Reply]:
    for turn in turns(nodes):
        said = {node.kind: node.description for node in turn}
        calls = (FunctionCall(said["action"], said["action_input"]),) if "action" in said else ()
        yield Reply(said.get("thought"), calls)


def offered(answer: dict[str, Any]) -> Offer:
    """The functions of a file, each with an API that documents whatever was called."""
    schemas = answer["answer_generation"]["function"]
    said = [json_object(node.description) for node in recorded(answer) if node.kind == "action_input"]
    known = {name for arguments in said for name in arguments}
    parameters = [parameter(name, required=False) for name in known]
    return Offer(
        tuple(schemas),
        tuple(api(schema["name"], "t", *parameters, slug=str(n)) for n, schema in enumerate(schemas[:-1])),
    )


def json_object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text, strict=False)
    except ValueError:
        return {}
    return {name.lower(): each for name, each in value.items()} if isinstance(value, dict) else {}


def shape(node: Node) -> tuple[Any, ...]:
    ends = node.observation_code if node.observation_code in (1, 3, 4) else 0
    return (node.kind, node.depth, node.parent_id, node.description, node.pruned, node.terminal, ends)


def spelled(node: dict[str, Any]) -> list[dict[str, Any]]:
    own = {key: value for key, value in node.items() if key not in NOT_OURS}
    return [own, *(each for child in node["children"] for each in spelled(child))]


def steps(generation: dict[str, Any]) -> list[list[tuple[Any, ...]]]:
    """Who said what in each step; the wording of prompts is everybody's own."""
    return [
        [(m["role"], m.get("valid"), m.get("name"), m.get("function_call")) for m in step]
        for step in generation["train_messages"]
    ]
