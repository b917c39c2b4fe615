"""Seed Phrases: wallet backups as words."""

from functools import lru_cache
from typing import TYPE_CHECKING, Annotated

from infra.sandbox.hub.errors import BadArgument, NotFound
from infra.sandbox.hub.parameters import Choice, Integer, Text
from infra.sandbox.hub.tool import Answer, Tool

if TYPE_CHECKING:
    from mnemonic import Mnemonic

tool = Tool(
    name="Seed Phrases",
    category="Cryptography",
    description="Shows how wallets write a secret as twelve to twenty-four dictionary entries, and back. For"
    " study: whoever sends a real one gives it away.",
    packages=("mnemonic",),
    data_vintage="BIP-39 and its word lists.",
    licence="MIT",
    collections=("account-safety", "puzzle-hour"),
)

LANGUAGES = ("czech", "english", "french", "italian", "portuguese", "spanish")
Language = Annotated[str, Choice("Word list.", members=LANGUAGES, example="spanish")]

ABOUT = " ".join(["abandon"] * 11 + ["about"])
Phrase = Annotated[str, Text("Words with blanks between.", examples=(ABOUT,), max_length=300)]


@lru_cache(maxsize=len(LANGUAGES))
def _list(language: str) -> "Mnemonic":
    from mnemonic import Mnemonic

    return Mnemonic(language)


def _checked(phrase: str, language: str) -> str:
    tidy = " ".join(phrase.lower().split())
    unknown = [word for word in tidy.split() if word not in _list(language).wordlist]
    if unknown:
        raise BadArgument("phrase", f"has a word that the {language} list lacks: '{unknown[0][:30]}'")
    if not _list(language).check(tidy):
        raise BadArgument("phrase", "has a wrong number of words or a wrong checksum")
    return tidy


@tool.post("/phrases", "Entropy To Phrase")
def entropy_to_phrase(
    entropy: Annotated[
        str,
        Text(
            "16 to 32 bytes in hexadecimal, a multiple of four bytes.",
            examples=("7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f",),
            pattern="([0-9A-Fa-f]{32}|[0-9A-Fa-f]{40}|[0-9A-Fa-f]{48}|[0-9A-Fa-f]{56}|[0-9A-Fa-f]{64})",
            pattern_words="32, 40, 48, 56 or 64 hexadecimal digits",
        ),
    ],
    language: Language = "english",
) -> Answer:
    """Random bytes written as a list of dictionary entries whose last one checks the others."""
    phrase = _list(language).to_mnemonic(bytes.fromhex(entropy))
    return {"phrase": phrase, "words": len(phrase.split())}


@tool.post("/entropy", "Phrase To Entropy")
def phrase_to_entropy(phrase: Phrase, language: Language = "english") -> Answer:
    """The bytes that a wallet backup stands for, in hexadecimal; refuses one whose checksum is wrong."""
    entropy = bytes(_list(language).to_entropy(_checked(phrase, language)))
    return {"entropy": entropy.hex(), "bits": 8 * len(entropy)}


@tool.post("/seeds", "Phrase To Seed")
def phrase_to_seed(
    phrase: Phrase,
    passphrase: Annotated[str | None, Text("Extra secret, if any.", examples=("TREZOR",))] = None,
) -> Answer:
    """The 64-byte master seed that wallets derive from a backup and an optional extra secret."""
    from mnemonic import Mnemonic

    return {"seed": Mnemonic.to_seed(_checked(phrase, "english"), passphrase or "").hex()}


@tool.post("/endings", "Complete Phrase")
def complete_phrase(
    words: Annotated[
        str, Text("All entries but the last one.", examples=(" ".join(["abandon"] * 11),), max_length=300)
    ],
) -> Answer:
    """Which last entries make eleven, fourteen or more English ones a valid backup, and how many do."""
    given = words.lower().split()
    if len(given) not in (11, 14, 17, 20, 23):
        raise BadArgument("words", "must be 11, 14, 17, 20 or 23 words")
    english = _list("english")
    unknown = [word for word in given if word not in english.wordlist]
    if unknown:
        raise BadArgument("words", f"has a word that the english list lacks: '{unknown[0][:30]}'")
    known_bits = 0
    for word in given:
        known_bits = known_bits << 11 | english.wordlist.index(word)
    # Of each 33 bits 32 are entropy; the last word holds what is left of it, and the checksum.
    entropy_bits = (len(given) + 1) * 11 * 32 // 33
    free = entropy_bits - 11 * len(given)
    full = ((known_bits << free | tail).to_bytes(entropy_bits // 8, "big") for tail in range(2**free))
    endings = [english.to_mnemonic(entropy).split()[-1] for entropy in full]
    return {"count": len(endings), "first": endings[0], "last": endings[-1]}


@tool.get("/words/{number}", "Word By Number")
def word_by_number(
    number: Annotated[int, Integer("Place in the list, from 1.", minimum=1, maximum=2048, example=2048)],
    language: Language = "english",
) -> Answer:
    """The entry at a place of the 2,048-entry list, and its eleven bits."""
    return {"number": number, "word": _list(language).wordlist[number - 1], "bits": f"{number - 1:011b}"}


@tool.get("/places/{word}", "Number Of Word")
def number_of_word(
    word: Annotated[str, Text("A dictionary entry.", examples=("zoo", "legal", "satoshi"), max_length=20)],
) -> Answer:
    """Where an English entry stands in the 2,048-entry list, from 1; four letters are enough."""
    start = word.lower()
    found = [known for known in _list("english").wordlist if known == start]
    if not found and len(start) >= 4:
        found = [known for known in _list("english").wordlist if known.startswith(start[:4])]
    if not found:
        raise NotFound(f"'{word}' is not in the list")
    return {"word": found[0], "number": _list("english").wordlist.index(found[0]) + 1}
