"""Notes of the tempered scale by name and by number of the MIDI standard (60 is C4, 69 is A4)."""

import re

from infra.sandbox.hub.errors import BadArgument
from infra.sandbox.hub.parameters import Text

SHARPS = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
_LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_NOTE = re.compile(r"([A-G])([#b]?)(-1|[0-9])")


def note_name(*examples: str, what: str = "Letter, # or b, and octave.") -> Text:
    """A note such as ``C4`` or ``Bb3``."""
    return Text(what, examples=examples, pattern=_NOTE.pattern, pattern_words="a note such as A4, C#5 or Bb3")


def number_of(parameter: str, note: str) -> int:
    """Return the MIDI number of a note; raises `BadArgument` outside 0 to 127."""
    read = _NOTE.fullmatch(note)
    if read is None:
        raise BadArgument(parameter, "must be a note such as A4, C#5 or Bb3")
    letter, accidental, octave = read.groups()
    number = _LETTERS[letter] + {"#": 1, "b": -1, "": 0}[accidental] + 12 * (int(octave) + 1)
    if not 0 <= number <= 127:
        raise BadArgument(parameter, "must lie between C-1 and G9")
    return number


def name_of(number: int) -> str:
    """Return the note of a MIDI number, written with sharps."""
    return f"{SHARPS[number % 12]}{number // 12 - 1}"
