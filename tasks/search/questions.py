"""What methods ask the model about their own trees, and how the replies are read (pure).

Which of two attempts is better (`DFS_w<W>`), which of several (`ToT-BFS`), how good one is (`ToT-DFS`), what
a failed one teaches (`Reflect@<N>`). A question is a conversation of its own, without functions: the attempts
are told in words, long texts cut, so that any chat model can answer and no server refuses a history of calls.
A reply that cannot be read is no opinion, never an error.

The words are ours; `VERSION` is part of the fingerprint of tables whose method asks.
"""

import json
import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Literal

from tasks.search.codes import NORMAL
from tasks.search.effects import Message, Reply
from tasks.search.functions import FINISH
from tasks.search.messages import NodeLike, turns
from tasks.search.problem import Problem

VERSION = "1"
TOLD_CHARS = 1_024
"""Kept of one thought, argument text or observation, as in ToolBench's ranking."""
LESSON_CHARS = 600
"""Kept of a lesson: about 150 tokens."""
KEPT_CALLS = 6
"""Failed calls that a further attempt is told of, at most."""
BEST, WORST = 10, 1
"""Ends of the scale on which one attempt is rated."""

_JUDGE = """\
You judge attempts at a task that is solved by calling functions, step by step. An attempt may be unfinished.
The functions:
{functions}
The task:
{task}
"""
_COMPARE = """\
Both attempts began with:
{common}
Then attempt A went on:
{first}
And attempt B went on:
{second}
Which of the two is nearer to solving the task? Answer with one word, A or B."""
_VOTE = """\
{attempts}
Which of these {count} attempts is nearest to solving the task? Answer with its number only."""
_RATE = """\
The attempt so far:
{attempt}
How likely will it, continued, solve the task? Answer with one whole number only, from 1 (hopeless) to 10 \
(solved)."""
_LESSON = """\
This attempt has failed:
{attempt}
It is about to be made again from the beginning. In at most two sentences, say what went wrong and what to \
do otherwise. Name functions and arguments."""
_LESSONS = """\
You have tried this task before, and failed. Calls that failed then, or ended it:
{calls}
What you noted down:
{lessons}
Keep to it now, and take the next step."""

_LETTER_FIRST = re.compile(r"\W*([AB])\b(?!\s*\w)")
_LETTER = re.compile(r"\b[AB]\b")
_OUT_OF = re.compile(r"(?:/|\bout of|\bof)\s{0,9}\d+")
_NUMBER_FIRST = re.compile(r"[^\w-]{0,9}(\d{1,4})(?![\w.,]*\d)")
_NUMBER = re.compile(r"(?<![\w.,-])\d{1,4}(?!\w)(?![.,]\d)")


def compare(
    problem: Problem, common: Sequence[NodeLike], first: Sequence[NodeLike], second: Sequence[NodeLike]
) -> list[Message]:
    """Ask which of two attempts is better, told as what they share and how each goes on."""
    said = _COMPARE.format(common=told(common) or "nothing", first=told(first), second=told(second))
    return _asked(problem, said)


def preferred(reply: Reply) -> Literal["A", "B"] | None:
    """The attempt that a reply to `compare` names; None where it names neither, or both in one sentence.

    ToolBench looks at the reply's last letter and takes anything but an "a" for B.
    """
    text = (reply.content or "").strip()[:TOLD_CHARS]
    first = _LETTER_FIRST.match(text)
    found = {first[1]} if first else {text.strip("\"'*`.").upper()} & {"A", "B"} or set(_LETTER.findall(text))
    if reply.failed or len(found) != 1:
        return None
    return "A" if "A" in found else "B"


def vote(problem: Problem, attempts: Sequence[Sequence[NodeLike]]) -> list[Message]:
    """Ask which of several attempts is best; they are numbered from 1."""
    listed = "\n".join(f"Attempt {number}:\n{told(each)}" for number, each in enumerate(attempts, 1))
    return _asked(problem, _VOTE.format(attempts=listed, count=len(attempts)))


def rate(problem: Problem, attempt: Sequence[NodeLike]) -> list[Message]:
    """Ask how good one attempt is, from `WORST` to `BEST`."""
    return _asked(problem, _RATE.format(attempt=told(attempt)))


def number(reply: Reply, low: int, high: int) -> int | None:
    """The number that a reply to `vote` or `rate` begins with, else its last one, from `low` to `high`.

    None where it has none. Of "7 out of 10" the 7 counts.
    """
    if reply.failed:
        return None
    text = _OUT_OF.sub(" ", (reply.content or "").strip()[:TOLD_CHARS])
    first = _NUMBER_FIRST.match(text)
    found = [int(first[1])] if first else [int(each) for each in reversed(_NUMBER.findall(text))]
    return next((each for each in found if low <= each <= high), None)


def lesson(problem: Problem, attempt: Sequence[NodeLike]) -> list[Message]:
    """Ask what a failed attempt teaches."""
    return _asked(problem, _LESSON.format(attempt=told(attempt) or "nothing was done"))


def learnt(reply: Reply) -> str:
    """The lesson of a reply, on one line; empty where there is none."""
    return "" if reply.failed else " ".join((reply.content or "")[: 4 * LESSON_CHARS].split())[:LESSON_CHARS]


def failures(attempt: Iterable[NodeLike]) -> list[tuple[str, str]]:
    """Function and arguments of an attempt's calls that failed or gave up; of its last where none did."""
    calls = [
        (name.description, call)
        for turn in turns(attempt)
        for name, call in pairwise(turn)
        if call.kind == "action_input"
    ]
    failed = [(name, call.description) for name, call in calls if call.observation_code != NORMAL]
    return failed or [(name, call.description) for name, call in calls[-1:]]


def reminder(lessons: Iterable[str], failed: Sequence[tuple[str, str]]) -> Message | None:
    """The passing user message that carries lessons into a further attempt; None without any.

    Args:
        lessons: in the order they were learnt.
        failed: function and arguments of calls not to be made again; the latest `KEPT_CALLS` are told.
    """
    listed = "\n".join(f"- {each}" for each in lessons)
    if not listed:
        return None
    calls = [{"name": name, "arguments": _cut(arguments)} for name, arguments in failed[-KEPT_CALLS:]]
    told_calls = json.dumps(calls, ensure_ascii=False, indent=2)
    return {"role": "user", "content": _LESSONS.format(calls=told_calls, lessons=listed)}


def told(path: Iterable[NodeLike]) -> str:
    """An attempt in words: thoughts, calls and results, a line each."""
    lines: list[str] = []
    for turn in turns(path):
        for node in turn:
            text = _cut(node.description)
            if node.kind == "thought" and text:
                lines.append(f"Thought: {text}")
            elif node.kind == "action":
                lines.append(f"Call: {text}")
            elif node.kind == "action_input":
                lines.append(f"Arguments: {text or '{}'}")
                lines.append(f"Result: {_cut(node.observation)}")
    return "\n".join(lines)


def _asked(problem: Problem, question: str) -> list[Message]:
    functions = "\n".join(
        f"- {schema['name']}: {schema['description']}"
        for schema in problem.offer.schemas
        if schema["name"] != FINISH
    )
    system = _JUDGE.replace("{functions}", functions).replace("{task}", problem.text)
    return [{"role": "system", "content": system}, {"role": "user", "content": question}]


def _cut(text: str) -> str:
    return text if len(text) <= TOLD_CHARS else text[:TOLD_CHARS] + "..."
