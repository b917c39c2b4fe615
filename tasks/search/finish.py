"""What a call of `Finish` means, read leniently: an answer, a giving up, or a mistake the model can mend."""

import json
import re
from dataclasses import dataclass

from tasks.search.arguments import ArgumentError, arguments_of
from tasks.search.codes import ANSWERED, GAVE_UP, INPUT_ERROR
from tasks.search.effects import Observation

_RETURN_TYPE = re.compile(r'"return_type"\s*:\s*"([^"]*)"')
_FINAL_ANSWER = re.compile(r'"final_answer"\s*:\s*"(.*)', re.DOTALL)
_CLOSING = re.compile(r'"\s*}?\s*$')


@dataclass(frozen=True, slots=True)
class Finish:
    """How a path ended, or why it did not."""

    observation: Observation
    answer: str | None = None
    """Text for the user; None unless an answer was given."""


def read_finish(arguments: str) -> Finish:
    """Read the arguments of `Finish`; broken JSON is searched for the two keys, as in ToolBench.

    >>> read_finish('{"return_type": "give_answer", "final_answer": "It rains').answer
    'It rains'
    """
    try:
        said = arguments_of(arguments)
    except ArgumentError:
        said = _searched(arguments)
    kind = said.get("return_type")
    if kind == "give_up_and_restart":
        return Finish(_observed("response", "given up", GAVE_UP))
    if kind != "give_answer":
        return Finish(
            _observed("error", "return_type must be give_answer or give_up_and_restart", INPUT_ERROR)
        )
    if "final_answer" not in said:
        return Finish(_observed("error", "give_answer needs a final_answer", INPUT_ERROR))
    answer = said["final_answer"]
    if not isinstance(answer, str):
        answer = "" if answer is None else json.dumps(answer, ensure_ascii=False)
    return Finish(_observed("response", "final answer taken", ANSWERED), answer)


def _searched(text: str) -> dict[str, object]:
    found: dict[str, object] = {}
    if kind := _RETURN_TYPE.search(text):
        found["return_type"] = kind.group(1)
    if answer := _FINAL_ANSWER.search(text):
        found["final_answer"] = _CLOSING.sub("", answer.group(1))
    return found


def _observed(key: str, text: str, code: int) -> Observation:
    return Observation(json.dumps({key: text}), code)
