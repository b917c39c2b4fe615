"""Tables of figures as values: counted once, then printed as Markdown or as JSON (pure)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias


@dataclass(frozen=True, slots=True)
class Share:
    """A share, with what it was counted from."""

    part: float
    of: float

    @property
    def value(self) -> float | None:
        """Between 0 and 1; None where there was nothing to count."""
        return self.part / self.of if self.of else None


@dataclass(frozen=True, slots=True)
class Usd:
    """An amount of money [USD]."""

    value: float


Cell: TypeAlias = str | int | float | Share | Usd | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table of a report."""

    name: str
    """Short and stable: its key in JSON."""
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    """What a reader must know to read it."""


def sheet(
    name: str, title: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]], note: str = ""
) -> Sheet:
    """A sheet of rows of cells.

    Raises:
        ValueError: a row has more or fewer cells than there are columns.
    """
    made = tuple(tuple(row) for row in rows)
    for row in made:
        if len(row) != len(columns):
            raise ValueError(f"{name}: {len(row)} cells under {len(columns)} columns")
    return Sheet(name, title, tuple(columns), made, note)


def as_json(sheets: Iterable[Sheet]) -> dict[str, Any]:
    """Sheets by name, each a list of objects; shares as part, of and value."""
    return {
        each.name: [dict(zip(each.columns, map(_plain, row), strict=True)) for row in each.rows]
        for each in sheets
    }


def as_markdown(sheets: Iterable[Sheet]) -> str:
    """Sheets as Markdown tables that can be read in a terminal as well; empty ones are left out."""
    return "\n\n".join(_table(each) for each in sheets if each.rows)


def _table(each: Sheet) -> str:
    texts = [[_text(cell) for cell in row] for row in each.rows]
    widths = [
        max(len(column), 3, *(len(row[place]) for row in texts)) for place, column in enumerate(each.columns)
    ]
    right = [
        place > 0 and all(not isinstance(row[place], str) for row in each.rows)
        for place in range(len(each.columns))
    ]

    def line(cells: Sequence[str]) -> str:
        padded = (
            cell.rjust(width) if is_right else cell.ljust(width)
            for cell, width, is_right in zip(cells, widths, right, strict=True)
        )
        return f"| {' | '.join(padded)} |"

    rule = [
        f"{'-' * (width - 1)}:" if is_right else "-" * width
        for width, is_right in zip(widths, right, strict=True)
    ]
    lines = [f"**{each.title}**", "", line(each.columns), line(rule), *map(line, texts)]
    return "\n".join([*lines, "", each.note] if each.note else lines)


def _text(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case str():
            return cell.replace("|", "\\|")
        case Share():
            return "-" if cell.value is None else f"{100 * cell.value:.1f} %"
        case Usd():
            return f"{cell.value:.4f}" if cell.value < 1 else f"{cell.value:,.2f}"
        case float():
            return f"{cell:,.1f}" if abs(cell) >= 10 else f"{cell:.2f}"
        case _:
            return f"{cell:,}"


def _plain(cell: Cell) -> Any:
    if isinstance(cell, Share):
        return {"part": cell.part, "of": cell.of, "value": cell.value}
    return cell.value if isinstance(cell, Usd) else cell
