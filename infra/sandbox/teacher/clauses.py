"""Clauses: an instruction cut to parts that each ask for one thing, or only tell a circumstance."""

import re
from collections.abc import Sequence
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
    "figure|measure|predict|detect|analyse|analyze|score|format|build|simulate|roll|transpose|test|include|note|"
    "write|put|enter|book|pin|hand|move|shift|remove|strike|delete|cancel|complete|break|join|use|mark|update|order|"
    "transfer|apply|redeem|correct|sort|sum|divide|reduce|hide|mask|shorten|take|assign|tick|rate|judge|guess|spell"
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
_MARKER = re.compile(
    r"(?:(?<=^)|(?<=\n)|(?<=[.:?!;] ))[ \t]*(?:\(?\d{1,2}[.)](?=\s+\D)|\(?\d{1,2}\)(?=\s)|[-*•–](?=\s+\w))",
    re.MULTILINE,
)
_LEAD = re.compile(
    r"(?:(?<=^)|(?<=\n)|(?<=[.:?!;] ))(?:to begin with|first of all|first off|firstly|secondly|thirdly|first|"
    r"second|next|then|after that|afterwards|also|and lastly|lastly|last|in the end|finally|besides|"
    r"on top of that|another thing|"
    r"while you are at it|and|one more thing)\s*[,:](?=\s)",
    re.IGNORECASE,
)
_REQUEST = re.compile(
    r"\?|\b(?:could you|can you|would you|i need|we need|i want|we want|i would like|i'd like|"
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
    opens: bool = False
    """Whether it begins an entry of a list or a paragraph, so that nothing before it belongs to it."""


def _clause(text: Text, start: int, end: int, inherits: bool = False) -> Clause:
    masked = text.masked[start:end]
    inside = [span for span in text.spans if start <= span.start < end]
    # Capitals may be a value or a name of something that documentation speaks of (ISIN, IBAN).
    spoken = content_stems(" ".join(span.raw.lower() for span in inside if span.kind == "caps"))
    marks = [span.mark for span in inside if span.mark]
    stems = (*text.between(start, end), *spoken, *marks)
    asks = bool(_REQUEST.search(masked)) or (
        # `Short and exact, please.` asks for nothing of its own.
        "please" in masked.lower() and (len(stems) >= 4 or bool(inside))
    )
    opens = (
        "\n" in masked[: len(masked) - len(masked.lstrip())] or text.masked[:start].rstrip(" ")[-1:] == "\n"
    )
    return Clause(
        start, end, text.raw[start:end], stems, inherits or asks, bool(REFERENCE.search(masked)), opens
    )  # fmt: skip


@lru_cache(maxsize=16_384)
def part_of(instruction: str, start: int, end: int) -> Clause:
    """A part of a readable instruction as a clause of its own."""
    return _clause(read_text(instruction), start, end)


def joined(clauses: Sequence[Clause], instruction: str) -> Clause:
    """Neighbouring clauses as one."""
    if len(clauses) == 1:
        return clauses[0]
    first, last = clauses[0], clauses[-1]
    return Clause(
        first.start, last.end, instruction[first.start : last.end],
        tuple(stem for clause in clauses for stem in clause.stems),
        any(clause.asks for clause in clauses), any(clause.refers for clause in clauses), first.opens,
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
def readable(instruction: str) -> str:
    """The instruction with the marks of lists blotted out: numbers and dashes of entries, `First of all:`.

    As long as before, so that places stay.
    """
    for pattern in (_MARKER, _LEAD):
        instruction = pattern.sub(lambda match: "\n" + " " * (len(match.group()) - 1), instruction)
    return instruction


@lru_cache(maxsize=4_096)
def split_clauses(instruction: str) -> tuple[Clause, ...]:
    """Cut an instruction at the borders of sentences and of requests, never inside quotations."""
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
            for a, b in _cuts(masked, _SOFT, start, end):
                clause = _clause(text, a, b, inherits=asked)
                if clause.stems or any(a <= span.start < b for span in text.spans):
                    clauses.append(clause)
                    asked = asked or clause.asks
    return tuple(clauses)
