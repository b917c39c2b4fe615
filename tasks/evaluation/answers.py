"""What is judged: the answer of a trajectory with the calls it rests on (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

import orjson

from tasks.records import FinishType, Node, Trajectory
from tasks.search.functions import FINISH
from tasks.search.kept import kept_answer

ARGUMENTS_CHARS = 2_048
"""What the judge is shown of one call's arguments; a broken model writes more."""


class CallDetail(TypedDict):
    """One call on the way to the answer, as the judge is shown it."""

    function: str
    arguments: str
    response: str
    """The observation: what the candidate saw of the API's answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """How a candidate's search for one instruction ended."""

    text: str
    """What the user is told; empty without an answer."""
    finish_type: FinishType | None
    calls: tuple[CallDetail, ...]
    """On the path to the answer, in order, `Finish` left out; empty without an answer."""
    functions: tuple[dict[str, Any], ...]
    """Schemas of the functions that were offered, `Finish` left out."""
    query_count: int
    """Model replies used."""
    absent: str = ""
    """Why there is no search at all; empty where there is one."""


def answer_of_trajectory(trajectory: Trajectory) -> Answer:
    """The answer of a searched instruction."""
    nodes = [Node(**each) for each in orjson.loads(trajectory.tree)]
    return Answer(
        text=trajectory.final_answer,
        finish_type=trajectory.finish_type,
        calls=calls_to_answer(nodes),
        functions=_without_finish(orjson.loads(trajectory.functions)),
        query_count=trajectory.query_count,
    )


def missing(why: str) -> Answer:
    """An instruction that a candidate has not searched: it counts, and it has failed."""
    return Answer("", None, (), (), 0, absent=why)


def calls_to_answer(nodes: Sequence[Node]) -> tuple[CallDetail, ...]:
    """The calls between the root and the answer that is kept; none where nothing was answered."""
    by_id = {node.node_id: node for node in nodes}
    node = kept_answer(nodes)
    calls: list[CallDetail] = []
    while node is not None:
        above = by_id.get(node.parent_id)
        if node.kind == "action_input" and above is not None and above.description != FINISH:
            calls.append(
                CallDetail(
                    function=above.description,
                    arguments=node.description[:ARGUMENTS_CHARS],
                    response=node.observation,
                )
            )
        node = above
    return tuple(reversed(calls))


def _without_finish(schemas: Sequence[dict[str, Any]]) -> tuple[dict[str, Any], ...]:
    return tuple(schema for schema in schemas if schema["name"] != FINISH)
