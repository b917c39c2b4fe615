import csv
import io
import re
from html.parser import HTMLParser

import pytest

from tasks.llm.spending import charts, figures, sheets
from tasks.llm.spending.calls import Scope
from tests.tasks.llm.spending.booked import HOSTILE, a_row, sums_of, time

HARMLESS_TAGS = {
    "div", "p", "table", "thead", "tbody", "tr", "th", "td", "span", "b", "i", "h3", "a", "style", "svg",
    "path",
}  # fmt: skip


class Seen(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


def seen(page: str) -> Seen:
    parser = Seen()
    parser.feed(page)
    parser.close()
    return parser


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_becomes_a_formula_and_none_is_lost(text: str) -> None:
    written = sheets.as_csv([{"model": text, text: -5, "cost": 3, "rate": -0.5}])
    head, row = csv.reader(io.StringIO(written, newline=""))
    for cell in (head[1], row[0]):
        assert cell.replace("'", "") == text.replace("'", "")
        for part in (cell, *re.split(r"[;,\t\r\n]", cell)):  # where spreadsheets of some locale begin a cell
            bare = part.lstrip(' \t\r\n\u200b\ufeff\u00a0"')
            assert not bare or bare[0] not in "=+-@\uff1d\uff0b\uff0d\uff20|%"
    assert row[1:] == ["-5", "3", "-0.5"], "numbers stay numbers"


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_becomes_a_tag_an_attribute_or_a_link_of_its_own(text: str) -> None:
    now = time("2026-11-21T12:00")
    rows = sums_of(a_row(model=text, stage=text, run=text))
    burning = figures.burn_down(Scope(f"run:{text}", 5, 0, 9_000), rows, now)
    assert burning is not None
    page = sheets.framed(
        sheets.as_html([text], [[text], [sheets.Link(text, text)], [sheets.Link(text, f"http://h/{text}")]]),
        sheets.cards([(text, text)]),
        sheets.note(text),
        sheets.beside((text, charts.bars([(text, 5)]))),
        charts.stacked(figures.time_line(rows, "model"), text),
        charts.burning(burning, now, text),
    )
    found = seen(page)
    assert found.tags <= HARMLESS_TAGS
    assert not [name for name, _ in found.attributes if name.startswith("on")]
    assert {value for name, value in found.attributes if name == "href"} == {f"http://h/{text}"}
    assert text in found.text


def test_a_table_without_rows_says_so():
    assert "No call failed." in sheets.as_html(["a"], [], "No call failed.")
    assert sheets.as_csv([]) == ""


def test_a_chart_of_calls_that_cost_nothing_names_no_sum():
    free = charts.stacked(figures.time_line(sums_of(a_row(cost=0)), "stage"), "Spend")
    assert "nothing of it cost anything" in free and "highest" not in free
    assert "highest $2" in charts.stacked(
        figures.time_line(sums_of(a_row(cost=2_000_000_000)), "stage"), "Spend"
    )
