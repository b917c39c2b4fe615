"""Spelling Service: misspelt words found and mended."""

import re
from typing import Annotated

from infra.sandbox.hub.errors import BadArgument, NotFound
from infra.sandbox.hub.parameters import Choice, Text
from infra.sandbox.hub.sources.word_lists import LANGUAGES, frequencies, suggestions, total
from infra.sandbox.hub.tool import Answer, Tool

tool = Tool(
    name="Spelling Service",
    category="Text Analysis",
    description="Proof-reading by dictionary in English, Spanish and French: flags typing errors, proposes"
    " what was meant, and tells common vocabulary from rare.",
    packages=("pyspellchecker", "jellyfish"),
    data_vintage="Frequencies from film subtitles up to 2018.",
    licence="MIT; frequencies from OpenSubtitles",
    collections=("writing-desk", "community-moderation"),
)

WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")

Language = Annotated[str, Choice("Two-letter code of the dictionary.", members=LANGUAGES, example="fr")]


def _one_word(*examples: str) -> Text:
    # Every letter multiplies the work of a suggestion.
    return Text("One word.", examples=examples, max_length=24)


def _checked(word: str) -> str:
    if not WORD.fullmatch(word):
        raise BadArgument("word", "must be one word of letters")
    return word.lower().replace("’", "'")


@tool.post("/errors", "Check Spelling")
def check_spelling(
    text: Annotated[
        str,
        Text("Text to read.", examples=("I recieve teh best mesages\non “Wednesday”.",), max_length=1000),
    ],
    language: Language = "en",
) -> Answer:
    """What a text spells in no known way, in order of appearance, and how many entries were looked up."""
    words = [word.lower().replace("’", "'") for word in WORD.findall(text)]
    known = frequencies(language)
    wrong = list(dict.fromkeys(w for w in words if w not in known and w.removesuffix("'s") not in known))
    return {"checked": len(words), "misspelt": wrong, "count": len(wrong)}


@tool.get("/corrections", "Correct Word")
def correct_word(
    word: Annotated[str, _one_word("recieve", "definately", "tomorow")], language: Language = "en"
) -> Answer:
    """The likeliest spelling of what was typed and a few others, at most two slips away."""
    typed = _checked(word)
    if typed in frequencies(language):
        return {"word": typed, "correction": typed, "others": []}
    found = suggestions(typed, language)
    if not found:
        raise NotFound(f"nothing in the dictionary is like '{word}'")
    return {"word": typed, "correction": found[0], "others": list(found[1:5])}


@tool.get("/frequencies/{word}", "Word Frequency")
def word_frequency(
    word: Annotated[str, _one_word("holiday", "serendipity", "the")], language: Language = "en"
) -> Answer:
    """How often an entry turns up among a million of running dialogue."""
    count = frequencies(language).get(_checked(word))
    if count is None:
        raise NotFound(f"'{word}' is not in the dictionary")
    return {"word": word.lower(), "per_million": round(1e6 * count / total(language), 2)}


@tool.get("/comparisons", "Commoner Word")
def commoner_word(
    first: Annotated[str, _one_word("begin", "huge")],
    second: Annotated[str, _one_word("commence", "enormous")],
    language: Language = "en",
) -> Answer:
    """Which of two expressions readers meet more often, and how many times as often."""
    counts = {}
    for name, word in (("first", first), ("second", second)):
        counts[name] = frequencies(language).get(word.lower(), 0)
        if not counts[name]:
            raise NotFound(f"'{word}' is not in the dictionary")
    more, less = max(counts.values()), min(counts.values())
    return {
        "commoner": first if counts["first"] >= counts["second"] else second,
        "times": round(more / less, 1),
    }
