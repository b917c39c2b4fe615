"""Matching: which offered function a clause asks for, by shared words and by values that fit.

The weights were chosen on sentences over half of the hub's tools, and checked on those over the other half.
"""

import itertools
from dataclasses import dataclass
from functools import lru_cache

from infra.sandbox.teacher.claims import Claim
from infra.sandbox.teacher.clauses import Clause
from infra.sandbox.teacher.documents import Function, Offer, pattern_of
from infra.sandbox.teacher.meanings import DERIVABLE
from infra.sandbox.teacher.reader import Reading, read_values
from infra.sandbox.teacher.spans import read_text
from infra.sandbox.teacher.words import group, stem

FLOOR = 0.8
"""Least score of words at which a clause may ask for a function; one telling shared word reaches it."""
CANDIDATES = 5
"""Functions whose values are read for a clause, those with the best words first."""

_NEIGHBOURS = 0.2
"""Worth of two neighbouring words that stand together in the documentation as well."""
_FILLED = 1.0
"""Worth of having all required values, in parts for a part of them."""
_TELLING = 0.6
"""Worth of each of up to four values that surely belong to a parameter."""
_ALIKE, _UNLIKE = 1.6, 0.8
"""Worth of a value with digits that looks exactly like a documented one, and cost of one that does not."""
_LEFT_OVER = 0.6
"""Cost of each of up to three values of the clause that find no parameter."""
_MISSING, _MISSING_REFERRED, _MISSING_DERIVABLE = 1.8, 0.5, 1.0
"""Cost of a required value that is missing; less where the clause points back or another API may bring it."""
_MOST_MISSING = 3.0


@lru_cache(maxsize=65_536)
def _worths(stemmed: str, offer: Offer) -> tuple[tuple[int, float], ...]:
    """What a word speaks for each function: by the field it stands in, and by how rare it is among all.

    Returns:
        place of a function and what the word is worth, for those that it speaks for at all.
    """
    mark = group(stemmed)
    rare, rare_alike = offer.rarity.get(stemmed, 0.0), offer.rarity.get(mark, 0.0)
    found = []
    for place, function in enumerate(offer.functions):
        weights = function.weights
        worth = max(weights.get(stemmed, 0.0) * rare, weights.get(mark, 0.0) * rare_alike)
        if worth:
            found.append((place, worth))
    return tuple(found)


def word_scores(stems: tuple[str, ...], offer: Offer) -> list[tuple[float, Function]]:
    """How much words speak for each function, the best first; a long description shares words by chance."""
    scores = [0.0] * len(offer.functions)
    for stemmed in dict.fromkeys(stems):
        for place, worth in _worths(stemmed, offer):
            scores[place] += worth
    neighbours = list(itertools.pairwise(stems))
    found = []
    for score, function in zip(scores, offer.functions, strict=True):
        if score:
            pairs = function.pairs
            score += _NEIGHBOURS * sum(1 for pair in neighbours if pair in pairs)
        found.append((score / (0.85 + 0.01 * len(function.weights)), function))
    found.sort(key=lambda pair: (-pair[0], pair[1].order))
    return found


def _likeness(claim: Claim) -> float:
    """Whether a value with digits looks exactly like a documented one: as long, with the same signs."""
    patterns = claim.parameter.patterns
    if not patterns or not isinstance(claim.value, str) or not any(sign.isdigit() for sign in claim.value):
        return 0.0
    return _ALIKE if pattern_of(claim.value) in patterns else -_UNLIKE


def value_score(
    clause: Clause,
    function: Function,
    offer: Offer,
    instruction: str,
    reading: Reading,
    hole: tuple[int, int] = (0, 0),
) -> float:
    """How well the values of a clause fit a function, about -5 to 6.

    Args:
        clause: where the values stand.
        function: what they are read for.
        offer: all functions; capitals that they speak of are words, others are values.
        instruction: the whole text.
        reading: the values read from the clause.
        hole: part of the clause that belongs to somebody else, and brings what is missing.
    """
    required = len(function.required)
    filled = (required - len(reading.missing)) / required if required else 0.4
    telling = sum(1 for claim in reading.claims if claim.score >= 1.0)
    places = reading.places
    left_over = sum(
        1 for span in read_text(instruction).spans
        if clause.start <= span.start < clause.end and span.kind not in ("name", "word")
        and not (span.kind == "caps" and stem(span.raw) in offer.rarity)
        and not hole[0] <= span.start < hole[1]
        and not any(a < span.end and span.start < b for a, b in places)
    )  # fmt: skip
    lacking = sum(
        _MISSING_REFERRED if clause.refers and hole == (0, 0)
        else _MISSING_DERIVABLE if parameter.meaning in DERIVABLE
        else _MISSING
        for parameter in (reading.missing if hole == (0, 0) else ())
    )  # fmt: skip
    return (
        _FILLED * filled
        + _TELLING * min(telling, 4)
        + sum(map(_likeness, reading.claims))
        - min(lacking, _MOST_MISSING)
        - _LEFT_OVER * min(left_over, 3)
    )


@dataclass(frozen=True, slots=True)
class Inner:
    """A call that another one needs the answer of: `the country where the account ... is held`."""

    function: Function
    reading: Reading


@dataclass(frozen=True, slots=True)
class Match:
    """A function that a clause may ask for."""

    score: float
    function: Function
    reading: Reading
    """Values of the clause for it."""
    inner: tuple[Inner, ...] = ()
    """Calls to make before it, in their order."""


def ranking(clause: Clause, offer: Offer, instruction: str, floor: float = FLOOR) -> list[Match]:
    """Offered functions by how well words and values of a clause fit them, the best first."""
    by_words = word_scores(clause.stems, offer)
    best = by_words[0][0] if by_words else 0.0
    found: list[Match] = []
    for score, function in by_words[: CANDIDATES if floor else None]:
        if score < floor or score < 0.3 * best:
            break
        reading = read_values(function, instruction, clause.start, clause.end)
        worth = score + value_score(clause, function, offer, instruction, reading)
        found.append(Match(worth, function, reading))
    return sorted(found, key=lambda match: (-match.score, match.function.order))
