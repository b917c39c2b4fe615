"""Figures as HTML and as CSV in which no text of a row can do anything (pure).

Names of models, statuses, addresses come from outside. In HTML all of them are escaped; in CSV a text that a
spreadsheet would take for a formula gets an apostrophe in front (OWASP, CSV injection), also behind a sign at
which one of another locale begins a new cell; numbers stay numbers.
"""

import csv
import html
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

STYLE = """<style>
.spend{font:14px/1.4 system-ui,"Segoe UI","DejaVu Sans",sans-serif;color:#1f2328}
.spend *{box-sizing:border-box}
.spend h3{font-size:15px;margin:14px 0 6px}
.spend .cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(148px,1fr));gap:8px}
.spend .card{border:1px solid #d0d7de;border-radius:6px;padding:8px 10px;background:#fff;min-width:0}
.spend .card b{display:block;font-size:20px;overflow-wrap:anywhere}
.spend .card span{color:#57606a;font-size:12.5px;overflow-wrap:anywhere}
.spend .wide{overflow-x:auto;max-width:100%}
.spend table{border-collapse:collapse;width:100%;font-size:13px}
.spend th,.spend td{padding:3px 8px;border-bottom:1px solid #eaeef2;text-align:left;vertical-align:top}
.spend th{color:#57606a;font-weight:600;white-space:nowrap}
.spend td{overflow-wrap:break-word;min-width:3.2em;max-width:26em}
.spend .number{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
.spend .bar{display:grid;grid-template-columns:minmax(0,11em) 1fr 4.6em;gap:8px;margin:3px 0}
.spend .bar{align-items:center}
.spend .bar .name{overflow-wrap:anywhere;font-size:13px}
.spend .bar .track{background:#eef2f7;height:13px;border-radius:3px;overflow:hidden}
.spend .bar .track i{display:block;height:100%;border-radius:3px}
.spend .bar .amount{font-variant-numeric:tabular-nums;font-size:13px;white-space:nowrap;text-align:right}
.spend .chart svg{display:block;width:100%;height:190px;background:#fff;border-bottom:1px solid #8a94a0}
.spend .axis{display:flex;justify-content:space-between;color:#57606a;font-size:12px;gap:8px}
.spend .legend{display:flex;flex-wrap:wrap;gap:2px 14px;font-size:12.5px;margin-top:2px}
.spend .legend i{display:inline-block;width:10px;height:10px;border-radius:2px;margin-right:5px}
.spend .note{color:#57606a;font-size:12.5px;overflow-wrap:anywhere;margin:4px 0}
.spend .columns{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(340px,100%),1fr));gap:4px 28px}
.spend .columns>div{min-width:0}
@media (max-width:480px){.spend table{font-size:12px}.spend th,.spend td{padding:3px 4px}
.spend .bar{grid-template-columns:minmax(0,8em) 1fr 4.6em}}
</style>"""
_SIGN = r"[=+\-@\uff1d\uff0b\uff0d\uff20|%]"
_FORMULA = re.compile(rf"^[\s\u0000-\u0020\u00a0\u200b\ufeff]*{_SIGN}|^[\t\r\n]")
_FORMULA_INSIDE = re.compile(rf"([;,\t\r\n][\s\u0000-\u0020\u00a0\u200b\ufeff'\"]*)(?={_SIGN})")
"""Where a spreadsheet of another locale sets cells apart by semicolons or tabs, quotes or not."""


@dataclass(frozen=True, slots=True)
class Link:
    """A text that leads to a page of the Prefect UI."""

    text: str
    address: str
    """http or https, or it stays a text."""


Cell = str | int | float | Link | None


def text_of(cell: Cell) -> str:
    """A cell as people read it."""
    if isinstance(cell, Link):
        return cell.text
    if isinstance(cell, float):
        return f"{cell:,.2f}"
    if isinstance(cell, int):
        return f"{cell:,}"
    return cell or ""


def as_html(headings: Sequence[str], rows: Iterable[Sequence[Cell]], empty: str = "nothing") -> str:
    """A table; columns of numbers and of amounts stand to the right."""
    drawn = [list(row) for row in rows]
    if not drawn:
        return f'<p class="note">{html.escape(empty)}</p>'
    right = [all(_is_number(row[place]) for row in drawn) for place in range(len(headings))]
    head = "".join(
        f'<th class="{"number" if right[place] else ""}">{html.escape(each)}</th>'
        for place, each in enumerate(headings)
    )
    body = "".join(
        "<tr>"
        + "".join(
            f'<td class="{"number" if right[place] else ""}">{_cell(each)}</td>'
            for place, each in enumerate(row)
        )
        + "</tr>"
        for row in drawn
    )
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def as_csv(rows: Iterable[Mapping[str, Any]]) -> str:
    """Rows with their headings; empty without rows."""
    found = list(rows)
    written = io.StringIO()
    if found:
        lines = csv.writer(written, lineterminator="\r\n")
        lines.writerow([harmless(str(name)) for name in found[0]])
        lines.writerows([harmless(value) for value in row.values()] for row in found)
    return written.getvalue()


def harmless(value: Any) -> Any:
    """A value that no spreadsheet takes for a formula; numbers as they are."""
    if isinstance(value, int | float) or value is None:
        return value
    text = _FORMULA_INSIDE.sub(r"\1'", str(value))
    return f"'{text}" if _FORMULA.match(text) else text


def escaped(text: str) -> str:
    """A text inside HTML."""
    return html.escape(text)


def cards(shown: Iterable[tuple[str, str]]) -> str:
    """Figures with what they are, as many beside each other as there is room."""
    drawn = "".join(
        f'<div class="card"><b>{html.escape(figure)}</b><span>{html.escape(what)}</span></div>'
        for figure, what in shown
    )
    return f'<div class="cards">{drawn}</div>'


def note(text: str) -> str:
    """A sentence below a figure."""
    return f'<p class="note">{html.escape(text)}</p>'


def framed(*parts: str) -> str:
    """Parts of a page in its style."""
    return f'{STYLE}<div class="spend">{"".join(parts)}</div>'


def beside(*parts: tuple[str, str]) -> str:
    """Titles with what stands below, side by side where there is room."""
    drawn = "".join(f"<div><h3>{html.escape(title)}</h3>{part}</div>" for title, part in parts)
    return f'<div class="columns">{drawn}</div>'


def _cell(cell: Cell) -> str:
    text = html.escape(text_of(cell))
    if isinstance(cell, Link) and cell.address.startswith(("http://", "https://")):
        address = html.escape(cell.address, quote=True)
        return f'<a href="{address}" target="_blank" rel="noopener noreferrer">{text}</a>'
    return text


def _is_number(cell: Cell) -> bool:
    return isinstance(cell, int | float) or (
        isinstance(cell, str) and bool(re.fullmatch(r"-?\$[\d.,e-]+|[\d.]+ %|", cell))
    )
