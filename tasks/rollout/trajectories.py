"""A finished decision tree as the record that is kept (pure)."""

import orjson

from tasks.records import Instruction, TeacherKind, Trajectory
from tasks.search.kept import plain
from tasks.search.messages import path_messages
from tasks.search.tree import DecisionTree


def trajectory_of(
    tree: DecisionTree,
    instruction: Instruction,
    *,
    method: str,
    teacher: str,
    teacher_kind: TeacherKind,
    environment: str,
    snapshot: str = "",
    end_state: str = "",
) -> Trajectory:
    """The record of one searched instruction.

    The kept path leads to the answer that the method chose, else to the first. A tree without an answer keeps
    none: giving up is not taught (a repair, ToolBench keeps one give-up at random); the tree and its opening
    hold all that is needed to read any other path.
    """
    offer = tree.problem.offer
    kept = [*tree.opening, *path_messages(tree.kept.path())] if tree.kept else []
    return Trajectory(
        trajectory_id=f"{instruction.instruction_id}/{method}",
        instruction_id=instruction.instruction_id,
        source_id=instruction.source_id,
        group=instruction.group,
        split=instruction.split,
        method=method,
        teacher=teacher,
        teacher_kind=teacher_kind,
        environment=environment,
        snapshot=snapshot,
        text=instruction.text,
        win=tree.win,
        finish_type=tree.finish_type,
        final_answer=tree.final_answer,
        query_count=tree.query_count,
        api_calls=tree.api_calls,
        prompt_tokens=tree.prompt_tokens,
        completion_tokens=tree.completion_tokens,
        tree=orjson.dumps([plain(node) for node in tree.records()]).decode(),
        messages=orjson.dumps(kept).decode(),
        functions=orjson.dumps(offer.schemas).decode(),
        api_ids=tuple(api.api_id for api in offer.apis),
        opening=orjson.dumps(tree.opening).decode(),
        end_state=end_state,
        repairs=orjson.dumps(dict(sorted(tree.repairs.items()))).decode(),
    )
