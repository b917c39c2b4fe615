from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.instructions.combinations import (
    EVENLY,
    GROUPS,
    MOST_APIS_EACH,
    MOST_APIS_OF_ONE_TOOL,
    MOST_TOOLS,
    Draw,
    Shelf,
    distinct,
    draws,
    early_sides,
    every,
    shelf_of,
    split_of,
    take,
    why_none,
)
from tasks.records import Group


@st.composite
def shelves(draw: st.DrawFn) -> Shelf:
    """Small catalogues: up to 5 tools of 1 to 12 APIs in up to 3 categories, with collections."""
    sizes = draw(st.lists(st.sampled_from([1, 1, 2, 3, 4, 12]), min_size=1, max_size=5))
    tools = [f"hub/t{number}" for number in range(len(sizes))]
    apis = [
        (f"{tool}/a{number:02}", tool, draw(st.sampled_from(["Sky", "Money", "Food"])))
        for tool, size in zip(tools, sizes, strict=True)
        for number in range(size)
    ]
    apis = [(api_id, tool, next(c for _, t, c in apis if t == tool)) for api_id, tool, _ in apis]
    named = st.lists(st.sampled_from([*tools, "hub/gone"]), max_size=5)
    return shelf_of(apis, draw(st.dictionaries(st.sampled_from(["c1", "c2"]), named)))


groups = st.sampled_from(GROUPS)


def some(shelf: Shelf, group: Group, number: int, seed: int = 1) -> list[Draw]:
    return list(islice(draws(shelf, group, seed, 0.2), number))


@settings(deadline=None)
@given(shelves(), groups, st.integers(0, 3))
def test_every_combination_keeps_the_rule_of_its_group(shelf: Shelf, group: Group, seed: int):
    for draw in some(shelf, group, 30, seed):
        api_ids = draw.combination.api_ids
        tools = [api_id.rpartition("/")[0] for api_id in api_ids]
        categories = {shelf.category_of[tool] for tool in tools}
        assert len(set(api_ids)) == len(api_ids) > 0
        if group == "I1":
            assert set(tools) == {draw.combination.origin}
            assert len(api_ids) == min(len(shelf.tools[tools[0]]), MOST_APIS_OF_ONE_TOOL)
            continue
        assert 2 <= len(set(tools)) <= MOST_TOOLS
        assert all(tools.count(tool) <= MOST_APIS_EACH for tool in tools)
        if group == "I2":
            assert categories == {draw.combination.origin}
        else:
            assert set(tools) <= set(shelf.collections[draw.combination.origin])
            assert len(categories) > 1


@settings(deadline=None)
@given(shelves(), groups)
def test_a_group_is_drawn_from_exactly_when_nothing_speaks_against_it(shelf: Shelf, group: Group):
    assert bool(some(shelf, group, 1)) == (why_none(shelf, group) == "")


@settings(deadline=None)
@given(shelves(), groups)
def test_nothing_repeats_before_everything_has_come(shelf: Shelf, group: Group):
    total = distinct(shelf, group, 300)
    if total == 300:
        return
    found = some(shelf, group, 2 * total)
    for round_of in (found[:total], found[total:]):
        if group == "I1":
            assert {draw.combination.origin for draw in round_of} == set(shelf.tools)
        else:
            sets = {frozenset(draw.combination.api_ids) for draw in round_of}
            assert sets == {frozenset(api_ids) for _, api_ids in every(shelf, group)}


@settings(deadline=None)
@given(shelves(), groups, st.integers(1, 4))
def test_parts_share_no_set_of_apis_and_lose_no_draw(shelf: Shelf, group: Group, of: int):
    of = min(of, distinct(shelf, group, of)) or 1
    whole = some(shelf, group, 24)
    parts = [
        [draw for draw in islice(take(draws(shelf, group, 1, 0.2), part, of, 0), 24 if whole else 0)]
        for part in range(of)
    ]
    sets = [{frozenset(draw.combination.api_ids) for draw in part} for part in parts]
    assert all(not left & right for place, left in enumerate(sets) for right in sets[:place])
    together = {draw.combination.combination_id for part in parts for draw in part}
    assert {draw.combination.combination_id for draw in whole} <= together


@settings(deadline=None)
@given(shelves(), groups)
def test_a_part_continues_where_it_stopped(shelf: Shelf, group: Group):
    if not some(shelf, group, 1):
        return
    at_once = list(islice(take(draws(shelf, group, 1, 0.2), 0, 1, 0), 12))
    later = list(islice(take(draws(shelf, group, 1, 0.2), 0, 1, 5), 7))
    assert at_once[5:] == later


@settings(deadline=None)
@given(shelves(), groups)
def test_no_set_of_apis_is_on_both_sides(shelf: Shelf, group: Group):
    sides: dict[frozenset[str], set[str]] = {}
    for draw in some(shelf, group, 60):
        sides.setdefault(frozenset(draw.combination.api_ids), set()).add(draw.split)
    assert all(len(side) == 1 for side in sides.values())


def test_another_seed_gives_another_order():
    apis = [(f"hub/t{tool}/a{api}", f"hub/t{tool}", "Sky") for tool in range(9) for api in range(4)]
    shelf = shelf_of(apis, {})
    for group in ("I1", "I2"):
        assert some(shelf, group, 8, seed=1) == some(shelf, group, 8, seed=1)
        assert some(shelf, group, 8, seed=1) != some(shelf, group, 8, seed=2)


def test_ids_of_draws_differ_even_where_their_apis_repeat():
    shelf = shelf_of([("hub/t/a", "hub/t", "Sky")], {})
    found = some(shelf, "I1", 3)
    assert {draw.combination.api_ids for draw in found} == {("hub/t/a",)}
    assert len({draw.combination.combination_id for draw in found}) == 3
    assert [draw.index for draw in found] == [0, 0, 0]


@given(st.integers(0, 9).map(lambda tenth: tenth / 10), st.integers(0, EVENLY))
def test_the_share_held_out_of_the_first_places_is_kept(held_out: float, places: int):
    held = early_sides(held_out, places).count("test")
    assert abs(held - places * held_out) <= 0.5 + 1e-9


def test_the_share_held_out_of_many_sets_is_kept_but_for_chance():
    for held_out in (0.0, 0.2, 0.5, 0.9):
        sets = [frozenset([f"hub/t/{number}"]) for number in range(5000)]
        held = sum(split_of(each, held_out, 1, "I1") == "test" for each in sets)
        assert abs(held - 5000 * held_out) <= 4 * (5000 * held_out * (1 - held_out)) ** 0.5


def test_of_the_first_three_sets_one_is_held_out_at_the_default_share():
    assert early_sides(0.2, 5) == ["train", "train", "test", "train", "train"]


@settings(deadline=None)
@given(shelves(), groups, st.integers(0, 9).map(lambda tenth: tenth / 10), st.integers(0, 3))
def test_the_first_places_of_a_round_are_spread_evenly_however_the_names_fall(
    shelf: Shelf, group: Group, held_out: float, seed: int
):
    first = min(EVENLY, distinct(shelf, group, EVENLY))
    found = islice(draws(shelf, group, seed, held_out), first)
    assert [draw.split for draw in found] == early_sides(held_out, first)


def test_a_tool_of_a_thousand_apis_is_counted_without_listing_its_choices():
    apis = [(f"hub/t{tool}/a{api:03}", f"hub/t{tool}", "Sky") for tool in range(5) for api in range(1000)]
    shelf = shelf_of(apis, {})
    assert distinct(shelf, "I2", 7) == 7
    assert len(some(shelf, "I2", 20)) == 20


def a_market(tools: int = 60, without: str = "") -> Shelf:
    """Tools of three APIs in six categories, and collections across them."""
    apis = [
        (f"hub/t{tool}/a{api}", f"hub/t{tool}", f"c{tool % 6}")
        for tool in range(tools)
        for api in range(3)
        if without not in (f"hub/t{tool}", f"hub/t{tool}/a{api}")
    ]
    return shelf_of(apis, {f"k{k}": [f"hub/t{tool}" for tool in range(k, tools, 7)] for k in range(7)})


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("gone", ["hub/t10", "hub/t10/a1"])
def test_where_one_api_or_tool_goes_only_draws_that_hold_it_change(group: Group, gone: str):
    def sides(shelf: Shelf) -> dict[str, tuple[str, ...]]:
        return {
            draw.combination.combination_id: (draw.split, *draw.combination.api_ids)
            for draw in some(shelf, group, 120)
        }

    before, after = sides(a_market()), sides(a_market(without=gone))
    untouched = {
        id for id, (_, *apis) in before.items() if not any(f"{api}/".startswith(f"{gone}/") for api in apis)
    }
    lost = [id for id in untouched if before[id] != after.get(id)]
    assert len(untouched) < len(before)
    assert len(lost) <= 2, "at the end of the sequence"
    assert all(before[id] == after[id] for id in before.keys() & after.keys()), "nothing changes its side"


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_set_changes_its_side_where_a_tool_of_the_first_places_goes(group: Group, seed: int):
    whole = {draw.combination.combination_id: draw.split for draw in some(a_market(), group, 120, seed)}
    early = {
        api_id.rpartition("/")[0]
        for draw in some(a_market(), group, EVENLY, seed)
        for api_id in draw.combination.api_ids
    }
    for gone in early:
        later = some(a_market(without=gone), group, 120, seed)
        sides = {draw.combination.combination_id: draw.split for draw in later}
        assert {id: sides[id] for id in sides.keys() & whole.keys()}.items() <= whole.items()


def test_a_tool_that_is_added_leaves_most_draws_as_they_are():
    for group in GROUPS:
        before = {draw.combination.combination_id for draw in some(a_market(59), group, 100)}
        after = {draw.combination.combination_id for draw in some(a_market(60), group, 100)}
        assert len(before & after) >= 85
