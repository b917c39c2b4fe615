"""Searches for the tests of what counts them: grown by script, as a table would hold them."""

import json
from collections.abc import Sequence
from typing import Any

from tasks.annotation.analysis.turns import Searched
from tasks.records import Instruction, Trajectory
from tasks.rollout.trajectories import trajectory_of
from tasks.search.effects import Act, FunctionCall, Observation, Reply
from tasks.search.methods import method
from tests.tasks.search.played import ANSWER, GIVE_UP, RAIN, WIND, api, parameter, play, problem, says

__all__ = ["ANSWER", "GIVE_UP", "RAIN", "WIND"]
GOOD, REFUSED, DEAD = "rain falls", "parameter 'day' must be a date", "gone"
_OPTIONAL = [parameter(name, "NUMBER", required=False) for name in ("day", "a", "b")]
PROBLEM = problem(api("rain", "weather", *_OPTIONAL), api("wind", "weather", *_OPTIONAL))
_OBSERVED = {
    GOOD: Observation('{"error": "", "response": "{\\"mm\\": 3}"}', 0),
    REFUSED: Observation('{"error": "Message error...", "response": "parameter \'day\' must be a date"}', 11),
    DEAD: Observation('{"error": "API not working error...", "response": ""}', 6),
}


def call(name: str = RAIN, thought: str | None = None, **arguments: Any) -> Reply:
    """A reply that calls a function."""
    return says(thought, FunctionCall(name, json.dumps(arguments)), tokens=10)


def answer(text: str = "It rains.") -> Reply:
    """A reply that ends with an answer."""
    arguments = {"return_type": "give_answer", "final_answer": text}
    return says(None, FunctionCall("Finish", json.dumps(arguments)), tokens=10)


def give_up() -> Reply:
    """A reply that gives up."""
    return says(None, GIVE_UP, tokens=10)


def trajectory(
    replies: Sequence[Reply],
    observed: Sequence[str] = (),
    *,
    searcher: str = "DFS_woFilter_w2",
    instruction_id: str = "i1",
) -> Trajectory:
    """The row of a search with these replies; calls are answered by `observed` in their order, then well."""
    answers = iter(observed)

    def observe(_: Act) -> Observation:
        return _OBSERVED[next(answers, GOOD)]

    grown = play(method(searcher).search(PROBLEM), replies, observe).tree
    instruction = Instruction(
        instruction_id, "I1", "Will it rain?", (), (), "", "train", "a person", "rehearsal"
    )
    return trajectory_of(
        grown,
        instruction,
        method=searcher,
        teacher="script",
        teacher_kind="rehearsal",
        environment="live",
    )


def searched(
    replies: Sequence[Reply], observed: Sequence[str] = (), *, searcher: str = "DFS_woFilter_w2", **named: Any
) -> Searched:
    """The same in the form that is counted."""
    return Searched(trajectory(replies, observed, searcher=searcher, **named))
