"""The tables that the hub carries itself, in its ``tables`` folder."""

import csv
from pathlib import Path

import orjson

FOLDER = Path(__file__).parent.parent / "tables"


def read_table(name: str) -> list[dict[str, str | float]]:
    """Return the rows of a JSON table."""
    rows: list[dict[str, str | float]] = orjson.loads((FOLDER / name).read_bytes())
    return rows


def read_csv_table(name: str) -> list[dict[str, str]]:
    """Return the rows of a CSV table, by the names in its first line."""
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
