from dataclasses import replace

import orjson

from tasks.records import Instruction, Parameter
from tasks.storage.change import CHANGED, REMOVED, called, change_between, why
from tests.tasks.examples import a_trajectory
from tests.tasks.storage.market_made import MOON, SUN, api

RISE, SET, MOONRISE = api(SUN, "rise"), api(SUN, "set"), api(MOON, "rise")


def an_instruction(*relevant: str) -> Instruction:
    ids = (RISE.api_id, SET.api_id, MOONRISE.api_id)
    return Instruction("i", "I2", "Ask", ids, relevant, "c", "train", "m", "rehearsal")


def test_what_is_documented_decides_not_where_it_is_served():
    moved = replace(RISE, url="http://127.0.0.1:9/sun/rise")
    assert not change_between([RISE], [moved]).any
    assert change_between([RISE], [replace(RISE, url="http://127.0.0.1/sun/up")]).answers == {RISE.api_id}
    assert change_between([RISE], [replace(RISE, example_response="{}")]).answers == {RISE.api_id}
    renamed = replace(
        RISE, parameters=(Parameter("day", "day", "query", "DATE", True),), example_response="{}"
    )
    found = change_between([RISE, SET], [renamed, MOONRISE])
    assert (found.shown, found.answers) == ({RISE.api_id}, frozenset())
    assert (found.gone, found.new) == ({SET.api_id}, {MOONRISE.api_id})


def test_an_instruction_hangs_on_what_it_needs():
    found = change_between([RISE, SET, MOONRISE], [replace(RISE, description="At dawn"), MOONRISE])
    assert found.of_instruction(an_instruction(MOONRISE.api_id)) == []
    assert found.of_instruction(an_instruction(RISE.api_id, SET.api_id)) == [SET.api_id, RISE.api_id]
    assert found.of_instruction(an_instruction()) == [SET.api_id, RISE.api_id], "needs nothing: all it offers"
    assert why([SET.api_id, RISE.api_id], found) == (REMOVED, SET.api_id)
    assert why([RISE.api_id], found) == (CHANGED, RISE.api_id)


def test_a_tree_called_the_apis_behind_its_functions_on_every_branch():
    nodes = [
        {"kind": "root", "description": ""},
        {"kind": "action", "description": "set_for_sun"},
        {"kind": "action", "description": "made_up"},
        {"kind": "action", "description": "Finish"},
        {"kind": "thought", "description": "rise_for_sun"},
    ]
    functions = [{"name": name} for name in ("rise_for_sun", "set_for_sun", "Finish")]
    row = a_trajectory(
        1,
        tree=orjson.dumps(nodes).decode(),
        functions=orjson.dumps(functions).decode(),
        api_ids=(RISE.api_id, SET.api_id),
    )
    assert called(row) == {SET.api_id}
