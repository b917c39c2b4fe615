from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from tasks.annotation.inputs import Inputs, load_inputs
from tasks.annotation.kept import Kept, searched
from tasks.errors import ConfigurationError
from tasks.records import Api, Reject, Trajectory
from tasks.storage.carrying import CARRIED, carry
from tasks.storage.table import Table
from tests.tasks.examples import a_trajectory
from tests.tasks.storage.market_made import ASKED, SUN, SUN2, catalogue, instructions, published
from tests.tasks.storage.tables_made import a_manifest

SET = f"{SUN}/set"


def a_tree(name: str, *calls: str) -> Trajectory:
    names = [f"f{place}" for place in range(len(ASKED[name][1]))]
    nodes = [{"kind": "action", "description": names[ASKED[name][1].index(api_id)]} for api_id in calls]
    return a_trajectory(
        1, trajectory_id=f"{name}/DFS", instruction_id=name, api_ids=ASKED[name][1], text=f"Ask {name}",
        tree=orjson.dumps(nodes).decode(),
        functions=orjson.dumps([{"name": each} for each in [*names, "Finish"]]).decode(),
    )  # fmt: skip


@pytest.fixture
def earlier(tmp_path: Path) -> Table:
    """Trees of three instructions, one of which called what it does not need; the fourth was rejected."""
    asked = instructions(str(tmp_path), catalogue(str(tmp_path)))
    members = {
        "trajectories": (Trajectory, [a_tree("i-sun", SET), a_tree("i-moon"), a_tree("i-both")]),
        "rejects": (Reject, [Reject("annotate", "i-sun2", "unknown_api", "")]),
    }
    return Table.open(published(f"{tmp_path}/trajectories/v1", "annotate", {"instructions": asked}, members))


def inputs_of(earlier: Table, **changed: Api | None) -> Inputs:
    """What was annotated, on a catalogue in which some APIs are others, or are not there."""
    found = load_inputs(earlier.manifest.inputs["instructions"], "")
    apis = {**found.apis, **changed}
    return Inputs(found.instructions, {api_id: api for api_id, api in apis.items() if api is not None})


def ids(kept: Kept) -> list[str]:
    return [each.instruction_id for each in kept.left()]


def test_where_nothing_changed_nothing_is_searched(earlier: Table):
    assert ids(Kept(earlier, inputs_of(earlier))) == []


def test_a_tree_that_called_what_changed_is_searched_again_one_that_was_only_offered_it_is_not(
    earlier: Table,
):
    apis = inputs_of(earlier).apis
    answers = inputs_of(earlier, **{SET: replace(apis[SET], example_response='{"at": 1}')})
    kept = Kept(earlier, answers)
    assert ids(kept) == ["i-sun"]
    assert [(row.subject_id, row.reason, row.evidence) for row in kept.rejects()] == [
        ("i-sun/DFS", "api_changed", SET)
    ]


def test_a_tree_that_never_called_what_it_needs_learned_nothing_of_its_answers(earlier: Table):
    rise = f"{SUN}/rise"
    relevant = inputs_of(earlier).instructions[0].relevant_api_ids
    assert rise in relevant, "i-sun needs it, and called the other one"
    apis = inputs_of(earlier).apis
    answers = inputs_of(earlier, **{rise: replace(apis[rise], example_response='{"at": 1}')})
    assert ids(Kept(earlier, answers)) == []
    shown = inputs_of(earlier, **{rise: replace(apis[rise], description="At dawn")})
    assert ids(Kept(earlier, shown)) == ["i-sun"]


def test_what_an_instruction_needs_touches_its_tree_and_a_reject_is_tried_again(earlier: Table):
    rise, rise2 = f"{SUN}/rise", f"{SUN2}/rise"
    apis = inputs_of(earlier).apis
    changed = {each: replace(apis[each], description="At dawn") for each in (rise, rise2)}
    assert ids(Kept(earlier, inputs_of(earlier, **changed))) == ["i-sun", "i-sun2"]


def test_instructions_that_are_gone_or_new_or_on_the_other_side_are_told_apart(earlier: Table):
    found = inputs_of(earlier)
    moved = [
        replace(each, split="test") if each.instruction_id == "i-both" else each
        for each in found.instructions
        if each.instruction_id != "i-moon"
    ]
    new = replace(found.instructions[0], instruction_id="i-new")
    kept = Kept(earlier, Inputs([*moved, new], found.apis))
    assert ids(kept) == ["i-both", "i-new"]
    assert {row.subject_id: row.reason for row in kept.rejects()} == {
        "i-moon/DFS": "instruction_retired",
        "i-both/DFS": "instruction_changed",
    }
    made = a_manifest(plan=(CARRIED, {"first": 0, "count": 2}))
    table = Table.create_or_continue(earlier.address.replace("v1", "v2"), made)
    carry(table, earlier, kept.keeps(), kept.rejects())
    assert [each.instruction_id for each in searched(table, [*moved, new])] == ["i-both", "i-new"]
    assert searched(earlier, moved) is moved


def test_what_was_annotated_from_a_file_cannot_be_carried_over(tmp_path: Path):
    table = published(f"{tmp_path}/t/v1", "annotate", {"instructions": f"{tmp_path}/queries.json"}, {})
    with pytest.raises(ConfigurationError, match="names no catalogue"):
        Kept(Table.open(table), Inputs([], {}))


def test_an_offered_api_that_is_gone_is_offered_no_more(earlier: Table):
    from tasks.rollout.instructions import still_offering

    found = inputs_of(earlier)
    sun = next(each for each in found.instructions if each.instruction_id == "i-sun")
    without = {api_id for api_id in found.apis if api_id != SET}
    assert still_offering(sun, without).api_ids == (f"{SUN}/rise",)
    assert still_offering(sun, found.apis).api_ids == sun.api_ids
    assert still_offering(replace(sun, relevant_api_ids=(SET,)), without).api_ids == sun.api_ids
