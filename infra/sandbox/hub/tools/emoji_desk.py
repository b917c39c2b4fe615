"""Emoji Desk: names, flags and counts of emoji."""

import re
from functools import lru_cache
from typing import Annotated

from infra.sandbox.hub.errors import BadArgument, NotFound
from infra.sandbox.hub.parameters import Choice, Text
from infra.sandbox.hub.tool import Answer, Tool
from infra.sandbox.hub.vocabulary import country_code

tool = Tool(
    name="Emoji Desk",
    category="Communication",
    description="Handles the little pictures of chat messages: what each is called in several languages,"
    " which ones show a thing, and how many a message holds.",
    packages=("emoji",),
    data_vintage="Unicode Emoji 18; names of CLDR.",
    licence="BSD-3-Clause; names: Unicode CLDR",
    collections=("community-moderation", "localisation-kit", "brand-and-print"),
)

LANGUAGES = ("de", "en", "es", "fr", "it", "pt")
Picture = Annotated[str, Text("One emoji.", examples=("🚀", "🍕", "👍🏽"), max_length=12)]
Message = Annotated[
    str,
    Text("A message.", examples=("Pizza 🍕 tonight?\nYes 🍕🎉 — bring Ana 👩‍🚀!",), max_length=2000),
]


def _check_known(picture: str) -> None:
    import emoji

    if not emoji.is_emoji(picture):
        raise BadArgument("emoji", "must be exactly one emoji")


def _plain(name: str) -> str:
    return name.strip(":").replace("_", " ")


@lru_cache(maxsize=1)
def _english_names() -> dict[str, str]:
    """Return emoji by plain English name, in the order of the names."""
    import emoji

    fully = emoji.STATUS["fully_qualified"]
    names = {
        _plain(facts["en"]): sign for sign, facts in emoji.EMOJI_DATA.items() if facts["status"] <= fully
    }
    return dict(sorted(names.items()))


@tool.get("/names/{emoji}", "Emoji Name")
def emoji_name(
    emoji: Picture,
    language: Annotated[str, Choice("Language of the name.", members=LANGUAGES, example="es")] = "en",
) -> Answer:
    """What a little picture is called, in any of six languages, and the version that brought it."""
    from emoji import EMOJI_DATA, demojize

    _check_known(emoji)
    return {
        "emoji": emoji,
        "name": _plain(demojize(emoji, language=language)),
        "since_version": EMOJI_DATA[emoji]["E"],
        "code_points": [f"U+{ord(sign):04X}" for sign in emoji],
    }


@tool.get("/search", "Find Emoji")
def find_emoji(
    name: Annotated[
        str, Text("English word for what it shows.", examples=("pizza", "rocket", "cat face"), max_length=30)
    ],
) -> Answer:
    """Little pictures whose English names hold given words: an exact hit first, then by name, ten at most."""
    wanted = name.lower().replace("_", " ").strip()
    whole_words = re.compile(rf"\b{re.escape(wanted)}\b")
    found = [known for known in _english_names() if whole_words.search(known.lower())]
    if not wanted or not found:
        raise NotFound(f"no emoji is called '{name}'")
    found.sort(key=lambda known: (known.lower() != wanted, len(known), known))
    return {
        "matches": len(found),
        "best": _english_names()[found[0]],
        "results": [{"emoji": _english_names()[known], "name": known} for known in found[:10]],
    }


@tool.post("/counts", "Count Emoji")
def count_emoji(text: Message) -> Answer:
    """How many little pictures a message holds, how many different ones, and the most frequent."""
    import emoji

    found = [match["emoji"] for match in emoji.emoji_list(text)]
    different = sorted(set(found))
    most = max(different, key=found.count) if found else None
    return {"count": len(found), "different": len(different), "emoji": different, "most_frequent": most}


@tool.post("/words", "Spell Out Emoji")
def spell_out_emoji(text: Message) -> Answer:
    """A message as a screen reader says it: each little picture replaced by its English name in brackets."""
    import emoji

    return {"text": emoji.replace_emoji(text, lambda sign, _: f"[{_plain(emoji.demojize(sign))}]")}


@tool.post("/clean", "Remove Emoji")
def remove_emoji(text: Message) -> Answer:
    """A message without any little pictures, blanks tidied, and how many were taken out."""
    import emoji

    bare = re.sub(r" {2,}", " ", emoji.replace_emoji(text, "")).strip()
    return {"text": bare, "removed": emoji.emoji_count(text)}


@tool.get("/flags/{country}", "Country Flag")
def country_flag(country: Annotated[str, country_code("PT", "JP", "KE")]) -> Answer:
    """The banner of a country as a pair of regional letters, for menus and chat."""
    from emoji import demojize, is_emoji

    flag = "".join(chr(0x1F1E6 + ord(letter) - ord("A")) for letter in country)
    if not is_emoji(flag):
        raise NotFound(f"there is no flag for '{country}'")
    return {"country": country, "flag": flag, "name": _plain(demojize(flag))}
