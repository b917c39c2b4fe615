"""Text Statistics: how long and how hard a text is."""

import re
from collections import Counter
from typing import Annotated

from infra.sandbox.hub.errors import BadArgument
from infra.sandbox.hub.parameters import Integer, Text
from infra.sandbox.hub.tool import Answer, Tool

tool = Tool(
    name="Text Statistics",
    category="Education",
    description="Counts in English prose for teachers and editors: length, reading ease, frequent terms.",
    data_vintage="Formulae (Flesch 1948); syllables are counted by groups of vowels.",
    licence="Apache-2.0",
    collections=("writing-desk",),
)

WORD = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿ]+(?:['’][A-Za-zÀ-ÖØ-öø-ÿ]+)*|[0-9]+")
SENTENCE_END = re.compile(r"[.!?]+(?=\s|$)")
STOP_WORDS = frozenset(
    re.findall(
        r"\w+",
        """
        a about after all also an and any are as at be been but by can could did do for from had has have he
        her his how i if in into is it its just like me more my no not of on one or our out she so some than
        that the their them then there they this to up was we were what when which who will with would you
        your
        """,
    )
)

EXAMPLE = "The quick brown fox jumps over the lazy dog. The dog barked, but the fox was gone!"
Prose = Annotated[str, Text("English text.", examples=(EXAMPLE,), max_length=5000)]


def _words(text: str) -> list[str]:
    words = WORD.findall(text)
    if not words:
        raise BadArgument("text", "must contain a word")
    return words


def _sentences(text: str) -> int:
    return max(1, len(SENTENCE_END.findall(text)))


def _syllables(word: str) -> int:
    groups = len(re.findall(r"[aeiouy]+", word.lower()))
    silent = word.lower().endswith("e") and not word.lower().endswith(("le", "ee"))
    return max(1, groups - silent)


@tool.post("/count", "Word Count")
def word_count(text: Prose) -> Answer:
    """Length of a text in words, characters, letters of the average word, and sentences."""
    words = _words(text)
    return {
        "words": len(words),
        "characters": len(text),
        "sentences": _sentences(text),
        "mean_word_length": round(sum(map(len, words)) / len(words), 2),
    }


@tool.post("/reading-ease", "Reading Ease")
def reading_ease(text: Prose) -> Answer:
    """How easily a text reads: Flesch's score (higher is easier) and the school grade that can follow it."""
    words = _words(text)
    per_sentence = len(words) / _sentences(text)
    per_word = sum(map(_syllables, words)) / len(words)
    return {
        "flesch_reading_ease": round(206.835 - 1.015 * per_sentence - 84.6 * per_word, 2),
        "school_grade": round(0.39 * per_sentence + 11.8 * per_word - 15.59, 2),
    }


@tool.post("/keywords", "Keywords")
def keywords(
    text: Prose,
    top: Annotated[int, Integer("At most so many terms.", minimum=1, maximum=20, example=3)] = 5,
) -> Answer:
    """The terms a text repeats most, without function words such as "the", and how often each occurs."""
    counts = Counter(word.lower() for word in _words(text))
    ranked = sorted((-n, word) for word, n in counts.items() if word not in STOP_WORDS)[:top]
    return {"keywords": [{"term": word, "count": -negative} for negative, word in ranked]}
