"""The shape of searches, whoever ran them: what is called, how often again, and how it ends.

Published trees, published runs and our own trajectories are brought to one form, a tree of turns, and counted
by one function, so that a fitted figure and the real one can never differ by how they were counted.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

Ending = Literal["answered", "gave up", "no Finish"]

FINISH = "Finish"
HALLUCINATED = "invalid_hallucination_function_name"
"""ToolBench writes this into the history for a name that was not offered."""
_EXCUSE = re.compile(
    r"\b(?:sorry|apologi[sz]e|unfortunately|unable to|could not|couldn't|cannot|can't|was not able|"
    r"no information|not available)\b",
    re.IGNORECASE,
)
_FAILED = re.compile(
    r"\b(?:error|exception|traceback|not found|not subscribed|unauthori[sz]ed|forbidden|timed? ?out|"
    r"does not exist|invalid|too many requests|quota)\b",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Turn:
    """One reply of the model."""

    thought: bool
    """Whether it said something beside its call, or instead of one."""
    name: str
    """Function called; empty for a thought alone."""
    arguments: str
    """As the model wrote them."""
    observation: str | None
    """What came back; None where it was not kept."""
    whole: bool = True
    """Whether the arguments are kept to their end; published runs are cut after 100 characters."""
    children: list["Turn"] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Searched:
    """One instruction, searched by one chain or by a tree."""

    offered: frozenset[str]
    first: tuple[Turn, ...]
    """Turns that follow the instruction directly, in the order they were made."""
    ending: Ending
    final_answer: str
    """Text that the user is told; empty without an answer."""


@dataclass(frozen=True, slots=True)
class Share:
    """A share with what it was counted from."""

    part: int
    of: int

    @property
    def value(self) -> float:
        """Between 0 and 1; 0 where there was nothing to count."""
        return self.part / self.of if self.of else 0.0


Measures = dict[str, Share]


def is_finish(name: str) -> bool:
    """Say whether a call ends a path."""
    return name == FINISH


def call_key(turn: Turn) -> tuple[str, str]:
    """Equal for calls of the same function with the same arguments, however they are spaced and ordered."""
    try:
        return turn.name, json.dumps(json.loads(turn.arguments or "{}", strict=False), sort_keys=True)
    except ValueError:
        return turn.name, turn.arguments


def is_malformed(turn: Turn) -> bool:
    """Say whether the arguments are no JSON object."""
    try:
        return not isinstance(json.loads(turn.arguments or "{}", strict=False), dict)
    except ValueError:
        return True


def has_failed(observation: str) -> bool:
    """Say whether an observation brought nothing: an error of the envelope or in words, or nothing at all."""
    try:
        envelope = json.loads(observation)
    except ValueError:
        envelope = None
    if isinstance(envelope, dict) and "response" in envelope:
        said = envelope["response"]
        text = said if isinstance(said, str) else json.dumps(said)
        return bool(envelope.get("error")) or not text.strip('[]{}" ') or _reads_as_failure(text)
    if cut := re.match(r'\s*\{"error"\s*:\s*"((?:[^"\\]|\\.)*)"', observation):
        return bool(cut[1])
    return _reads_as_failure(observation)


def _reads_as_failure(text: str) -> bool:
    return len(text) < 300 and bool(_FAILED.search(text))


@dataclass(slots=True)
class _Counted:
    """Counts while a search is walked."""

    parts: dict[str, int] = field(default_factory=dict)
    wholes: dict[str, int] = field(default_factory=dict)

    def add(self, name: str, true: bool, counts: bool = True) -> None:
        if counts:
            self.parts[name] = self.parts.get(name, 0) + true
            self.wholes[name] = self.wholes.get(name, 0) + 1


def measured(searches: Sequence[Searched]) -> Measures:
    """Count searches.

    Returns:
        shares of runs by ending; of API calls (Finish left out) that are not offered, malformed, repeated in
        the search, repeated on their own path, failed; of failures followed by the same call; of replies with
        a thought, by what came before; of answers without a call before, without a figure, with an excuse;
        and means as shares above one (`calls a search`, `replies a search`).
    """
    counted = _Counted()
    for searched in searches:
        for ending in ("answered", "gave up", "no Finish"):
            counted.add(ending, searched.ending == ending)
        replies = calls = 0
        seen: set[tuple[str, str]] = set()
        for turn, path, sibling in _walk(searched.first, []):
            replies += 1
            before = path[-1] if path else None
            _count_thought(counted, turn, before, sibling)
            counted.add("reply is a thought alone", not turn.name)
            if not turn.name:
                continue
            if is_finish(turn.name):
                _count_finish(counted, turn, path)
                continue
            calls += 1
            key = call_key(turn)
            earlier = [call_key(each) for each in path if each.name and not is_finish(each.name)]
            counted.add("call not offered", turn.name not in searched.offered)
            counted.add("call with malformed arguments", is_malformed(turn), turn.whole)
            counted.add("call repeats one of the tree", key in seen)
            counted.add("call repeats one of its path", key in earlier)
            counted.add("call repeats the one before", bool(earlier) and key == earlier[-1])
            counted.add(
                "call to the function before", bool(earlier) and turn.name == earlier[-1][0], bool(earlier)
            )
            if turn.observation is not None:
                counted.add("call failed", has_failed(turn.observation))
            if before is not None and before.observation is not None and before.name:
                failed = has_failed(before.observation)
                counted.add("failure followed by the same call", key == call_key(before), failed)
            seen.add(key)
        _count_answer(counted, searched)
        counted.parts["calls a search"] = counted.parts.get("calls a search", 0) + calls
        counted.parts["replies a search"] = counted.parts.get("replies a search", 0) + replies
    shares = {
        name: Share(part, counted.wholes[name])
        for name, part in counted.parts.items()
        if name in counted.wholes
    }
    for name in ("calls a search", "replies a search"):
        shares[name] = Share(counted.parts.get(name, 0), len(searches))
    return shares


def _walk(turns: Sequence[Turn], path: list[Turn]) -> Iterator[tuple[Turn, list[Turn], bool]]:
    """Each turn in the order made, the turns before it on its path, and whether it has an elder sibling."""
    for place, turn in enumerate(turns):
        yield turn, path, place > 0
        yield from _walk(turn.children, [*path, turn])


def _count_thought(counted: _Counted, turn: Turn, before: Turn | None, sibling: bool) -> None:
    counted.add("reply with a thought", turn.thought)
    if sibling:
        counted.add("thought at a further attempt", turn.thought)
    elif before is None:
        counted.add("thought at the beginning", turn.thought)
    elif before.name and before.observation is not None:
        failed = has_failed(before.observation)
        counted.add("thought after a failure" if failed else "thought after an answer", turn.thought)


def _count_finish(counted: _Counted, turn: Turn, path: Sequence[Turn]) -> None:
    called = any(each.name for each in path)
    gives_up = "give_up" in turn.arguments
    counted.add("give-up without a call before", not called, gives_up)
    counted.add("answer without a call before", not called, not gives_up)


def _count_answer(counted: _Counted, searched: Searched) -> None:
    if searched.ending != "answered":
        return
    text = searched.final_answer
    counted.add("answer with an excuse", bool(_EXCUSE.search(text)))
    counted.add("answer without a figure", not re.search(r"\d", text))
