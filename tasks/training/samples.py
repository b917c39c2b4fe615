"""Trajectory to training sample: what a student is taught, and what it is not (pure).

One conversation a trajectory, loss on every assistant turn. ToolBench makes one example of each step, with
loss on its last turn only, and keeps give-ups, although ToolLLM (arXiv:2307.16789, A.4) speaks of passed
paths; here only paths with a final answer are kept (unless give-ups are asked for), and no prefix is paid for
twice.

A turn that cannot be right in itself (a function that was not offered, arguments that are no JSON object)
stays in the conversation, because the turns after it answer to it, and carries `"weight": 0`: it is read,
not learned.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

import orjson

from tasks.errors import RecordError
from tasks.records import Node, Reject, TrainingSample, Trajectory
from tasks.search.kept import drawn_give_up, path_to
from tasks.search.messages import path_messages

STAGE = "assemble"
FINISH = "Finish"
Message = dict[str, Any]


def sample_of(trajectory: Trajectory, give_ups: bool = False) -> TrainingSample | Reject:
    """The training sample of a trajectory, or the reason why it makes none.

    Args:
        trajectory: as annotated.
        give_ups: of a tree without an answer, one path to a give-up makes a sample, as in ToolBench; which
            one is drawn by the instruction's id.

    Reasons: `not_answered`, `unreadable`, `empty_path`, `no_instruction`, `unknown_role`, `stray_user_turn`,
    `empty_turn`, `orphaned_call`, `orphaned_observation`, `unfinished`.
    """
    try:
        return _sample(trajectory, give_ups)
    except RecordError as error:
        return Reject(STAGE, trajectory.trajectory_id, error.reason, error.evidence[:2000])


def samples_of(
    trajectories: Iterable[Trajectory], give_ups: bool = False
) -> tuple[list[TrainingSample], list[Reject]]:
    """Samples and rejects of many trajectories, each in the order given; see `sample_of`."""
    samples: list[TrainingSample] = []
    rejects: list[Reject] = []
    for trajectory in trajectories:
        made = sample_of(trajectory, give_ups)
        if isinstance(made, Reject):
            rejects.append(made)
        else:
            samples.append(made)
    return samples, rejects


def _sample(trajectory: Trajectory, give_ups: bool) -> TrainingSample:
    functions = _json_list(trajectory.functions, "functions")
    offered = {str(function.get("name")) for function in functions}
    if trajectory.win and trajectory.finish_type == "give_answer":
        messages = _json_list(trajectory.messages, "messages")
        conversation = _finished(_opened(messages), "give_answer", trajectory.final_answer)
    elif give_ups and trajectory.finish_type == "give_up":
        conversation = _finished(_opened(_path_to_give_up(trajectory)), "give_up_and_restart", "")
    else:
        raise RecordError("not_answered", f"finish type: {trajectory.finish_type or 'none'}")
    _require_answered_calls(conversation)
    turns = [_clean(message, offered) for message in conversation]
    return TrainingSample(
        sample_id=trajectory.trajectory_id,
        trajectory_id=trajectory.trajectory_id,
        instruction_id=trajectory.instruction_id,
        group=trajectory.group,
        split=trajectory.split,
        messages=orjson.dumps(turns).decode(),
        tools=orjson.dumps([{"type": "function", "function": each} for each in functions]).decode(),
        assistant_turns=sum(turn["role"] == "assistant" for turn in turns),
        teacher=trajectory.teacher,
        teacher_kind=trajectory.teacher_kind,
        environment=trajectory.environment,
    )


def _path_to_give_up(trajectory: Trajectory) -> list[Message]:
    """The messages of one path that was given up; the record keeps such paths in its tree only."""
    try:
        nodes = [Node(**fields) for fields in _json_list(trajectory.tree, "tree")]
    except TypeError as error:
        raise RecordError("unreadable", f"the tree holds what is no node: {error}") from error
    end = drawn_give_up(nodes, trajectory.instruction_id)
    if end is None:
        raise RecordError("unreadable", "the tree has no give-up, though the record says so")
    return [*_json_list(trajectory.opening, "opening"), *path_messages(path_to(nodes, end))]


def _json_list(text: str, name: str) -> list[Message]:
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise RecordError("unreadable", f"{name} is no JSON: {error}") from error
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise RecordError("unreadable", f"{name} is no JSON list of objects")
    return found


def _opened(messages: list[Message]) -> list[Message]:
    """The messages, once it is sure that only calls and observations follow the instruction."""
    roles = [message.get("role") for message in messages]
    if "assistant" not in roles:
        raise RecordError("empty_path", f"roles: {roles}")
    unknown = [role for role in roles if role not in ("system", "user", "assistant", "tool")]
    if unknown:
        raise RecordError("unknown_role", f"role {unknown[0]!r}")
    opening = roles[: roles.index("assistant")]
    if opening not in (["system", "user"], ["user"]):
        raise RecordError("no_instruction", f"the path opens with {opening}")
    if "user" in roles[len(opening) :] or "system" in roles[len(opening) :]:
        raise RecordError("stray_user_turn", f"roles: {roles}")
    return messages


def _finished(messages: list[Message], return_type: str, final_answer: str) -> list[Message]:
    """The messages up to `Finish`; its arguments are written anew where they are no JSON."""
    end = max(position for position, message in enumerate(messages) if message["role"] == "assistant")
    last = messages[end]
    calls = _calls(last)
    if len(calls) != 1 or calls[0]["name"] != FINISH:
        raise RecordError("unfinished", f"the last turn calls {[call['name'] for call in calls]}")
    arguments = _json_object(calls[0]["arguments"])
    if return_type != "give_answer":
        arguments = arguments or {"return_type": return_type}
    elif arguments is None or not arguments.get("final_answer"):
        if not final_answer:
            raise RecordError("unfinished", "the last turn gives no final answer")
        arguments = {"return_type": return_type, "final_answer": final_answer}
    if arguments.get("return_type") != return_type:
        raise RecordError("unfinished", f"return type {arguments.get('return_type')!r}")
    call = last["tool_calls"][0]
    finish = {**call, "function": {"name": FINISH, "arguments": _one_line(arguments)}}
    return [*messages[:end], {**last, "tool_calls": [finish]}]


def _require_answered_calls(messages: Sequence[Message]) -> None:
    """Every call but those of the last turn is answered before the next assistant turn, each once."""
    waiting: list[str] = []
    for message in messages:
        if message["role"] == "assistant":
            if waiting:
                raise RecordError("orphaned_call", f"call {waiting[0]!r} has no observation")
            waiting = [call["id"] for call in _calls(message)]
            if not waiting and not str(message.get("content") or "").strip():
                raise RecordError("empty_turn", "an assistant turn has neither text nor call")
        elif message["role"] == "tool":
            answered = message.get("tool_call_id")
            if answered not in waiting:
                raise RecordError("orphaned_observation", f"observation of {answered!r} follows no such call")
            waiting.remove(answered)


def _clean(message: Message, offered: set[str]) -> Message:
    """A message with the keys that the template reads, and no others."""
    if message["role"] == "tool":
        return {
            "role": "tool",
            "tool_call_id": message["tool_call_id"],
            "content": str(message.get("content") or ""),
        }
    turn: Message = {"role": message["role"], "content": str(message.get("content") or "")}
    calls = _calls(message) if message["role"] == "assistant" else []
    if not calls:
        return turn
    parsed = [_json_object(call["arguments"]) for call in calls]
    turn["tool_calls"] = [
        {
            "id": call["id"],
            "type": "function",
            "function": {
                "name": call["name"],
                "arguments": call["arguments"] if arguments is None else _one_line(arguments),
            },
        }
        for call, arguments in zip(calls, parsed, strict=True)
    ]
    if any(arguments is None for arguments in parsed) or any(call["name"] not in offered for call in calls):
        turn["weight"] = 0
    return turn


def _calls(message: Message) -> list[dict[str, str]]:
    try:
        return [
            {
                "id": str(call["id"]),
                "name": str(call["function"]["name"]),
                "arguments": str(call["function"]["arguments"]),
            }
            for call in message.get("tool_calls") or ()
        ]
    except (KeyError, TypeError) as error:
        raise RecordError("unreadable", f"a tool call lacks {error}") from error


def _json_object(text: str) -> dict[str, Any] | None:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _one_line(arguments: dict[str, Any]) -> str:
    """Teachers indent as they please; a student learns one spelling."""
    return json.dumps(arguments, ensure_ascii=False)
