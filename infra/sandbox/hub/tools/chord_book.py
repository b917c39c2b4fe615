"""Chord Book: which notes a chord has, and which chord some notes are."""

from typing import Annotated, Any

from infra.sandbox.hub.errors import BadArgument, NotFound
from infra.sandbox.hub.parameters import Choice, Integer, Text
from infra.sandbox.hub.tool import Answer, Tool

tool = Tool(
    name="Chord Book",
    category="Music",
    description="Harmony for guitar, piano and songwriting: spelling of symbols on lead sheets, moving"
    " them to another key, naming what fingers hold, scales and their triads.",
    packages=("pychord",),
    data_vintage="Rules of harmony.",
    licence="MIT",
    collections=("music-and-design",),
)

STEPS = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "natural_minor": (0, 2, 3, 5, 7, 8, 10),
    "harmonic_minor": (0, 2, 3, 5, 7, 8, 11),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
}
LETTERS = "CDEFGAB"
SEMITONES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
TRIADS = {(4, 3): "", (3, 4): "m", (3, 3): "dim", (4, 4): "aug"}
KEYS = ("C", "G", "D", "A", "E", "B", "F#", "C#", "F", "Bb", "Eb", "Ab", "Db", "Gb")


def _symbol(*examples: str) -> Text:
    return Text(
        "Symbol as on a lead sheet.",
        examples=examples,
        pattern=r"[A-G][#b]?[A-Za-z0-9#()+\-]{0,12}(/[A-G][#b]?)?",
        pattern_words="a chord symbol such as Am7 or F#m7-5",
        max_length=18,
    )


Symbol = Annotated[str, _symbol("Am7", "Cmaj7", "F#m7-5", "G7/B")]
Key = Annotated[str, Choice("Note on which it starts.", members=KEYS, example="D")]
Scale = Annotated[str, Choice("Kind of ladder.", members=tuple(STEPS), example="major")]


def _chord(symbol: str) -> Any:
    from pychord import Chord

    try:
        return Chord(symbol)
    except ValueError as error:
        raise BadArgument("chord", f"is no chord symbol that is known: '{symbol}'") from error


@tool.get("/chords/{chord}", "Chord Notes")
def chord_notes(chord: Symbol) -> Answer:
    """What to press or pluck for a symbol, lowest first."""
    found = _chord(chord)
    return {"chord": str(found), "root": str(found.root), "notes": list(found.components())}


@tool.get("/chords/{chord}/transposed", "Transpose Chord")
def transpose_chord(
    chord: Symbol,
    semitones: Annotated[int, Integer("Steps up; negative for down.", minimum=-11, maximum=11, example=3)],
) -> Answer:
    """The same harmony shifted by frets or half tones, as for a capo or another singer."""
    found = _chord(chord)
    found.transpose(semitones)
    return {"chord": str(found), "notes": list(found.components())}


@tool.get("/find", "Find Chord")
def find_chord(
    notes: Annotated[
        str,
        Text(
            "Three to six notes from low to high, separated by spaces.",
            examples=("E G C", "C E G B", "A C E G"),
            pattern="[A-G][#b]?( [A-G][#b]?){2,5}",
            pattern_words="notes such as C E G",
        ),
    ],
) -> Answer:
    """What somebody is playing: all symbols that spell the tones held, the likeliest first."""
    from pychord import find_chords_from_notes

    found = [str(chord) for chord in find_chords_from_notes(notes.split())]
    if not found:
        raise NotFound(f"no chord in the book has the notes {notes}")
    return {"chords": found}


@tool.get("/scales/{key}/{scale}", "Scale Notes")
def scale_notes(key: Key, scale: Scale) -> Answer:
    """The seven tones of a ladder, each letter once, with double accidentals where the rules ask for it."""
    return {"notes": _spelled(key, scale)}


@tool.get("/scales/{key}/{scale}/chords", "Chords Of Key")
def chords_of_key(key: Key, scale: Scale) -> Answer:
    """The triads that fit a song in some tonality, one on each degree of its ladder."""
    tones, notes = STEPS[scale], _spelled(key, scale)
    gaps = [
        tuple((tones[(i + b) % 7] - tones[(i + a) % 7]) % 12 for a, b in ((0, 2), (2, 4))) for i in range(7)
    ]
    return {"chords": [note + TRIADS[gap[0], gap[1]] for note, gap in zip(notes, gaps, strict=True)]}


def _spelled(key: str, scale: str) -> list[str]:
    start = SEMITONES[key[0]] + {"": 0, "#": 1, "b": -1}[key[1:]]
    notes = []
    for degree, step in enumerate(STEPS[scale]):
        letter = LETTERS[(LETTERS.index(key[0]) + degree) % 7]
        shift = (start + step - SEMITONES[letter] + 6) % 12 - 6
        notes.append(letter + ("#" * shift if shift > 0 else "b" * -shift))
    return notes
