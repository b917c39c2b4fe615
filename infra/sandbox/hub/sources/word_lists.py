"""How often words occur in films and books of a language, from pyspellchecker's tables."""

from collections import defaultdict
from functools import lru_cache

LANGUAGES = ("en", "es", "fr")
FURTHEST = 2
"""A misspelling is at most so many slips away from what was meant."""


@lru_cache(maxsize=len(LANGUAGES))
def frequencies(language: str) -> dict[str, int]:
    """Return the number of times each word was seen."""
    from spellchecker import SpellChecker

    return dict(SpellChecker(language=language).word_frequency.dictionary)


@lru_cache(maxsize=len(LANGUAGES))
def total(language: str) -> int:
    """Return how many words were seen in all."""
    return sum(frequencies(language).values())


@lru_cache(maxsize=len(LANGUAGES))
def _by_shape(language: str) -> dict[tuple[str, int], list[str]]:
    """Return the words by first letter and length."""
    shelves: defaultdict[tuple[str, int], list[str]] = defaultdict(list)
    for word in sorted(frequencies(language)):
        shelves[word[0], len(word)].append(word)
    return dict(shelves)


@lru_cache(maxsize=500)
def suggestions(word: str, language: str) -> tuple[str, ...]:
    """Return likely words for a misspelt one: fewest slips first, then the more frequent, then by alphabet.

    The first letter is taken as right (or swapped with the second): a search through all words would hold up
    other calls.
    """
    import jellyfish

    found = []
    for first in sorted(set(word[:2])):
        for length in range(len(word) - FURTHEST, len(word) + FURTHEST + 1):
            for candidate in _by_shape(language).get((first, length), ()):
                slips = jellyfish.damerau_levenshtein_distance(word, candidate)
                if slips <= FURTHEST:
                    found.append((slips, -frequencies(language)[candidate], candidate))
    return tuple(candidate for _, _, candidate in sorted(found))
