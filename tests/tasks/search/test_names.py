import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.search.names import (
    function_name,
    portable,
    standard_category,
    standard_name,
    standardize,
    unique,
)


@pytest.mark.parametrize(
    ("name", "standard"),
    [
        ("/tracking/x/:task_id", "tracking_x_task_id"),
        ("24h Weather", "get_24h_weather"),
        ("C++", "c"),
        ("Récupère", "r_cup_re"),
        ("productID", "productid"),
        ("👋 Demo Project", "demo_project"),
        ("a^b", "a^b"),
        ("天气 API", "天气_api"),
        ("___", ""),
        ("", ""),
    ],
)
def test_names_are_standardized_as_in_toolbench(name: str, standard: str):
    assert standardize(name) == standard


def test_seven_words_are_prefixed_and_no_other_keyword():
    prefixed = {word for word in ("from", "class", "return", "false", "true", "id", "and", "import", "in")}
    assert {word for word in prefixed if standard_name(word) != word} == prefixed - {"import", "in"}
    assert standard_name("ID") == "is_id"


@pytest.mark.parametrize(
    ("category", "standard"),
    [
        ("Health and Fitness", "Health_and_Fitness"),
        ("News, Media", "News_Media"),
        ("Artificial Intelligence/Machine Learning", "Artificial_Intelligence_Machine_Learning"),
        ("a , / b", "a___b"),
    ],
)
def test_runs_in_a_category_are_halved_once(category: str, standard: str):
    assert standard_category(category) == standard


def test_a_function_name_loses_its_head():
    name = function_name("a" * 60, "tool")
    assert len(name) == 64
    assert name.endswith("a_for_tool")


def test_names_are_made_portable():
    assert portable("天气_^x-1") == "____x-1"
    assert portable("") == "_"


def test_later_bearers_of_a_name_are_numbered():
    assert unique(["a", "b", "a", "a_2", "a"]) == ["a", "b", "a_3", "a_2", "a_4"]


@settings(deadline=None)
@given(st.lists(st.sampled_from(["x" * 64, "x" * 63 + "_", "a", "a_2", "a_3", ""])))
def test_unique_names_are_unique_short_and_the_same_each_time(names: list[str]):
    given_names = unique(names)
    assert len(set(given_names)) == len(names)
    assert max(map(len, given_names), default=0) <= 64
    assert given_names == unique(names)
    assert all(new == old for new, old in zip(given_names, names, strict=True) if names.count(old) == 1)
