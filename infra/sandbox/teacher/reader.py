"""Reader: which value of a text belongs to which parameter.

Every (parameter, value) pair is scored by the words around the value, what it looks like, and the
preposition before it; pairs are then taken best first, and each value is claimed once.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from infra.sandbox.teacher.documents import Function, Parameter
from infra.sandbox.teacher.fitting import fitted
from infra.sandbox.teacher.knowledge import MONTHS, NAMES
from infra.sandbox.teacher.lexicon import word_set
from infra.sandbox.teacher.spans import Span, read_text
from infra.sandbox.teacher.units import unit_fits, units_of
from infra.sandbox.teacher.words import group, humanised, name_words, stem

_ARTICLES = word_set(
    """
    the a an my our its their this that value values of is was be exactly about code number
    """
)
_FIRST_CUES = word_set("from between after since starting beginning departing leaving of")
_SECOND_CUES = word_set("to into until till through before and ending towards reaching by")
_PLACE_CUES = word_set("in at near around of for to inside")
_PLACES = frozenset({"country", "city", "timezone", "iata", "postal_code", "latitude"})
_COUNTED = word_set("limit count top n num results size max first")
_AT_MOST = (("most", "at"), ("to", "up"), ("than", "more"))
_YES = {"yes": True, "true": True, "no": False, "false": False, "on": True, "off": False}
_PARTS = ("year", "month", "date")
REQUIRED_FLOOR = 0.25
OPTIONAL_FLOOR = 1.3


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


@dataclass(frozen=True, slots=True)
class Reading:
    """The values read for one function."""

    claims: tuple[Claim, ...]
    missing: tuple[Parameter, ...]
    """Required parameters without a value."""

    @property
    def arguments(self) -> dict[str, Any]:
        """Values by parameter name."""
        return {claim.parameter.name: claim.value for claim in self.claims}

    @property
    def places(self) -> frozenset[tuple[int, int]]:
        """Where in the text the claimed values stand."""
        return frozenset((claim.start, claim.end) for claim in self.claims)


def _label_score(parameter: Parameter, span: Span) -> float:
    """How clearly the words around a value name the parameter, 0 to about 3.5."""
    best = 0.0
    before, after = span.before_stems, span.after_stems
    for label in parameter.labels:
        if not label:
            continue
        if label.issubset(before):
            far = max(before.index(stemmed) for stemmed in label)
            best = max(best, 3.0 + 0.25 * len(label) - 0.4 * (far - len(label) + 1))
        elif len(label) > 1 and (shared := label.intersection(before)):
            near = min(before.index(stemmed) for stemmed in shared)
            best = max(best, 1.6 * len(shared) / len(label) - 0.2 * near)
        if len(label) == 1 and best < 1.0 and _akin(label, before[:2] + after[:2]):
            best = 1.3
        if after and label.issubset(after):
            far = max(after.index(stemmed) for stemmed in label)
            best = max(best, (3.3 if span.after[0] == "as" else 2.4) + 0.25 * len(label) - 0.25 * far)
        elif len(label) > 1 and after and (shared := label.intersection(after)):
            near = min(after.index(stemmed) for stemmed in shared)
            best = max(best, 1.4 * len(shared) / len(label) - 0.25 * near)
    if parameter.kind == "integer" and _COUNTED & set(name_words(parameter.name)):
        superlative = span.after[:1] and (
            span.after[0].endswith("est") or span.after[0] in {"most", "best", "results"}
        )
        if superlative or span.before[:1] in (("top",), ("first",)) or span.before[:2] in _AT_MOST:
            best = max(best, 2.2)
    noted = 0.0
    for distance, stemmed in enumerate(before[:4]):
        if stemmed in parameter.note_stems:
            noted += 0.5 - 0.1 * distance
    for distance, stemmed in enumerate(after[:3]):
        if stemmed in parameter.note_stems:
            noted += 0.5 - 0.12 * distance
    return best + min(noted, 0.9)


def _akin(label: frozenset[str], stems: tuple[str, ...]) -> bool:
    """Say whether a word beside a value means nearly the same as a label: people for a population."""
    marks = {group(stemmed) for stemmed in label}
    return any(mark.startswith("~") for mark in marks) and any(group(stemmed) in marks for stemmed in stems)


def _cue_score(parameter: Parameter, span: Span) -> float:
    """What the preposition before a value says: `from` for the first of a pair, `in` for a place."""
    cue = next((word for word in span.lead if word not in _ARTICLES), "")
    if not span.lead and span.joint in {"and", "to"}:
        cue = span.joint
    if parameter.side == 1:
        return 0.8 if cue in _FIRST_CUES else -0.9 if cue in {"to", "into", "until", "till"} else 0.0
    if parameter.side == 2:
        return 0.8 if cue in _SECOND_CUES else -0.9 if cue in {"from", "since", "between", "after"} else 0.0
    if parameter.meaning in _PLACES and cue in _PLACE_CUES:
        return 0.4
    if parameter.kind == "date" and cue in {"on", "for", "at", "after", "from", "of"}:
        return 0.3
    return 0.0


def _unit_score(parameter: Parameter, span: Span) -> float:
    """What the unit after a number says: the parameter's own speaks for it, another one against it."""
    if span.unit is None or parameter.kind not in ("integer", "number"):
        return 0.0
    units = units_of(parameter.name, parameter.description)
    return 0.0 if not units else 1.2 if unit_fits(span.unit, units) else -1.5


def _cue_at(parameter: Parameter, before: str) -> float:
    """The cue of a plain word, by the words that stand before it."""
    word = (re.findall(r"[a-z]+", before.lower()[-30:]) or [""])[-1]
    first = (parameter.side == 1 and word in _FIRST_CUES) or (
        parameter.side == 2 and word in {*_SECOND_CUES, "in"}
    )
    return 0.8 if first else 0.0


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
                score += min(_label_score(parameter, span), 3.0) + (0.5 if match.group() == text else 0.0)
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


def _family(parameter: Parameter) -> str:
    """Parameters of one family look alike, so that only words or their order tell their values apart."""
    return f"{parameter.kind}/{parameter.meaning}" if parameter.kind == "string" else parameter.kind


def _anchored(claim: Claim, candidates: Sequence[Claim]) -> bool:
    """Say whether words beside a value say whose it is, more clearly than for any parameter like it."""
    rivals = [
        other.evidence
        for other in candidates
        if other.start == claim.start
        and other.parameter is not claim.parameter
        and _family(other.parameter) == _family(claim.parameter)
    ]
    return claim.evidence >= 0.5 and all(claim.evidence - evidence >= 0.3 for evidence in rivals)


def _in_order(claims: list[Claim], candidates: Sequence[Claim], spans: list[Span]) -> list[Claim]:
    """Give values that nothing but their looks tell apart to their parameters in the order of the text."""
    by_start = {span.start: span for span in spans}
    loose = [
        place
        for place, claim in enumerate(claims)
        if claim.start in by_start and not _anchored(claim, candidates)
    ]
    ordered = list(claims)
    for family in {_family(claims[place].parameter) for place in loose}:
        places = [place for place in loose if _family(claims[place].parameter) == family]
        starts = sorted(claims[place].start for place in places)
        fits = [fitted(claims[p].parameter, by_start[start]) for p, start in zip(places, starts, strict=True)]
        for place, start, fit in zip(places, starts, fits, strict=True):
            if all(other is not None for other in fits) and fit is not None:
                ordered[place] = replace(claims[place], value=fit[0], start=start, end=by_start[start].end)
    return ordered


def _sample_claims(parameter: Parameter, instruction: str, spans: Sequence[Span]) -> Iterator[Claim]:
    """Find documented examples in plain words: `26.2 mile in kilometer` needs no quotation marks."""
    if not parameter.required or parameter.is_code:
        return
    words = [sample for sample in parameter.samples if len(sample) > 2]
    for claim in _member_claims(parameter, words, instruction, []):
        if any(span.start < claim.end and claim.start < span.end for span in spans):
            continue
        cue = _cue_at(parameter, instruction[: claim.start])
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
        cue = _cue_score(parameter, span)
        evidence = _label_score(parameter, span) + max(cue, 0.0) + _unit_score(parameter, span)
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


def read_values(
    function: Function,
    instruction: str,
    start: int,
    end: int,
    taken: frozenset[tuple[int, int]] = frozenset(),
    skip: frozenset[str] = frozenset(),
    hole: tuple[int, int] = (0, 0),
) -> Reading:
    """Read the values of a function's parameters from instruction[start:end].

    Args:
        function: the function to read for.
        instruction: the whole instruction; labels and values are looked for in it.
        start: where the clause begins.
        end: where it ends.
        taken: places claimed by somebody else already.
        skip: parameters that are not looked for.
        hole: part of the clause that belongs to somebody else.

    Returns:
        the claims in the order of the documentation, and what is missing.
    """
    best_first = [
        claim
        for claim in candidates(function, instruction)
        if start <= claim.start < end
        and not hole[0] <= claim.start < hole[1]
        and claim.parameter.name not in skip
        and (claim.start, claim.end) not in taken
    ]
    chosen: dict[str, Claim] = {}
    claimed: set[tuple[int, int]] = set()
    parted: set[tuple[int, int, str]] = set()
    for claim in best_first:
        # Year, month and day may all be read from one date, and date and hour from one moment.
        shares = (claim.parameter.kind == "integer" and claim.parameter.meaning in _PARTS) or (
            claim.parameter.kind in ("date", "clock") and (claim.start, claim.end) in claimed
            and (claim.start, claim.end, claim.parameter.kind) not in parted
        )  # fmt: skip
        overlaps = any(a < claim.end and claim.start < b for a, b in claimed)
        if claim.parameter.name in chosen or (overlaps and not shares):
            continue
        chosen[claim.parameter.name] = claim
        claimed.add((claim.start, claim.end))
        parted.add((claim.start, claim.end, claim.parameter.kind))
    claims = [chosen[parameter.name] for parameter in function.parameters if parameter.name in chosen]
    missing = tuple(p for p in function.required if p.name not in chosen and p.name not in skip)
    spans = [
        span for span in read_text(instruction).spans
        if start <= span.start < end
        and not hole[0] <= span.start < hole[1]
        and (span.start, span.end) not in taken
    ]  # fmt: skip
    return Reading(tuple(_in_order(claims, best_first, spans)), missing)
