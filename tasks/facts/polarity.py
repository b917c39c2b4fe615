"""Whether an answer says yes or no to a fact that is true or false (pure).

A lone yes can be guessed, so such a fact never makes an answer right; the opposite, said plainly, makes it
wrong.
"""

import re

from tasks.facts.reading import Reading

_OPPOSITES = {
    "valid": "invalid",
    "open": "closed|shut",
    "leap": "common year",
    "equal": "different|unequal",
    "possible": "impossible",
    "available": "unavailable|taken",
    "free": "busy|taken",
    "found": "missing|absent",
    "prime": "composite",
    "contains": "excludes|outside",
    "light": "dark",
    "day": "night",
}
_NEGATION = re.compile(r"n't\b|\bnot\b|\bno\b|\bnever\b|\bcannot\b|\bisnt\b|\bneither\b|\bnon\b", re.I)
_TRUE, _FALSE = re.compile(r"\b(?:true|yes)\b", re.I), re.compile(r"\b(?:false|no)\b", re.I)


def contradicted(value: bool, key: str, answer: Reading) -> bool:
    """Whether every sentence about the fact says the opposite.

    Args:
        value: what is so.
        key: last key of the fact's path, such as `valid` or `is_holiday`.
        answer: what is judged.
    """
    said = {polarity for polarity in _polarities(key, answer)}
    return said == {not value}


def _polarities(key: str, answer: Reading) -> list[bool]:
    words = [word for word in key.lower().split("_") if word not in ("is", "has", "are", "can", "ok")]
    if not words:
        return []
    stem = words[-1]
    found: list[bool] = []
    pair = re.compile(rf"\b{re.escape(key)}\b[\"']?\s*(?:[:=|]|\bis\b)?\s*[\"']?(\w+)", re.I)
    for part in pair.finditer(answer.text):
        found += _literal(part[1])
    if found:
        return found
    opposite = _OPPOSITES.get(stem)
    for start, end in answer.sentences:
        sentence = answer.text[start:end]
        if sentence.rstrip().endswith("?"):
            continue
        for clause in re.split(r"[,;:]|\s-\s|[—–]|\bbut\b|\bso\b|\band\b|\bbecause\b", sentence):
            negative = _NEGATION.search(clause) is not None
            if opposite and re.search(rf"\b(?:{opposite})\b", clause, re.I):
                found.append(negative)
            elif re.search(rf"\b{re.escape(stem)}\b", clause, re.I):
                found.append(not negative)
    return found


def _literal(word: str) -> list[bool]:
    if _TRUE.fullmatch(word):
        return [True]
    return [False] if _FALSE.fullmatch(word) else []
