"""Cipher Room: codes of spies, sailors and schoolchildren."""

import re
from typing import Annotated

from infra.sandbox.hub.errors import BadArgument
from infra.sandbox.hub.parameters import Choice, Integer, Text
from infra.sandbox.hub.tool import Answer, Tool

tool = Tool(
    name="Cipher Room",
    category="Cryptography",
    description="Secret writing from before computers, for games and history lessons: shifted alphabets, key"
    " words, dots and dashes, spelling over the radio. None of it is safe.",
    data_vintage="ITU-R M.1677-1 (Morse), ICAO Annex 10 (spelling words); otherwise arithmetic.",
    licence="Apache-2.0",
    collections=("puzzle-hour", "science-homework"),
)

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
MORSE_CODES = re.findall(
    r"[.-]+",
    """
    .- -... -.-. -.. . ..-. --. .... .. .--- -.- .-.. -- -. --- .--. --.- .-. ... - ..- ...- .-- -..-
    -.-- --.. ----- .---- ..--- ...-- ....- ..... -.... --... ---.. ----.
    .-.-.- --..-- ..--.. .----. -..-. -.--. -.--.- .-... ---... -...- .-.-. -....- .-..-. .--.-.
    """,
)
MORSE = dict(zip(LETTERS + "0123456789.,?'/()&:=+-\"@", MORSE_CODES, strict=True))
SIGN_OF = {code: sign for sign, code in MORSE.items()}
SPELLING_WORDS = re.findall(
    r"\S+",
    """
    Alfa Bravo Charlie Delta Echo Foxtrot Golf Hotel India Juliett Kilo Lima Mike November Oscar Papa Quebec
    Romeo Sierra Tango Uniform Victor Whiskey X-ray Yankee Zulu
    """,
)
SPELLING = dict(zip(LETTERS, SPELLING_WORDS, strict=True))

HIDDEN = "Phhw ph dw gdzq, wkhq eulqj wkh rwkhu ohwwhuv"
Plain = Annotated[str, Text("The message.", examples=('Meet me "at dawn"!',), max_length=1000)]
Way = Annotated[str, Choice("Hide or read.", members=("encode", "decode"), example="decode")]


def _shifted(letter: str, shift: int) -> str:
    """Return a letter further on in the alphabet, in its own case; other signs stay."""
    if letter.upper() not in LETTERS:
        return letter
    moved = LETTERS[(LETTERS.index(letter.upper()) + shift) % 26]
    return moved if letter.isupper() else moved.lower()


@tool.post("/caesar", "Caesar Shift")
def caesar_shift(
    text: Plain,
    shift: Annotated[
        int, Integer("Places to move on; 13 undoes itself.", minimum=-25, maximum=25, example=3)
    ],
) -> Answer:
    """Every letter moved on in the alphabet by the same number of places; a negative number moves back."""
    return {"text": "".join(_shifted(letter, shift) for letter in text)}


@tool.post("/caesar-guesses", "Break Caesar")
def break_caesar(
    text: Annotated[str, Text("The hidden message.", examples=(HIDDEN,), max_length=1000)],
) -> Answer:
    """The likeliest shift of an English message, found by how often its letters occur, and the reading."""
    # Percent of each letter in English prose, A to Z.
    usual = (8.2, 1.5, 2.8, 4.3, 12.7, 2.2, 2.0, 6.1, 7.0, 0.15, 0.77, 4.0, 2.4, 6.7, 7.5, 1.9, 0.095, 6.0,
             6.3, 9.1, 2.8, 0.98, 2.4, 0.15, 2.0, 0.074)  # fmt: skip
    counts = [text.upper().count(letter) for letter in LETTERS]
    if not any(counts):
        raise BadArgument("text", "must contain a letter")
    fits = [sum(counts[(n + shift) % 26] * usual[n] for n in range(26)) for shift in range(26)]
    shift = fits.index(max(fits))
    return {"shift": shift, "text": "".join(_shifted(letter, -shift) for letter in text)}


@tool.post("/vigenere", "Vigenere")
def vigenere(
    text: Plain,
    key: Annotated[
        str,
        Text(
            "Key word of letters.",
            examples=("LEMON",),
            pattern="[A-Za-z]{1,50}",
            pattern_words="letters A to Z",
        ),
    ],
    direction: Way = "encode",
) -> Answer:
    """Letters shifted by those of a key word in turn, as diplomats did for three centuries."""
    shifts = [LETTERS.index(letter) * (1 if direction == "encode" else -1) for letter in key.upper()]
    written, used = [], 0
    for letter in text:
        written.append(_shifted(letter, shifts[used % len(shifts)]))
        used += letter.upper() in LETTERS
    return {"text": "".join(written)}


@tool.post("/atbash", "Atbash")
def atbash(text: Plain) -> Answer:
    """The alphabet turned around, A for Z and B for Y, as scribes of the Bible did; twice is nothing."""
    return {
        "text": "".join(
            _shifted("A" if letter.isupper() else "a", 25 - LETTERS.index(letter.upper()))
            if letter.upper() in LETTERS
            else letter
            for letter in text
        )
    }


@tool.post("/morse", "To Morse")
def to_morse(text: Plain) -> Answer:
    """A message in dots and dashes: a blank between letters, a slash between words."""
    words = [[sign for sign in word if sign in MORSE] for word in text.upper().split()]
    coded = [" ".join(MORSE[sign] for sign in word) for word in words if word]
    if not coded:
        raise BadArgument("text", "must contain a letter or digit")
    return {"morse": " / ".join(coded), "skipped": sum(map(len, text.split())) - sum(map(len, words))}


@tool.post("/morse-readings", "From Morse")
def from_morse(
    morse: Annotated[
        str,
        Text(
            "Dots and dashes.",
            examples=("... --- ... / -- .- -.-- -.. .- -.--",),
            pattern="[-./ ]+",
            pattern_words="dots, dashes, blanks and slashes",
            max_length=2000,
        ),
    ],
) -> Answer:
    """What dots and dashes say, in capital letters; letters apart by a blank, words by a slash."""
    words = [word.split() for word in morse.split("/")]
    unknown = sorted({code for word in words for code in word if code not in SIGN_OF})
    if unknown:
        raise BadArgument("morse", f"has a group that stands for nothing: {unknown[0][:20]}")
    return {"text": " ".join("".join(SIGN_OF[code] for code in word) for word in words).strip()}


@tool.post("/spelling", "Radio Spelling")
def radio_spelling(
    text: Annotated[str, Text("Letters to spell.", examples=("Lisboa",), max_length=60)],
) -> Answer:
    """Each letter as a word that survives a bad line, as pilots and ships spell."""
    spelt = [SPELLING[letter] for letter in text.upper() if letter in SPELLING]
    if not spelt:
        raise BadArgument("text", "must contain a letter from A to Z")
    return {"words": spelt, "spoken": " ".join(spelt)}
