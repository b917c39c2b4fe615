"""What counts as derived from a tool, and what merely looks like it."""

from dataclasses import replace

import pytest

from tasks.storage.derivation import LINKS, OWN, WHY, Gone, Naming, shrunk, spend_without, why_derived
from tasks.storage.lineage import MEMBERS
from tasks.tables import schema
from tests.tasks.examples import a_trajectory
from tests.tasks.storage.market_made import SUN, a_call, spent

NAMING = Naming(SUN)


@pytest.mark.parametrize(
    "text",
    ["hub/sun", "hub/sun/rise", '{"api":"hub\\/sun\\/rise"}', "see hub/sun.", "(hub/sun)", "x/hub/sun"],
)
def test_the_id_is_found_in_texts(text: str) -> None:
    assert NAMING.found(text)


@pytest.mark.parametrize(
    "text", ["hub/sun-2/rise", "hub/sunny", "github/sun", "a.hub/sun", "sun", "hub sun", ""]
)
def test_what_only_begins_or_ends_like_the_id_is_passed_over(text: str) -> None:
    assert not NAMING.found(text)


def test_ids_of_toolbench_are_found_whole() -> None:
    naming = Naming("toolbench/weather.sun_times")
    assert naming.found("toolbench/weather.sun_times/rise")
    assert not naming.found("toolbench/weather.sun_times_2/rise")


def test_what_names_the_tool_is_taken_out_of_lists_and_of_texts_with_commas() -> None:
    assert NAMING.without({"plan": [["sun", SUN], ["moon", "hub/moon"]], "count": 3}) == {
        "plan": [["moon", "hub/moon"]], "count": 3,
    }  # fmt: skip
    assert NAMING.without("hub/moon,hub/sun") == "hub/moon"
    assert NAMING.without("hub/sun-2") == "hub/sun-2"


def test_an_id_of_its_own_makes_no_row_derived() -> None:
    gone = Gone({"trajectories": {a_trajectory(1).trajectory_id}})
    assert why_derived("trajectories", a_trajectory(1), gone, Naming("hub/x")) == ""
    assert why_derived("samples", a_trajectory(1), gone, Naming("hub/x")) == WHY["trajectories"]


def test_calls_are_derived_with_their_subject() -> None:
    gone = Gone({"combinations": {"c1"}})
    mine, other = a_call("instruct", "c1", "model", "m"), a_call("instruct", "c10", "model", "m")
    assert why_derived("calls", mine, gone, NAMING)
    assert not why_derived("calls", other, gone, NAMING)
    assert why_derived("calls", replace(other, subject_id="c1/0"), gone, NAMING)


def test_spend_of_models_whose_calls_stay_is_left_as_it_is() -> None:
    first, second = a_call("annotate", "a", "model", "m", 10), a_call("annotate", "b", "model", "m", 30)
    rows = [spent("annotate", [first]), spent("annotate", [second])]
    other = replace(rows[0], model="n")
    assert spend_without([*rows, other], []) == [*rows, other]
    assert spend_without([*rows, other], [first]) == [rows[1], other]
    assert spend_without([*rows, other], [first, second]) == [other]
    assert spend_without(rows, [replace(first, kind="api")]) == rows


def test_links_are_columns_of_the_members_they_stand_in() -> None:
    columns = {name for record, _ in MEMBERS.values() for name in schema(record).names}
    assert set(LINKS) <= columns
    assert set(LINKS.values()) == set(WHY) == set(OWN)
    assert all(MEMBERS[member][1] == column for member, column in OWN.items() if column)


def test_a_collection_without_the_tool_is_the_same_object() -> None:
    from tasks.records import Collection

    row = Collection("hub/sky", "hub", "Sky", "", ("hub/moon", "hub/sun-2"))
    assert shrunk(row, NAMING) is row
