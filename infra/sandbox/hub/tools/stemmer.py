"""Stemmer: words cut down to what they share, and function words taken out."""

import re
from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated

from infra.sandbox.hub.errors import BadArgument
from infra.sandbox.hub.parameters import Choice, Text
from infra.sandbox.hub.tool import Answer, Tool

if TYPE_CHECKING:
    from snowballstemmer import Stemmer

tool = Tool(
    name="Stemmer",
    category="Text Analysis",
    description="Prepares prose for a search index in ten tongues: trims endings, drops filler such as"
    " articles, and groups inflected forms that belong together.",
    packages=("snowballstemmer", "stopwordsiso"),
    data_vintage="Snowball algorithms 3; word lists of 2020.",
    licence="BSD-3-Clause; MIT",
    collections=("writing-desk", "localisation-kit"),
)

ALGORITHMS = {
    "da": "danish",
    "de": "german",
    "en": "english",
    "es": "spanish",
    "fi": "finnish",
    "fr": "french",
    "it": "italian",
    "nl": "dutch",
    "pt": "portuguese",
    "sv": "swedish",
}
# Punctuation inside a word stays: "don't" and "l'eau" are one entry of the lists.
WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")

Language = Annotated[
    str, Choice("Two-letter code of the language.", members=tuple(sorted(ALGORITHMS)), example="fr")
]
EXAMPLE = "The cats connected, the cat was running; a connection runs"
Prose = Annotated[str, Text("The text; case does not matter.", examples=(EXAMPLE,), max_length=3000)]


@lru_cache(maxsize=len(ALGORITHMS))
def _stemmer(language: str) -> "Stemmer":
    import snowballstemmer

    return snowballstemmer.stemmer(ALGORITHMS[language])


@lru_cache(maxsize=len(ALGORITHMS))
def _function_words(language: str) -> frozenset[str]:
    import stopwordsiso

    return frozenset(stopwordsiso.stopwords(language))


def _words(text: str) -> list[str]:
    words = [word.replace("’", "'") for word in WORD.findall(text.lower())]
    if not words:
        raise BadArgument("text", "must contain a word")
    return words


@tool.post("/stems", "Stem Words")
def stem_words(text: Prose, language: Language = "en") -> Answer:
    """The text in order, each entry reduced to the part that its inflected forms have in common."""
    return {"language": language, "stems": _stemmer(language).stemWords(_words(text))}


@tool.post("/families", "Word Families")
def word_families(text: Prose, language: Language = "en") -> Answer:
    """Entries of a text that are forms of one another, gathered under their common part, alphabetically."""
    families: defaultdict[str, set[str]] = defaultdict(set)
    for word in _words(text):
        families[_stemmer(language).stemWord(word)].add(word)
    return {"families": [{"stem": stem, "words": sorted(families[stem])} for stem in sorted(families)]}


@tool.post("/content", "Remove Stop Words")
def remove_stop_words(text: Prose, language: Language = "en") -> Answer:
    """What is left of a text without articles, pronouns and other filler, and how much was dropped."""
    words = _words(text)
    kept = [word for word in words if word not in _function_words(language)]
    return {"words": kept, "kept": len(kept), "dropped": len(words) - len(kept)}


@tool.get("/fillers/{language}", "Stop Word List")
def stop_word_list(
    language: Language,
    prefix: Annotated[
        str, Text("Only entries that begin so.", examples=("th", "qu", "ein"), max_length=10)
    ] = "a",
) -> Answer:
    """How many filler expressions are listed for a language, and those that begin with given letters."""
    words = _function_words(language)
    matching = sorted(word for word in words if word.startswith(prefix.lower()))
    return {"language": language, "total": len(words), "matching": len(matching), "words": matching[:50]}
