"""Puzzle Room: number grids, letter racks and Roman figures for a rainy afternoon."""

from collections import Counter
from functools import lru_cache
from typing import Annotated

from infra.sandbox.hub.errors import BadArgument
from infra.sandbox.hub.parameters import Integer, Text
from infra.sandbox.hub.sources.tables import read_table
from infra.sandbox.hub.tool import Answer, Tool

tool = Tool(
    name="Puzzle Room",
    category="Gaming",
    description="For riddlers: inspects nine-by-nine grids, finds words hidden in a rack of letters, counts"
    " letter points, and reads or writes Roman figures.",
    tables=("puzzle_words.json",),
    data_vintage="Rules; 480 common English words of four to eight letters, chosen by hand.",
    licence="Apache-2.0",
    collections=("game-night",),
)

GRIDS = (
    "530070000600195000098000060800060003400803001700020006060000280000419005000080079",
    "003020600900305001001806400008102900700000008006708200002609500800203009005010300",
)
ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"),
    (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip
POINTS = {
    letter: points
    for points, letters in {
        1: "aeioulnstr", 2: "dg", 3: "bcmp", 4: "fhvwy", 5: "k", 8: "jx", 10: "qz",
    }.items()
    for letter in letters
}  # fmt: skip

Grid = Annotated[
    str,
    Text(
        "81 digits, row by row, 0 for an empty cell.",
        examples=GRIDS,
        pattern="[0-9]{81}",
        pattern_words="81 digits, 0 for an empty cell",
    ),
]


def _houses(grid: str) -> dict[str, str]:
    """Return the nine digits of each row, column and box by its name, all counted from 1."""
    houses = {}
    for n in range(9):
        top, left = n // 3 * 27, n % 3 * 3
        houses[f"row {n + 1}"] = grid[9 * n : 9 * n + 9]
        houses[f"column {n + 1}"] = grid[n::9]
        houses[f"box {n + 1}"] = "".join(grid[top + 9 * row + left :][:3] for row in range(3))
    return houses


@lru_cache(maxsize=1)
def _words() -> tuple[str, ...]:
    return tuple(sorted(str(row["word"]) for row in read_table("puzzle_words.json")))


def _in_roman(number: int) -> str:
    numeral = ""
    for value, sign in ROMAN:
        numeral += sign * (number // value)
        number %= value
    return numeral


@tool.get("/sudoku/check", "Sudoku Check")
def sudoku_check(grid: Grid) -> Answer:
    """Looks for digits that stand twice in a row, column or box, and counts the cells still empty."""
    clashes = [
        name
        for name, digits in _houses(grid).items()
        if any(digits.count(digit) > 1 for digit in "123456789")
    ]
    empty = grid.count("0")
    return {
        "valid": not clashes,
        "clashes": clashes,
        "empty_cells": empty,
        "solved": not clashes and not empty,
    }


@tool.get("/sudoku/candidates", "Cell Candidates")
def cell_candidates(
    grid: Grid,
    row: Annotated[int, Integer("Row from the top.", minimum=1, maximum=9, example=5)],
    column: Annotated[int, Integer("Column from the left.", minimum=1, maximum=9, example=5)],
) -> Answer:
    """Which digits may still go into one empty place of a nine-by-nine grid, by its three groups."""
    if grid[9 * row + column - 10] != "0":
        raise BadArgument("column", f"{column} of row {row} is filled already")
    houses, box = _houses(grid), (row - 1) // 3 * 3 + (column - 1) // 3 + 1
    used = houses[f"row {row}"] + houses[f"column {column}"] + houses[f"box {box}"]
    return {"candidates": [int(digit) for digit in "123456789" if digit not in used]}


@tool.get("/anagrams", "Anagrams")
def anagrams(
    letters: Annotated[
        str,
        Text(
            "Letters at hand, each to be used once.",
            examples=("stearin", "lgdeanr", "ohclsoo"),
            pattern="[A-Za-z]{3,12}",
            pattern_words="3 to 12 letters from a to z",
        ),
    ],
) -> Answer:
    """Common English words that can be laid from a rack of pieces, the longest first, at most thirty."""
    rack = Counter(letters.lower())
    found = sorted((word for word in _words() if Counter(word) <= rack), key=lambda w: (-len(w), w))
    return {"count": len(found), "words": found[:30]}


@tool.get("/points", "Letter Points")
def letter_points(
    word: Annotated[
        str,
        Text(
            "Word to be laid.",
            examples=("quartz", "jukebox", "banana"),
            pattern="[A-Za-z]{1,15}",
            pattern_words="1 to 15 letters from a to z",
        ),
    ],
) -> Answer:
    """What a word brings on a crossword board without bonus squares, by the usual English values."""
    return {"word": word.lower(), "points": sum(POINTS[letter] for letter in word.lower())}


@tool.get("/roman/{number}", "To Roman")
def to_roman(
    number: Annotated[int, Integer("Number to write.", minimum=1, maximum=3999, example=1984)],
) -> Answer:
    """Writes a number with the letters I, V, X, L, C, D and M, as on clock faces and monuments."""
    return {"numeral": _in_roman(number)}


@tool.get("/roman", "From Roman")
def from_roman(
    numeral: Annotated[
        str,
        Text(
            "Roman figures.",
            examples=("MCMLXXXIV", "XLII", "MMXXVI"),
            pattern="[IVXLCDMivxlcdm]{1,15}",
            pattern_words="letters out of I, V, X, L, C, D, M",
            upper=True,
        ),
    ],
) -> Answer:
    """Reads the year on a monument or film title; refuses what no Roman schoolmaster would accept."""
    number, rest = 0, numeral
    for value, sign in ROMAN:
        while rest.startswith(sign):
            number, rest = number + value, rest[len(sign) :]
    if rest or _in_roman(number) != numeral:
        raise BadArgument("numeral", f"'{numeral}' is not written by the rules; 4 is IV, 9 is IX")
    return {"number": number}
