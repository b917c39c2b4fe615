"""Tools whose packages come with an extra: offered where it is installed as a whole, else left out."""

import pytest

from infra.sandbox.hub.catalogue import load_catalogue
from infra.sandbox.hub.errors import DeclarationError

TOOL_FILE = '''
from infra.sandbox.hub.tool import Answer, Tool

tool = Tool(
    name="{name}",
    category="Weather",
    description="A tool of an extra.",
    packages=("{package}",),
    extra="{extra}",
    data_vintage="Invented.",
    licence="Apache-2.0",
)


@tool.get("/here", "Here")
def here() -> Answer:
    """Say that it is here."""
    return {{"here": True}}
'''


def write(folder, name, package, extra):
    (folder / f"{name}.py").write_text(TOOL_FILE.format(name=name, package=package, extra=extra))


def test_a_tool_of_an_extra_is_offered_where_its_packages_are(tmp_path):
    write(tmp_path, "present", "orjson", "there")
    catalogue = load_catalogue(tmp_path)
    assert "present" in catalogue.tools
    assert not [sentence for sentence in catalogue.left_out if "present" in sentence]


def test_an_extra_that_is_installed_in_part_is_left_out_as_a_whole_with_a_sentence_a_tool(tmp_path):
    write(tmp_path, "one", "orjson", "half")
    write(tmp_path, "two", "no-such-distribution", "half")
    catalogue = load_catalogue(tmp_path)
    assert not {"one", "two"} & set(catalogue.tools)
    assert [sentence for sentence in catalogue.left_out if "'half'" in sentence] == [
        f"{name} is left out: the extra 'half' is not installed (no-such-distribution)"
        for name in ("one", "two")
    ]


def test_a_tool_of_no_extra_needs_its_packages(tmp_path):
    write(tmp_path, "bare", "no-such-distribution", "")
    with pytest.raises(DeclarationError, match="bare needs the package no-such-distribution"):
        load_catalogue(tmp_path)
