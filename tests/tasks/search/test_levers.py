import re

import pytest

from tasks.errors import ConfigurationError
from tasks.search.foundry import FoundryLimits
from tasks.search.levers import DOUBTING, LEFT_OUT, TAKEN, levers_of
from tasks.search.methods import method

EVERY = (*TAKEN, *LEFT_OUT)


def levers(name: str) -> set[str]:
    limits = method(name).limits
    assert isinstance(limits, FoundryLimits)
    return set(limits.levers)


def test_what_pays_is_in_and_what_does_not_is_out():
    assert levers("foundry") == set(TAKEN) == set(FoundryLimits().levers)
    assert not set(TAKEN) & set(LEFT_OUT)


@pytest.mark.parametrize("lever", TAKEN)
def test_each_lever_is_taken_out_by_its_name(lever: str):
    assert levers(f"foundry-{lever}") == set(TAKEN) - {lever}
    assert levers(f"foundry-all+{lever}") == {lever}


@pytest.mark.parametrize("lever", LEFT_OUT)
def test_each_lever_that_is_out_is_put_in_by_its_name(lever: str):
    assert levers(f"foundry+{lever}") == {*TAKEN, lever}


def test_switches_are_read_from_left_to_right():
    assert levers("foundry-all") == set()
    assert levers("foundry+lean-all") == set()
    assert levers("foundry-all+all") == set(TAKEN)
    assert levers("foundry+third-third") == set(TAKEN)
    assert levers("foundry-lean-memory+told") == set(TAKEN) - {"lean", "memory"} | {"told"}


def test_levers_are_sorted_so_that_equal_searches_have_equal_limits():
    assert levers_of("-all+memory+lean") == levers_of("-all+lean+memory+lean") == ("lean", "memory")
    assert method("foundry-all+memory+lean").limits == method("foundry-all+lean+memory").limits


@pytest.mark.parametrize(
    "name",
    ["foundry-", "foundry+", "foundry-leaner", "foundry lean", "foundry-LEAN", "foundry-lean+", "Foundry",
     "foundry-allmemory", "foundrylean", "foundry_w2", "foundry--lean", "foundry-lean\n"],
)  # fmt: skip
def test_a_lever_that_there_is_not_is_refused(name: str):
    """Who nearly named it is told its levers, anybody else all methods."""
    told = (
        "there are lean, parallel" if name.startswith("foundry") else re.escape("foundry[-<lever>][+<lever>]")
    )
    with pytest.raises(ConfigurationError, match=told):
        method(name)


@pytest.mark.parametrize(
    ("name", "replies"),
    [
        ("foundry", 48),
        ("foundry+third", 72),
        ("foundry-restart", 24),
        ("foundry-errors", 48),
        ("foundry-all+failures", 12 * 2),
        ("foundry-all", 12),
        ("foundry-all+restart", 24),
        ("foundry-all+third", 12),
        ("foundry-all+third+grounds", 36),
    ],
)
def test_the_worst_case_is_one_node_a_reply_each_asked_as_often_as_doubts_allow(name: str, replies: int):
    assert method(name).most_replies == replies


def test_a_method_comes_back_to_its_states_and_draws_afresh_unless_siblings_are_told():
    assert all(method(name).branches for name in ("foundry", "foundry-all+grounds"))
    assert not method("foundry").tells_siblings
    assert method("foundry+told").tells_siblings


def test_the_words_and_rules_it_decides_by_are_part_of_a_tables_fingerprint():
    assert set(method("foundry").decides) == {"foundry", "grounds", "lean"}


def test_every_doubting_lever_is_a_lever():
    assert set(EVERY) >= DOUBTING
