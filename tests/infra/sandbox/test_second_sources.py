"""The hub against packages and tables that share nothing with it."""

import json
import subprocess
import sys

import pytest

from infra.sandbox.second_sources.comparison import Pair, modules
from tests.infra.sandbox.test_hub_server import hub

KNOWN = {
    "calendar-converter": 0.20,  # the arithmetic Islamic calendar against the announced one
    "currency-directory": 0.02,
    "domain-parts": 0.05,
    "market-calendar": 0.02,
    "phone-numbers": 0.06,  # dissolved countries, and islands with an area code of their own
    "public-holidays-atlas": 0.20,  # workalendar leaves out Japan's substitute days and some local ones
    "unit-converter": 0.10,  # units of the US survey
    "world-clock": 0.02,
}
"""Largest share of questions that are known to be answered differently; none for all others."""


COMMAND = [sys.executable, "-m", "infra.sandbox.second_sources", "--hub"]


@pytest.fixture(scope="module")
def compared():
    with hub("--seed", 1, "--plants", 0, "--drift", 0) as (_, client):
        ask = [*COMMAND, str(client.base_url), "--json"]
        shown = subprocess.run(ask, capture_output=True, check=True, text=True)
    return json.loads(shown.stdout)["comparisons"]


def test_at_least_ten_tools_are_held_against_a_second_source(compared):
    assert len({each["tool"] for each in compared}) >= 10


def test_the_hub_and_its_second_sources_disagree_no_more_than_is_known(compared):
    shares = {each["tool"]: len(each["disagreements"]) / each["asked"] for each in compared}
    assert {tool: share for tool, share in shares.items() if share > KNOWN.get(tool, 0.0)} == {}


def test_every_comparison_asks_enough_to_mean_something(compared):
    assert min(each["asked"] for each in compared) >= 10


def test_numbers_agree_within_their_tolerance_and_texts_only_when_equal():
    assert Pair("", 10.0, 10.4, 0.5).agrees
    assert not Pair("", 10.0, 10.6, 0.5).agrees
    assert Pair("", "EUR", "EUR").agrees
    assert not Pair("", "EUR", None).agrees


def test_every_comparison_names_its_source_and_licence():
    assert all(each.SECOND and each.LICENCE and each.__doc__ for each in modules())


def test_disagreements_are_listed_and_not_hidden(compared):
    listed = {each["tool"]: each["disagreements"] for each in compared}
    assert any("fathom" in each["question"] for each in listed["unit-converter"])


def test_a_missing_hub_is_one_sentence():
    absent = subprocess.run([*COMMAND, "http://127.0.0.1:1"], capture_output=True, text=True, check=False)
    assert (absent.returncode, absent.stderr.count("\n")) == (2, 1)
    assert "no hub gives a key at http://127.0.0.1:1" in absent.stderr
