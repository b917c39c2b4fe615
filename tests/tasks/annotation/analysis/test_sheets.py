"""Tables of figures, printed."""

import pytest

from tasks.annotation.analysis.sheets import Share, Usd, as_json, as_markdown, sheet

ROW = ("a|b", 1234, Share(1, 8), Usd(0.25))
SHEET = sheet("s", "Figures", ("what", "calls", "share", "USD"), [ROW], "N.")


def test_markdown_can_be_read_in_a_terminal():
    assert as_markdown([SHEET]).splitlines() == [
        "**Figures**",
        "",
        "| what | calls |  share |    USD |",
        "| ---- | ----: | -----: | -----: |",
        "| a\\|b | 1,234 | 12.5 % | 0.2500 |",
        "",
        "N.",
    ]


def test_json_keeps_what_a_share_was_counted_from():
    assert as_json([SHEET]) == {
        "s": [{"what": "a|b", "calls": 1234, "share": {"part": 1, "of": 8, "value": 0.125}, "USD": 0.25}]
    }


def test_a_share_of_nothing_is_no_number():
    empty = sheet("s", "t", ("a", "b"), [("x", Share(0, 0))])
    assert as_markdown([empty]).splitlines()[-1] == "| x   |   - |"
    assert as_json([empty])["s"][0]["b"]["value"] is None


def test_an_empty_sheet_is_left_out():
    assert as_markdown([sheet("s", "t", ("a",), [])]) == ""


def test_a_row_that_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="2 cells under 1 columns"):
        sheet("s", "t", ("a",), [("x", "y")])
