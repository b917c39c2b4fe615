"""The judge: whether an answer tells what was expected (pure).

`judge` looks at one answer. Which facts can be checked at all depends on other tasks too: see `checkable`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from tasks.facts.declining import declines, invention
from tasks.facts.denial import denied, only_asked
from tasks.facts.matching import tellings
from tasks.facts.polarity import contradicted
from tasks.facts.reading import Reading, Span, read
from tasks.facts.rivals import hedged
from tasks.facts.states import document_of, same_state
from tasks.facts.wanted import Wanted, wanted
from tasks.records import ExpectedFact

VERSION = "1"
"""Raised when the same answers are judged otherwise."""

Outcome = Literal["told", "missing", "denied", "hedged", "contradicted", "not_judged"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What an answer does with one fact."""

    path: str
    outcome: Outcome
    reason: str
    """A sentence for people."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict on one answer."""

    correct: bool
    findings: tuple[Finding, ...]
    """One a fact, in their order; of a task that cannot be solved one in all, path empty."""
    checkable: bool = True
    """False: nothing of it could be held against a fact, so that `correct` means nothing."""


def judge(
    answer: str,
    facts: Sequence[ExpectedFact],
    instruction: str,
    *,
    solvable: bool = True,
    end_state: str | None = None,
    loose: frozenset[str] = frozenset(),
    gave_up: bool = False,
) -> Judgement:
    """Judge one answer by the facts it has to tell.

    Args:
        answer: what the user is told.
        facts: of the task; a right answer tells every one that can be checked, and contradicts none.
        instruction: the user's text; values it holds are nobody's guesses.
        solvable: False: the task is right when it is declined and nothing is invented.
        end_state: JSON object of documents by tool slug after the calls; None: nobody knows, and facts about
            it are not judged.
        loose: paths of facts that a constant answer could tell (see `checkable`): they need not be told.
        gave_up: the search ended without an answer, by its own choice.

    Raises:
        ValueError: a fact's value or the end state is no JSON.
    """
    said, question = read(answer), read(instruction)
    wants = [wanted(fact) for fact in facts]
    told = {want.fact.path: _tellings(want, said, question) for want in wants}
    explained = sorted({span for spans in told.values() for span in spans})
    if not solvable:
        return _judge_declined(answer, said, question, explained, gave_up)
    findings = tuple(
        _finding(want, told[want.fact.path], said, question, explained, len(wants), end_state)
        for want in wants
    )
    swapped = _swapped(wants, told, said)
    findings = tuple(
        Finding(each.path, "contradicted", "it stands under another's name") if each.path in swapped else each
        for each in findings
    )
    decisive = [each for each in findings if each.path not in loose and each.outcome != "not_judged"]
    contradictions = [each for each in findings if each.outcome in ("denied", "contradicted")]
    correct = bool(decisive) and not contradictions and all(each.outcome == "told" for each in decisive)
    return Judgement(correct, findings, bool(decisive))


def _tellings(want: Wanted, said: Reading, question: Reading) -> list[Span]:
    return [] if want.kind in ("state", "boolean") else tellings(want, said, question)


def _finding(
    want: Wanted,
    spans: Sequence[Span],
    said: Reading,
    question: Reading,
    explained: Sequence[Span],
    facts: int,
    end_state: str | None,
) -> Finding:
    path = want.fact.path
    if want.kind == "state":
        return _state_finding(want, end_state)
    if want.kind == "boolean":
        if contradicted(bool(want.value), want.key, said):
            return Finding(path, "contradicted", f"it is {str(want.value).lower()}")
        return Finding(path, "not_judged", "yes or no can be guessed")
    if not spans:
        return Finding(path, "missing", f"{_shown(want)} is not told")
    asserted = [span for span in spans if not only_asked(said, span)]
    if not asserted:
        return Finding(path, "missing", f"{_shown(want)} is only asked about")
    if all(denied(said, span) for span in (_together(said, asserted) if want.kind == "list" else asserted)):
        return Finding(path, "denied", f"{_shown(want)} is denied or doubted")
    if hedged(want, asserted, said, question, explained, facts):
        return Finding(path, "hedged", f"{_shown(want)} is one of many")
    return Finding(path, "told", f"{_shown(want)} is told")


def _together(said: Reading, spans: Sequence[Span]) -> list[Span]:
    """Members of a list, joined by sentences; a lone one may be there by chance."""
    sentences: dict[Span, list[Span]] = {}
    for span in spans:
        sentences.setdefault(said.sentence_of(span[0]), []).append(span)
    largest = max(map(len, sentences.values()))
    return [
        (group[0][0], group[-1][1]) for group in map(sorted, sentences.values()) if 2 * len(group) >= largest
    ]


def _state_finding(want: Wanted, end_state: str | None) -> Finding:
    path = want.fact.path
    if end_state is None or not end_state:
        return Finding(path, "not_judged", "no end state is given")
    tool = path.removeprefix("state.")
    if same_state(document_of(end_state, tool), want.value):
        return Finding(path, "told", f"{tool} ended as expected")
    return Finding(path, "missing", f"{tool} did not end as expected")


def _judge_declined(
    answer: str, said: Reading, question: Reading, known: list[Span], gave_up: bool
) -> Judgement:
    if gave_up and not answer.strip():
        return Judgement(True, (Finding("", "told", "it was given up"),))
    if not declines(said, question):
        return Judgement(False, (Finding("", "missing", "it cannot be solved, and that is not said"),))
    if invented := invention(said, question, known):
        return Judgement(False, (Finding("", "contradicted", f"{invented!r} is invented"),))
    return Judgement(True, (Finding("", "told", "it was declined"),))


def _swapped(wants: Sequence[Wanted], told: dict[str, list[Span]], said: Reading) -> set[str]:
    """Paths of facts that are told under each other's names: sunset 03:31, sunrise 22:08."""
    found: set[str] = set()
    named = [(want, _own_words(want, wants), told[want.fact.path]) for want in wants]
    for place, (one, own, spans) in enumerate(named):
        for other, others, other_spans in named[place + 1 :]:
            if one.kind != other.kind or not own or not others or not spans or not other_spans:
                continue
            if set(spans) & set(other_spans):
                continue
            if all(_led_by(said, span, others, own) for span in spans) and all(
                _led_by(said, span, own, others) for span in other_spans
            ):
                found |= {one.fact.path, other.fact.path}
    return found


def _own_words(want: Wanted, wants: Sequence[Wanted]) -> frozenset[str]:
    """Beginnings of the words of a fact's key that no other fact's key shares."""
    others = {word for each in wants if each is not want for word in re.split(r"[_\d]", each.key)}
    return frozenset(
        word[:6] for word in re.split(r"[_\d]", want.key) if len(word) > 3 and word not in others
    )


def _led_by(said: Reading, span: Span, names: frozenset[str], own: frozenset[str]) -> bool:
    """Whether the words right before a value are another fact's name, and not its own."""
    start = max(said.sentence_of(span[0])[0], span[0] - 40)
    before = [each.word for each in said.tokens if start <= each.start and each.end <= span[0]][-4:]
    last = next((word for word in reversed(before) if word[:6] in names | own), "")
    return last[:6] in names


def _shown(want: Wanted) -> str:
    text = want.fact.value if len(want.fact.value) <= 60 else f"{want.fact.value[:57]}..."
    return f"{text} {want.fact.unit}".strip()
