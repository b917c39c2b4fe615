"""Calls that a model writes as text, read tolerantly (pure).

    Thought: the city is known, its sunrise is not
    Action: sunrise_for_almanac
    Action Input: {"city": "Lima"}

Base models and ToolLLaMA checkpoints call functions so, and often not quite so. What can be understood is
followed, and each guess is named in `Heard.repairs`; arguments that stay unreadable are left as they are, for
the search to tell the model.
"""

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tasks.python_text import expression, literal
from tasks.search.effects import FunctionCall
from tasks.search.functions import FINISH

READ_CHARS = 65_536
"""Read of one reply; twice what a tree keeps of a text."""

UNMARKED_THOUGHT = "unmarked_thought"
"""Text before the first mark was taken for the thought."""
DRESSED_NAME = "dressed_name"
"""Quotes, backticks, asterisks or a full stop around the function's name were taken off."""
CALL_IN_ACTION = "call_in_action"
"""`Action: name(...)` or arguments below the name, without `Action Input:`."""
NO_INPUT = "no_input"
"""An action without arguments was taken to want none."""
FENCED = "fenced_input"
"""Arguments in a code fence were taken out of it."""
AROUND_INPUT = "text_around_input"
"""Of text with one JSON object in it, the object was taken."""
PYTHON_INPUT = "python_input"
"""A Python literal was taken for the JSON it stands for."""
MORE_ACTIONS = "more_actions"
"""Further actions in one reply were left out."""
INVENTED = "invented_observation"
"""A result, or another speaker's turn, that the model wrote itself was cut off with all that follows."""
ANSWER_LINE = "answer_line"
"""`Final Answer: ...` was taken for a call of Finish."""

_MARK = re.compile(
    r"^[ \t>*_#-]{0,9}"
    r"(thought|action[ _]input|action|final[ _]answer|observation|function|system|user|assistant)"
    r"[*_]{0,3}[ \t]?:[*_]{0,3}",
    re.IGNORECASE | re.MULTILINE,
)
OBSERVATION = frozenset({"observation"})
SPEAKERS = frozenset({"observation", "function", "system", "user", "assistant"})
"""Marks of lines that are not the model's to write."""
_FENCE = re.compile(r"```[\w-]{0,12}\s*\n?(.*?)(?:```|\Z)", re.DOTALL)
_CALL = re.compile(r"([\w.^-]+)\s*\((.*)\)\s*", re.DOTALL)
_DRESS = " \t\"'`*_.,;:[]<>"


@dataclass(frozen=True, slots=True)
class Heard:
    """What a reply means."""

    content: str | None
    """The thought; None where a call comes without one."""
    calls: tuple[FunctionCall, ...]
    """At most one."""
    repairs: tuple[str, ...]
    """What had to be guessed, in the order of the text."""


def heard(text: str, begun: bool = False, others: frozenset[str] = OBSERVATION) -> Heard:
    """Read a reply.

    Args:
        text: what the model wrote.
        begun: the prompt ended in `Thought:`, so the reply goes on after it.
        others: marks of lines that end the model's turn, `OBSERVATION` or `SPEAKERS`.
    """
    repairs: dict[str, None] = {}
    thoughts: list[str] = []
    name: str | None = None
    given: str | None = None
    for mark, section in _sections(text[:READ_CHARS], begun, SPEAKERS - others):
        if mark in others:
            repairs[INVENTED] = None
            break
        if name is not None and mark != "action input":
            repairs[MORE_ACTIONS] = None
            break
        match mark:
            case "":
                if section.strip():
                    repairs[UNMARKED_THOUGHT] = None
                    thoughts.append(section.strip())
            case "thought":
                thoughts.append(section.strip())
            case "action":
                name, given = _named(section, repairs)
            case "action input":
                if name is None:
                    thoughts.append(section.strip())
                    continue
                given = section.strip()
            case _:
                repairs[ANSWER_LINE] = None
                said = section.strip()
                name = FINISH
                given = json.dumps({"return_type": "give_answer", "final_answer": said}, ensure_ascii=False)
    thought = "\n".join(each for each in thoughts if each)
    if name is None:
        return Heard(thought, (), tuple(repairs))
    if given is None:
        repairs[NO_INPUT] = None
    return Heard(thought or None, (FunctionCall(name, _arguments(given or "", repairs)),), tuple(repairs))


def _sections(text: str, begun: bool, passed: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Marks, those passed over left out, with the text that follows each; before the first the mark is ""."""
    mark, start = ("thought" if begun else ""), 0
    for found in _MARK.finditer(text):
        if found[1].lower() in passed:
            continue
        if found.start() == 0 and begun and found[1].lower() == "thought":
            start = found.end()  # it wrote the mark again
            continue
        if found.start() > 0 or not begun:
            yield mark, text[start : found.start()]
        mark, start = found[1].lower().replace("_", " "), found.end()
    yield mark, text[start:]


def _named(section: str, repairs: dict[str, None]) -> tuple[str, str | None]:
    """Function name of an action, and arguments where they stand there too."""
    first, _, rest = section.strip().partition("\n")
    first, given = first.strip(), None
    if called := _CALL.fullmatch(section.strip()):
        repairs[CALL_IN_ACTION] = None
        return called[1], called[2].strip()
    if rest.strip():
        repairs[CALL_IN_ACTION] = None
        given = rest.strip()
    bare = first.strip(_DRESS)
    if bare and bare != first:
        repairs[DRESSED_NAME] = None
        first = bare
    return first, given


def _arguments(text: str, repairs: dict[str, None]) -> str:
    """Argument text, brought to a JSON object where it holds one."""
    if not text or _is_object(text):
        return text
    if fenced := _FENCE.search(text):
        inside = fenced[1].strip()
        if _is_object(inside):
            repairs[FENCED] = None
            return inside
        text = inside or text
    at = text.find("{")
    if at >= 0 and (whole := _object_at(text, at)) is not None:
        repairs[AROUND_INPUT] = None
        return whole
    literal = _literal(text[at : text.rfind("}") + 1]) if at >= 0 else _keywords(text)
    if literal is None:
        return text
    repairs[PYTHON_INPUT] = None
    return literal


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text, strict=False), dict)
    except (ValueError, RecursionError):
        return False


def _object_at(text: str, at: int) -> str | None:
    try:
        found, end = json.JSONDecoder(strict=False).raw_decode(text, at)
    except (ValueError, RecursionError):
        return None
    return text[at:end] if isinstance(found, dict) else None


def _keywords(text: str) -> str | None:
    """JSON of `city="Lima", days=3`; None for anything else."""
    try:
        call = expression(f"f({text})")
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    if not isinstance(call, ast.Call) or call.args or not call.keywords:
        return None
    pairs = (f"{each.arg!r}: {ast.get_source_segment(f'f({text})', each.value)}" for each in call.keywords)
    return _literal("{" + ", ".join(pairs) + "}")


def _literal(text: str) -> str | None:
    """JSON of a Python dictionary written out; None for anything else."""
    try:
        found: Any = literal(text.strip())
        return json.dumps(found, ensure_ascii=False, allow_nan=False) if isinstance(found, dict) else None
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None
