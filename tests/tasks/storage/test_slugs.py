import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.storage.slugs import slug, unique_slugs


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ECB Exchange Rates", "ecb-exchange-rates"),
        ("Récupère /v2/{id}", "recupere-v2-id"),
        ("天气 API", "天气-api"),
        ("--x--", "x"),
    ],
)
def test_slugs_are_made_of_the_name(name: str, expected: str):
    assert slug(name) == expected


def test_a_name_without_letters_has_a_slug_all_the_same():
    assert slug("👋").startswith("x") and slug("👋") != slug("🚀")


def test_a_clash_is_resolved_alike_in_any_order():
    named = [("A b", "GET /2"), ("a-b", "GET /1"), ("A  B", "GET /3"), ("c", "GET /4")]
    expected = dict(zip(named, unique_slugs(named), strict=True))
    assert expected[("a-b", "GET /1")] == "a-b" and expected[("c", "GET /4")] == "c"
    shuffled = random.Random(7).sample(named, len(named))
    assert dict(zip(shuffled, unique_slugs(shuffled), strict=True)) == expected


def test_a_further_name_changes_no_slug_of_others():
    before = [("x", "1"), ("y", "2")]
    assert unique_slugs([*before, ("z", "0")])[:2] == unique_slugs(before) == ["x", "y"]


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["a b", "A-b", "a-b-3f2a", "", "é"]), st.sampled_from("123"))))
def test_slugs_are_unique_and_fit_an_id(named: list[tuple[str, str]]):
    slugs = unique_slugs(named)
    assert len(set(slugs)) == len(named)
    assert all(each and "/" not in each and " " not in each for each in slugs)
