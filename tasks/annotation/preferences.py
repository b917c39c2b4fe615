"""Preference pairs from finished trees: the step that led to the answer, and one that failed, from one state.

Written as TRL's conversational preference format with explicit prompt and tools: `prompt`, `chosen` and
`rejected` are lists of messages, `tools` a list of JSON schemas, arguments of calls are objects; the other
columns say where a pair comes from. The prompt ends where the two steps part, and each side is one reply of
the model, without what came back.

A state is a history: siblings below one node share it, and so do steps of independent chains that began
alike. The message that told a second child what its sibling had tried is no part of the prompt: a student is
asked without it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from tasks.annotation.analysis.turns import Searched, Turn
from tasks.errors import ConfigurationError
from tasks.search.effects import Message
from tasks.search.kept import kept_answer
from tasks.search.messages import path_messages

FORMAT = "TRL conversational preference with tools"


@dataclass(slots=True)
class Paired:
    """Pairs of many trees, and why others made none."""

    pairs: list[dict[str, Any]] = field(default_factory=list)
    trees: int = 0
    """Trees that made a pair."""
    left_out: Counter[str] = field(default_factory=Counter)
    """Reason to count, of trees and of steps."""


def preferences(searches: Iterable[Searched]) -> Paired:
    """The pairs of answered trees, in the order of the trees and of their replies.

    A tree whose answer is known to be wrong makes none, and neither does a chosen step that failed itself.
    """
    made = Paired()
    for searched in searches:
        if not searched.trajectory.win:
            made.left_out["tree without an answer"] += 1
        elif searched.known.correct is False:
            made.left_out["tree with a wrong answer"] += 1
        else:
            pairs = list(_pairs(searched, made.left_out))
            made.pairs += pairs
            made.trees += bool(pairs)
    return made


def write_preferences(pairs: Iterable[dict[str, Any]], path: Path) -> None:
    """Write one pair a line.

    Raises:
        ConfigurationError: the file cannot be written.
    """
    try:
        path.write_bytes(b"".join(orjson.dumps(pair) + b"\n" for pair in pairs))
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be written: {error.strerror}") from None


def _pairs(searched: Searched, left_out: Counter[str]) -> Iterator[dict[str, Any]]:
    answer = kept_answer(searched.nodes)
    winning = next(turn for turn in searched.turns if answer in turn.nodes).path()
    states = _states(searched.turns)
    siblings: dict[bytes, list[Turn]] = {}
    for turn in searched.turns:
        siblings.setdefault(states[turn.before.ask] if turn.before else b"", []).append(turn)
    for place, chosen in enumerate(winning):
        here = siblings[states[chosen.before.ask] if chosen.before else b""]
        losers = _losers(here, chosen)
        if not losers:
            continue
        if (fault := _unfit(chosen, searched)) is not None:
            left_out[f"chosen step {fault}"] += len(losers)
            continue
        prompt = _prompt(searched, winning[:place])
        if prompt is None:
            left_out["history with unreadable arguments"] += len(losers)
            continue
        for loser in losers:
            rejected = _reply(loser)
            if rejected is None:
                left_out["rejected step with unreadable arguments"] += 1
                continue
            yield {
                "prompt": prompt,
                "chosen": [_reply(chosen)],
                "rejected": [rejected],
                "tools": [{"type": "function", "function": each} for each in searched.functions],
                "trajectory_id": searched.trajectory.trajectory_id,
                "split": searched.trajectory.split,
                "chosen_reply": chosen.ask,
                "rejected_reply": loser.ask,
                "rejected_because": _because(loser),
            }


def _states(turns: Sequence[Turn]) -> dict[int, bytes]:
    """Ordinal of a reply to the history that it ends."""
    states: dict[int, bytes] = {}
    for turn in turns:
        before = states[turn.before.ask] if turn.before else b""
        said = [(turn.thought, *action.key, action.observation) for action in turn.actions]
        states[turn.ask] = before + orjson.dumps(said or [turn.thought]) + b"\n"
    return states


def _losers(siblings: Sequence[Turn], chosen: Turn) -> list[Turn]:
    """Steps from the state of `chosen` that failed for good, one of each kind."""
    hopeful = {_step(each) for each in siblings if not _failed(each)}
    losers = {_step(each): each for each in reversed(siblings)}
    return sorted(
        (each for step, each in losers.items() if step != _step(chosen) and step not in hopeful),
        key=lambda turn: turn.ask,
    )


def _step(turn: Turn) -> tuple[str, tuple[tuple[str, str], ...]]:
    """What a reply said and did, whatever came of it."""
    return turn.thought, tuple(action.key for action in turn.actions)


def _failed(turn: Turn) -> bool:
    """No path through it reached an answer, and all were left."""
    return all(each.closed for each in turn.below() if not each.after)


def _unfit(turn: Turn, searched: Searched) -> str | None:
    """Why a step cannot be taught, although it led to the answer."""
    if _reply(turn) is None:
        return "with unreadable arguments"
    if any(action.function not in searched.apis and not action.is_finish for action in turn.actions):
        return "calls what was not offered"
    return "failed itself" if any(action.failure for action in turn.actions) else None


def _because(turn: Turn) -> str:
    """What is known against a rejected step."""
    if turn.gives_up:
        return "gives up"
    if turn.unusable:
        return "no usable reply"
    failures = [action.failure.kind for action in turn.actions if action.failure]
    if failures:
        return failures[0]
    return "says without calling" if not turn.actions else "failed further on"


def _prompt(searched: Searched, path: Sequence[Turn]) -> list[Message] | None:
    """Opening and history in TRL's spelling; None where arguments are no object."""
    opening: list[Message] = orjson.loads(searched.trajectory.opening)
    said: list[Message] = []
    names: dict[str, str] = {}
    for message in path_messages(node for turn in path for node in turn.nodes):
        if message["role"] == "tool":
            said.append({**message, "name": names[message["tool_call_id"]]})
            continue
        calls = []
        for call in message.get("tool_calls") or ():
            names[call["id"]] = call["function"]["name"]
            arguments = _object(call["function"]["arguments"])
            if arguments is None:
                return None
            calls.append({**call, "function": {**call["function"], "arguments": arguments}})
        said.append(_assistant(message["content"], calls))
    return [*opening, *said]


def _reply(turn: Turn) -> Message | None:
    """A step as one message; names as the model wrote them, None where arguments are no object."""
    calls = []
    for number, action in enumerate(turn.actions):
        arguments = _object(action.arguments)
        if arguments is None:
            return None
        function = {"name": action.function, "arguments": arguments}
        calls.append({"id": f"call{number:05d}", "type": "function", "function": function})
    return _assistant(turn.thought, calls)


def _assistant(content: str | None, calls: list[dict[str, Any]]) -> Message:
    message: Message = {"role": "assistant", "content": content or ""}
    return {**message, "tool_calls": calls} if calls else message


def _object(text: str) -> dict[str, Any] | None:
    try:
        found = orjson.loads(text or "{}")
        orjson.dumps([[[[[[[[found]]]]]]]])  # a pair puts fewer levels around it, and must be written
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        return None
    return found if isinstance(found, dict) else None
