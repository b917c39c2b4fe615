"""Clauses: an instruction cut to parts that each ask for one thing, or only tell a circumstance."""

import re
from dataclasses import dataclass
from functools import lru_cache

from infra.sandbox.teacher.spans import Text, read_text
from infra.sandbox.teacher.words import content_stems

_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|vs|approx|no|St|Mr|Mrs|Ms|Dr|Inc|Ltd|U\.S|a\.m|p\.m)|\b[A-Z])\.$"
)
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"')\]]*\s+|(?<=[.!?][\"”'])\s+|\n+|;\s+|\s+[–—]\s+")

_VERBS = (
    "tell|give|find|get|show|check|convert|calculate|compute|list|look|work|determine|identify|fetch|retrieve|verify|"
    "validate|estimate|count|rank|search|compare|add|translate|decode|encode|generate|create|make|draw|say|explain|"
    "describe|provide|return|suggest|recommend|send|read|split|turn|express|name|see|let|help|confirm|report|pull|"
    "figure|measure|predict|detect|analyse|analyze|score|format|build|simulate|roll|transpose|test|include|note"
)
_ASKING = r"what|which|how|when|where|who|whose|whether|if"
_HARD = re.compile(
    rf"[,;]?\s+(?:and\s+)?(?:then|also|additionally|furthermore|moreover|afterwards|finally)[,]?\s+(?=\w)"
    rf"|[,]?\s+(?:and|plus|but)\s+(?=(?:please\s+|could\s+you\s+|can\s+you\s+|i\s+(?:need|want|would|also))?(?:{_VERBS})\b(?!\s+of\b))"
    rf"|[,]?\s+(?:and|plus|but)\s+(?=(?:please|could you|can you|i need|i want|i would|i also|i'd)\b)"
    rf"|[,]?\s+(?:and|plus|but)\s+(?=(?:(?:at|in|on|for|to|by|from|with|of)\s+)?(?:{_ASKING})\b)"
    rf"|,\s+(?=(?:{_VERBS})\b\s)",
    re.IGNORECASE,
)
_SOFT = re.compile(
    r"[,]?\s+(?:as well as|along with|together with|plus|and)\s+(?=(?:the|a|an|its|their|any|all|my|our)\b)",
    re.IGNORECASE,
)
_REQUEST = re.compile(
    r"\?|\b(?:please|could you|can you|would you|i need|we need|i want|we want|i would like|i'd like|"
    r"we'd like|we would like|let me know|tell me|help me|i wish|need to|want to|interested in|looking for|"
    r"curious|wonder)\b"
    r"|^\W*(?:(?:also|then|next|finally|additionally|first|second|after that|furthermore|lastly|moreover)"
    r"[,:]?\s+)?"
    rf"(?:{_VERBS}|{_ASKING}|is|are|does|do|was|will)\b",
    re.IGNORECASE,
)
REFERENCE = re.compile(
    r"\b(?:that|those|there|its|their|this|same|resulting|whose|said|corresponding|respective)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of an instruction."""

    start: int
    end: int
    text: str
    stems: tuple[str, ...]
    """Stems of its words outside quotations, in order, small words left out; then marks of its values."""
    asks: bool
    """Whether it asks for something, rather than telling a circumstance."""
    refers: bool
    """Whether it points back (that, there, its, the same)."""
    soft: bool = False
    """Whether it was cut at a mere `and the ...`, which may as well join two things one API gives."""


def _clause(text: Text, start: int, end: int, soft: bool = False, inherits: bool = False) -> Clause:
    masked = text.masked[start:end]
    marks = [span.mark for span in text.spans if start <= span.start < end and span.mark]
    return Clause(
        start, end, text.raw[start:end], (*content_stems(text.worded[start:end]), *marks),
        inherits or bool(_REQUEST.search(masked)), bool(REFERENCE.search(masked)), soft,
    )  # fmt: skip


def _cuts(text: str, pattern: re.Pattern[str], start: int, end: int) -> list[tuple[int, int]]:
    """Pieces of text[start:end] between the matches of a pattern."""
    pieces, left = [], start
    for match in pattern.finditer(text, start, end):
        if match.start() <= left:
            continue
        pieces.append((left, match.start()))
        left = match.end()
    pieces.append((left, end))
    return [(a, b) for a, b in pieces if text[a:b].strip(" ,.;:")]


@lru_cache(maxsize=4_096)
def split_clauses(instruction: str) -> tuple[Clause, ...]:
    """Cut an instruction at the borders of sentences and of requests, never inside quotations.

    A piece after a mere `and the ...` is marked soft: whoever matches it may join it to the one before.
    """
    text = read_text(instruction)
    masked = text.masked
    for span in text.spans:  # a full stop or comma inside a value is no border
        if span.kind not in ("quoted", "array") and re.search(r"[.,;\s]", masked[span.start : span.end]):
            masked = (
                masked[: span.start]
                + re.sub(r"[.,;\s]", "·", masked[span.start : span.end])
                + masked[span.end :]
            )
    clauses: list[Clause] = []
    left = 0
    sentences: list[tuple[int, int]] = []
    for match in _SENTENCE_END.finditer(masked):
        if _ABBREVIATION.search(masked[left : match.start()]):
            continue
        sentences.append((left, match.end()))
        left = match.end()
    sentences.append((left, len(masked)))
    for first, last in sentences:
        asked = False
        for start, end in _cuts(masked, _HARD, first, last):
            for part, (a, b) in enumerate(_cuts(masked, _SOFT, start, end)):
                clause = _clause(text, a, b, soft=part > 0, inherits=asked)
                if clause.stems or any(a <= span.start < b for span in text.spans):
                    clauses.append(clause)
                    asked = asked or clause.asks
    return tuple(_with_circumstances(clauses, text))


def _with_circumstances(clauses: list[Clause], text: Text) -> list[Clause]:
    """Put a sentence that only tells values (`A marathon is 26.2 miles.`) to the request that follows it."""
    joined: list[Clause] = []
    for clause in clauses:
        before = joined[-1] if joined else None
        if before is not None and not before.asks and clause.asks and not clause.soft:
            spans = (span for span in text.spans if before.start <= span.start < before.end)
            if any(span.kind not in ("name", "caps") for span in spans):
                joined[-1] = _clause(text, before.start, clause.end, inherits=True)
                continue
        joined.append(clause)
    return joined
