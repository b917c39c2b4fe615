"""Words: tokens, light stems, and the marks of words that mean nearly the same."""

import re
from functools import lru_cache

from infra.sandbox.teacher.lexicon import GROUPS, PHRASES, QUESTIONS, SMALL_WORDS

WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_NAME_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_]+")


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """Cut the endings of an English word, roughly: `calculates`, `calculation` and `calculator` meet."""
    word = word.lower().replace("’", "'").removesuffix("'s")
    if len(word) <= 3:
        return word
    for ending, instead in (("ies", "y"), ("sses", "ss"), ("ches", "ch"), ("shes", "sh"), ("xes", "x")):
        if word.endswith(ending) and len(word) > len(ending) + 1:
            word = word[: -len(ending)] + instead
            break
    else:
        if word.endswith("s") and not word.endswith(("ss", "us", "is")):
            word = word[:-1]
    for ending in (
        "ations",
        "ation",
        "ating",
        "ators",
        "ator",
        "ated",
        "ate",
        "ment",
        "ness",
        "ing",
        "ed",
        "ity",
    ):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)]
            if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "aeiouls":
                word = word[:-1]
            break
    else:
        for ending in ("ion", "er", "or", "al", "ly"):
            if word.endswith(ending) and len(word) - len(ending) >= 4:
                word = word[: -len(ending)]
                break
    return word[:-1] if len(word) > 3 and word[-1] in "ey" else word


_GROUP_OF: dict[str, str] = {}
for _number, _line in enumerate(GROUPS):
    for _word in _line.split():
        _GROUP_OF.setdefault(stem(_word), f"~{_number}")

_SMALL_STEMS = frozenset(stem(word) for word in SMALL_WORDS)


def group(stemmed: str) -> str:
    """Return the mark of the word's group, or the stem itself where it belongs to none."""
    return _GROUP_OF.get(stemmed, stemmed)


def is_small(word: str) -> bool:
    """Say whether a lower-case word carries no hint of what is asked for."""
    return len(word) == 1 or word in SMALL_WORDS or word.replace("’", "'").partition("'")[0] in SMALL_WORDS


@lru_cache(maxsize=16_384)
def name_words(name: str) -> tuple[str, ...]:
    """Split a programmer's name (snake, camel, digits) to lower-case words: `fromZip2` gives from, zip, 2."""
    return tuple(part.lower() for part in _NAME_PART.findall(name.replace("_", " ")))


_PHRASES = {tuple(map(stem, words.split())): stem(meant) for words, meant in PHRASES.items()}


def placed_stems(text: str) -> list[tuple[int, str]]:
    """Stems of the words of a text with their places, small words left out; `how far` is a `distance`."""
    stems: list[tuple[int, str]] = []
    before = ""
    for match in WORD.finditer(text):
        word = match.group().lower()
        if before == "how" and word in QUESTIONS:
            stems.append((match.start(), stem(QUESTIONS[word])))
        elif not is_small(word):
            stems.append((match.start(), stem(word)))
        if before and (phrase := _PHRASES.get((stem(before), stem(word)))):
            stems.append((match.start(), phrase))
        before = word
    return stems


def content_stems(text: str) -> list[str]:
    """Stems of the words of a text, in order, small words left out."""
    return [stemmed for _, stemmed in placed_stems(text)]


def humanised(name: str) -> str:
    """Write a programmer's name as words: `from_currency` gives `from currency`, `lat1` gives `lat 1`."""
    return " ".join(name_words(name)) or name
