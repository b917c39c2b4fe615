"""Claims: every value of a text that some parameter may have, with what speaks for it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from infra.sandbox.teacher.documents import Function, Parameter
from infra.sandbox.teacher.evidence import cue_at, cue_score, label_score, unit_score
from infra.sandbox.teacher.fitting import fitted
from infra.sandbox.teacher.knowledge import MONTHS, NAMES
from infra.sandbox.teacher.spans import Span, read_text
from infra.sandbox.teacher.words import humanised, stem

_YES = {"yes": True, "true": True, "no": False, "false": False, "on": True, "off": False}
REQUIRED_FLOOR = 0.25
OPTIONAL_FLOOR = 1.3
"""Least score of a value for a parameter that must have one, and for one that need not."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A value read for a parameter."""

    parameter: Parameter
    value: Any
    start: int
    end: int
    score: float
    """How well value and parameter go together; 1 and more is telling."""
    evidence: float = 3.0
    """The part of the score that words beside the value give, without its looks."""


@lru_cache(maxsize=8_192)
def _member_pattern(member: str) -> re.Pattern[str]:
    spoken = humanised(member)
    if "_" in member:  # `protein_g` is asked for as protein
        spoken = re.sub(r" (?:g|mg|kg|km|cm|m|kcal|kmh|pct)$", "", spoken)
    words = re.escape(spoken) if "_" in member else re.escape(member).replace(r"\-", "[- ]")
    flags = 0 if len(member) <= 2 else re.IGNORECASE
    longer = f"|{next((m for m, n in MONTHS.items() if len(m) > 4 and m.startswith(member.lower())), words)}"
    return re.compile(
        rf"(?<![\w-])(?:{re.escape(member)}|{words}{longer if len(member) == 3 else ''})(?![\w-])", flags
    )


def _member_cue(parameter: Parameter, raw: str, start: int) -> float:
    """Which of a pair a documented value in plain words is: `3.5 cups in millilitres`, `out of savings`."""
    before = raw[max(0, start - 24) : start].lower()
    if re.search(r"\b(?:to|into|in|as|towards)\s+(?:my |the |our |terms of )?$", before):
        return 0.8 if parameter.side == 2 else -0.6
    if re.search(r"(?:\d|\b(?:from|out of|of|many))\s+(?:my |the |our |us )?$", before):
        return 0.8 if parameter.side == 1 else -0.6
    return 0.0


def _spoken_members(parameter: Parameter, members: Sequence[Any]) -> Iterator[tuple[Any, str]]:
    """Each documented value with the ways to say it: codes of languages, currencies, countries by name."""
    for member in members:
        yield member, str(member)
        if parameter.kind == "enum":
            for name in NAMES.get(member, ()):
                yield member, name


def _member_claims(
    parameter: Parameter, members: Sequence[Any], raw: str, spans: Sequence[Span]
) -> Iterator[Claim]:
    """Find the documented values in a text, best where a label or quotation marks stand by one."""
    for member, text in _spoken_members(parameter, members):
        for match in _member_pattern(text).finditer(raw):
            span = next(
                (span for span in spans if span.start <= match.start() and match.end() <= span.end), None
            )
            score = 1.4 + 0.05 * min(len(text), 12)
            if span is not None:
                if span.kind == "quoted" and span.value.lower() != text.lower():
                    score -= 1.2
                score += min(label_score(parameter, span), 3.0) + (0.5 if match.group() == text else 0.0)
            else:
                around = {
                    stem(word)
                    for word in re.findall(
                        r"[a-z]+", raw[max(0, match.start() - 24) : match.end() + 16].lower()
                    )
                }
                score += 0.8 if any(label and label <= around for label in parameter.labels) else 0.0
            if parameter.side and (span is None or span.kind != "quoted"):
                score += _member_cue(parameter, raw, match.start())
            claimed = (span.start, span.end) if span is not None else (match.start(), match.end())
            yield Claim(parameter, member, *claimed, score)


def _boolean_claims(parameter: Parameter, raw: str) -> Iterator[Claim]:
    """Read `<label> yes`, `yes as the <label>`, `with <label>` or `without <label>`."""
    label = r"[ _-]".join(map(re.escape, humanised(parameter.name).split()))
    for pattern, score in (
        (rf"\b{label}\b(?:\s+(?:is|set to|to be|as|of)|:)?\s+\"?(?P<v>yes|no|true|false|on|off)\b\"?", 3.0),
        (rf"\"?\b(?P<v>yes|no|true|false)\b\"? as the {label}\b", 3.0),
        (rf"\b(?P<w>with|without|including|excluding) (?:the )?{label}\b", 2.0),
    ):
        for match in re.finditer(pattern, raw, re.IGNORECASE):
            found = match.groupdict()
            value = (
                _YES[found["v"].lower()] if found.get("v") else found["w"].lower() in {"with", "including"}
            )
            yield Claim(parameter, value, match.start(), match.end(), score)


def _sample_claims(parameter: Parameter, instruction: str, spans: Sequence[Span]) -> Iterator[Claim]:
    """Find documented examples in plain words: `26.2 mile in kilometer` needs no quotation marks."""
    if not parameter.required or parameter.is_code:
        return
    words = [sample for sample in parameter.samples if len(sample) > 2]
    for claim in _member_claims(parameter, words, instruction, []):
        if any(span.start < claim.end and claim.start < span.end for span in spans):
            continue
        cue = cue_at(parameter, instruction[: claim.start])
        yield replace(claim, score=claim.score - 0.6 + cue, evidence=cue)


def _verbatim_claims(parameter: Parameter, instruction: str, spans: Sequence[Span]) -> Iterator[Claim]:
    """Find documented example texts that stand in the instruction as they are, with or without quotation."""
    if parameter.type != "string":
        return
    examples = {str(each) for each in (parameter.example, parameter.default, *parameter.samples) if each}
    for example in sorted(examples):
        if len(example) < 6 or not re.search(r"[^\w-]", example):
            continue
        start = instruction.find(example)
        end = start + len(example)
        within = any(
            span.kind == "quoted" and span.start < start < end < span.end and span.value != example
            for span in spans
        )
        if start >= 0 and not within:
            yield Claim(parameter, example, start, end, 4.0, 3.0)


def _candidates(parameter: Parameter, instruction: str, spans: Sequence[Span]) -> Iterator[Claim]:
    """All values of a text that a parameter may have."""
    if parameter.kind == "enum":
        yield from _member_claims(parameter, parameter.enum, instruction, spans)
        return
    if parameter.kind == "boolean":
        yield from _boolean_claims(parameter, instruction)
        return
    yield from _sample_claims(parameter, instruction, spans)
    yield from _verbatim_claims(parameter, instruction, spans)
    floor = REQUIRED_FLOOR if parameter.required else OPTIONAL_FLOOR
    for span in spans:
        fit = fitted(parameter, span)
        if fit is None:
            continue
        value, looks = fit
        cue = cue_score(parameter, span)
        evidence = label_score(parameter, span) + max(cue, 0.0) + unit_score(parameter, span)
        score = looks + evidence + min(cue, 0.0)
        if score >= floor and (parameter.required or evidence >= 1.0 or looks >= 1.0):
            yield Claim(parameter, value, span.start, span.end, score, evidence)


@lru_cache(maxsize=4_096)
def candidates(function: Function, instruction: str) -> tuple[Claim, ...]:
    """Everything in a text that may be a value of some parameter of a function, the best first."""
    spans = read_text(instruction).spans
    order = {parameter.name: place for place, parameter in enumerate(function.parameters)}
    found = (
        claim for parameter in function.parameters for claim in _candidates(parameter, instruction, spans)
    )
    return tuple(
        sorted(
            found,
            key=lambda c: (
                -c.score - (0.4 if c.parameter.required else 0.0), order[c.parameter.name], c.start
            ),
        )
    )  # fmt: skip
