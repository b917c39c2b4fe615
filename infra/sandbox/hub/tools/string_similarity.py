"""String Similarity: how alike two words look or sound."""

from typing import Annotated

from infra.sandbox.hub.errors import BadArgument
from infra.sandbox.hub.parameters import Choice, Text
from infra.sandbox.hub.tool import Answer, Tool

tool = Tool(
    name="String Similarity",
    category="Text Analysis",
    description="Tells near-duplicates and misspelt names apart: counts slips between two spellings, rates"
    " their likeness, encodes how they sound and finds the closest candidate.",
    packages=("jellyfish",),
    data_vintage="Formulae.",
    licence="MIT",
    collections=("writing-desk", "community-moderation", "developer-bench"),
)

First = Annotated[str, Text("One spelling.", examples=("kitten", "MARTHA", "Gaudí"))]
Second = Annotated[str, Text("The other spelling.", examples=("sitting", "MARHTA", "Gaudi"))]


@tool.get("/edits", "Edit Distance")
def edit_distance(first: First, second: Second) -> Answer:
    """Fewest keystrokes from one spelling to the other; once without, once with swapped neighbours as one."""
    import jellyfish

    return {
        "levenshtein": jellyfish.levenshtein_distance(first, second),
        "with_swaps": jellyfish.damerau_levenshtein_distance(first, second),
    }


@tool.get("/likeness", "Jaro Winkler")
def jaro_winkler(first: First, second: Second) -> Answer:
    """Resemblance of two short strings from 0 to 1; Winkler's variant rewards a common beginning."""
    import jellyfish

    return {
        "jaro": round(jellyfish.jaro_similarity(first, second), 4),
        "jaro_winkler": round(jellyfish.jaro_winkler_similarity(first, second), 4),
    }


@tool.get("/sound/{word}", "Phonetic Code")
def phonetic_code(
    word: Annotated[
        str,
        Text(
            "A name or word in unaccented letters.",
            examples=("Robert", "Tymczak", "Knuth"),
            pattern="[A-Za-z]+",
            pattern_words="a word of the letters A to Z",
            max_length=40,
        ),
    ],
    algorithm: Annotated[
        str,
        Choice("Scheme of encoding.", members=("soundex", "metaphone", "nysiis"), example="nysiis"),
    ] = "soundex",
) -> Answer:
    """A key that names pronounced alike in English have in common, as in old census files."""
    import jellyfish

    encode = {
        "soundex": jellyfish.soundex,
        "metaphone": jellyfish.metaphone,
        "nysiis": jellyfish.nysiis,
    }[algorithm]
    return {"word": word, "algorithm": algorithm, "code": encode(word)}


@tool.post("/closest", "Closest Match")
def closest_match(
    wanted: Annotated[str, Text("What was typed.", examples=("Lisabon",), max_length=60)],
    candidates: Annotated[
        str,
        Text(
            "Up to 200 known entries, one a line.",
            examples=("London\nLisbon\nLusaka\nLausanne",),
            max_length=5000,
        ),
    ],
) -> Answer:
    """The entry of a list that was probably meant; case does not matter, the earlier entry wins a tie."""
    import jellyfish

    entries = [line.strip()[:100] for line in candidates.splitlines() if line.strip()]
    if not 1 <= len(entries) <= 200:
        raise BadArgument("candidates", "must be 1 to 200 lines")
    typed = wanted.casefold()
    edits = [jellyfish.damerau_levenshtein_distance(typed, entry.casefold()) for entry in entries]
    best = edits.index(min(edits))
    return {"match": entries[best], "edits": edits[best], "line": best + 1}
