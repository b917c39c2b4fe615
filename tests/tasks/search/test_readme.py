"""What the page promises is so."""

import dataclasses
import re
from pathlib import Path

import pytest

from tasks.search import text_form, toolllama, written_calls
from tasks.search.forms import CallingForm
from tasks.search.functions import PUBLISHED, TOOLBENCH
from tasks.search.methods import FAMILIES, method
from tests.tasks.search.played import METHODS

PAGE = (Path(text_form.__file__).parent / "README.md").read_text()


def rows(heading: str) -> dict[str, list[str]]:
    """Cells of a section's table by their first."""
    section = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]
    table = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| ")]
    return {cells[0]: cells[1:] for cells in table[1:]}


def test_every_method_has_its_row_with_its_worst_case():
    promised = {
        pattern: cells[2]
        for names, cells in rows("Methods").items()
        for pattern in re.findall(r"`([^`]+)`", names)
    }
    for name in METHODS:
        if name.startswith("foundry-"):
            continue  # a lever taken out of the one that has the row
        stem = re.sub(r"@\d+tokens", "@<T>tokens", re.sub(r"_w\d+$", "_w<W>", name))
        stem = stem if stem in promised else re.sub(r"@\d+$", "@<N>", stem)
        number = int((re.findall(r"@(\d+)$", name) or ["0"])[0])
        said = promised[stem]
        most = {"12 N": 12 * number, "13 N - 1": 13 * number - 1}.get(said) or int(said)
        assert most == method(name).most_replies, name
    assert len(promised) == len(FAMILIES) + 1, "CoT@1 has a row of its own"


def test_every_switch_of_a_schema_stands_in_the_list():
    told = " ".join(cells[-1] for cells in rows("Where we depart from it, and why").values())
    for field in dataclasses.fields(PUBLISHED):
        if getattr(PUBLISHED, field.name) != getattr(TOOLBENCH, field.name):
            assert f"SchemaStyle.{field.name}" in told
    for switch in ("keep_last_reply", "--published-codes", "--give-ups"):
        assert switch in told


def test_every_form_and_every_guess_is_named():
    assert {name.strip("`") for name in rows("Forms of calling")} == set(CallingForm.__args__)  # type: ignore[attr-defined]
    own = {name: value for name, value in vars(written_calls).items() if name.isupper() and name[0] != "_"}
    guesses = [value for name, value in own.items() if isinstance(value, str) and name != "FINISH"]
    assert len(guesses) == 10
    assert all(guess in PAGE for guess in guesses)


@pytest.mark.parametrize("stop", [text_form.STOP, toolllama.STOP])
def test_stop_strings_are_no_more_than_servers_take(stop: tuple[str, ...]):
    assert len(stop) <= 4
