"""Matching: which offered function a clause asks for, by shared words and by values that fit."""

from infra.sandbox.teacher.clauses import Clause
from infra.sandbox.teacher.documents import Function, Offer
from infra.sandbox.teacher.meanings import DERIVABLE
from infra.sandbox.teacher.reader import read_values
from infra.sandbox.teacher.spans import read_text
from infra.sandbox.teacher.words import group

FLOOR = 0.9
"""Least score at which a clause is taken to ask for a function; one telling shared word reaches it."""

MOST_READ = 8
"""Functions whose values are read for a clause, those with the best words first."""


def word_score(clause: Clause, function: Function, offer: Offer) -> float:
    """Sum of the rarity of shared words, by the field they stand in, and of shared neighbours."""
    score = 0.0
    counted: set[str] = set()
    for stemmed in clause.stems:
        if stemmed in counted:
            continue
        counted.add(stemmed)
        exact = function.weights.get(stemmed, 0.0) * offer.rarity.get(stemmed, 0.0)
        mark = group(stemmed)
        if mark != stemmed and mark not in counted:
            alike = function.weights.get(mark, 0.0) * offer.rarity.get(mark, 0.0)
            if alike >= exact:
                counted.add(mark)
                exact = alike
        score += exact
    neighbours = zip(clause.stems, clause.stems[1:], strict=False)
    score += 0.4 * sum(1 for pair in neighbours if pair in function.pairs)
    # A long description shares words by chance.
    return score / (0.85 + 0.004 * len(function.weights))


def value_score(clause: Clause, function: Function, instruction: str) -> float:
    """Between about -1 and 1.5: how well the values of the clause fill the function's required parameters.

    Values that look just like what a parameter wants count most; missing ones and those left over count
    against it.
    """
    reading = read_values(function, instruction, clause.start, clause.end)
    required = len(function.required)
    has = (required - len(reading.missing)) / required if required else 0.4
    telling = sum(0.15 for claim in reading.claims if claim.score >= 1.0)
    places = reading.places
    left = sum(
        1 for span in read_text(instruction).spans
        if clause.start <= span.start < clause.end and span.kind not in ("name", "word", "caps")
        and not any(a < span.end and span.start < b for a, b in places)
    )  # fmt: skip
    # What another answer may bring is missed less than what only the user can say.
    lacking = sum(0.12 if clause.refers or p.meaning in DERIVABLE else 0.5 for p in reading.missing)
    return 0.8 * has + min(telling, 0.6) - min(lacking, 1.0) - 0.3 * min(left, 2)


def rank(clause: Clause, offer: Offer, instruction: str) -> list[tuple[float, Function]]:
    """Offered functions by how well they fit a clause, best first; equal ones in the order offered."""
    by_words = sorted(
        ((word_score(clause, function, offer), function) for function in offer.functions),
        key=lambda pair: (-pair[0], pair[1].order),
    )
    best = by_words[0][0] if by_words else 0.0
    scored = []
    for place, (score, function) in enumerate(by_words):
        # Values only decide between functions whose words fit about equally well.
        fits = (
            value_score(clause, function, instruction)
            if place < 4 and score > 0.4 * best and score > 0
            else 0.0
        )
        scored.append((score + fits, function))
    return sorted(scored, key=lambda pair: (-pair[0], pair[1].order))
