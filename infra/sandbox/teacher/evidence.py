"""Evidence: what the words around a value say of whose value it is: labels, prepositions, units."""

import re

from infra.sandbox.teacher.documents import Parameter
from infra.sandbox.teacher.lexicon import word_set
from infra.sandbox.teacher.spans import Span
from infra.sandbox.teacher.units import unit_fits, units_of
from infra.sandbox.teacher.words import group, name_words

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


def label_score(parameter: Parameter, span: Span) -> float:
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


def cue_score(parameter: Parameter, span: Span) -> float:
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


def unit_score(parameter: Parameter, span: Span) -> float:
    """What the unit after a number says: the parameter's own speaks for it, another one against it."""
    if span.unit is None or parameter.kind not in ("integer", "number"):
        return 0.0
    units = units_of(parameter.name, parameter.description)
    return 0.0 if not units else 1.2 if unit_fits(span.unit, units) else -1.5


def cue_at(parameter: Parameter, before: str) -> float:
    """The cue of a plain word, by the words that stand before it."""
    word = (re.findall(r"[a-z]+", before.lower()[-30:]) or [""])[-1]
    first = (parameter.side == 1 and word in _FIRST_CUES) or (
        parameter.side == 2 and word in {*_SECOND_CUES, "in"}
    )
    return 0.8 if first else 0.0
