"""Note And Tempo: pitches in hertz, beats in milliseconds."""

import math
from typing import Annotated

from infra.sandbox.hub.errors import BadArgument
from infra.sandbox.hub.parameters import Choice, Integer, Number
from infra.sandbox.hub.sources.notes import name_of, note_name, number_of
from infra.sandbox.hub.tool import Answer, Tool

tool = Tool(
    name="Note And Tempo",
    category="Music",
    description="Arithmetic for producers and players: how high a key sounds, which key a hum is,"
    " distance between two pitches, echo settings, and how long bars last.",
    data_vintage="Formulae: equal temperament, MIDI numbering.",
    licence="Apache-2.0",
    collections=("music-and-design", "workshop-and-studio"),
)

INTERVALS = (
    "unison",
    "minor second",
    "major second",
    "minor third",
    "major third",
    "perfect fourth",
    "tritone",
    "perfect fifth",
    "minor sixth",
    "major sixth",
    "minor seventh",
    "major seventh",
)

Note = Annotated[str, note_name("C4", "A4", "F#3", "Bb5")]
Tuning = Annotated[
    float, Number("What the orchestra tunes its A to [Hz].", minimum=380, maximum=500, example=440)
]
Bpm = Annotated[float, Number("Quarter notes in a minute.", minimum=20, maximum=400, example=128)]


@tool.get("/notes/{note}", "Note Frequency")
def note_frequency(note: Note, tuning: Tuning = 440.0) -> Answer:
    """How many times a second the air swings when a key sounds, and its number on a keyboard's wire."""
    number = number_of("note", note)
    return {"hz": round(tuning * 2 ** ((number - 69) / 12), 3), "midi": number}


@tool.get("/nearest", "Nearest Note")
def nearest_note(
    hz: Annotated[float, Number("Pitch heard [Hz].", minimum=8.2, maximum=12_500, example=196)],
    tuning: Tuning = 440.0,
) -> Answer:
    """Which key of the piano a hum or a string is closest to, and by how many cents it is off."""
    exact = 69 + 12 * math.log2(hz / tuning)
    number = min(127, max(0, round(exact)))
    return {"note": name_of(number), "midi": number, "cents": round(100 * (exact - number), 1) + 0.0}


@tool.get("/interval", "Interval")
def interval(
    low: Annotated[str, note_name("C4", "E3", what="The first pitch.")],
    high: Annotated[str, note_name("G4", "C5", what="The second one, not below the first.")],
) -> Answer:
    """How far apart two pitches are, in semitones, and what musicians call it within the octave."""
    semitones = number_of("high", high) - number_of("low", low)
    if semitones < 0:
        raise BadArgument("high", "must not be below the first pitch")
    return {"semitones": semitones, "octaves": semitones // 12, "name": INTERVALS[semitones % 12]}


@tool.get("/transpose", "Transpose Note")
def transpose_note(
    note: Note,
    semitones: Annotated[int, Integer("Steps up; negative for down.", minimum=-48, maximum=48, example=7)],
) -> Answer:
    """The key that lies so many black and white ones away."""
    number = number_of("note", note) + semitones
    if not 0 <= number <= 127:
        raise BadArgument("semitones", "leads out of the range from C-1 to G9")
    return {"note": name_of(number), "midi": number}


@tool.get("/beat", "Beat Length")
def beat_length(
    bpm: Bpm,
    division: Annotated[
        str, Choice("Note value: 4 is a quarter.", members=("1", "2", "4", "8", "16", "32"), example="8")
    ] = "4",
    dotted: Annotated[
        str, Choice("Lengthened or shortened.", members=("plain", "dotted", "triplet"), example="dotted")
    ] = "plain",
) -> Answer:
    """How many milliseconds to set on an echo so that it falls in time."""
    stretch = {"plain": 1.0, "dotted": 1.5, "triplet": 2 / 3}[dotted]
    return {"milliseconds": round(240_000 / bpm / int(division) * stretch, 3)}


@tool.get("/song", "Song Length")
def song_length(
    bpm: Bpm,
    bars: Annotated[int, Integer("How many measures.", minimum=1, maximum=2000, example=96)],
    beats: Annotated[int, Integer("Quarters in a measure.", minimum=1, maximum=16, example=4)] = 4,
) -> Answer:
    """How long so many measures last, in seconds and on the clock."""
    seconds = bars * beats * 60 / bpm
    return {"seconds": round(seconds, 2), "clock": f"{round(seconds) // 60}:{round(seconds) % 60:02}"}
