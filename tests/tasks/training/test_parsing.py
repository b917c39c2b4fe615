import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.training.parsing import SpokenCall, Turn, message_of, parse_turn

GOOD = '<tool_call>{"name": "sunrise", "arguments": {"city": "Lima"}}</tool_call>'
LIMA = SpokenCall("sunrise", '{"city": "Lima"}')


@pytest.mark.parametrize(
    ("text", "turn"),
    [
        (GOOD, Turn("", (LIMA,))),
        (f"I look it up.{GOOD}<|im_end|>garbage", Turn("I look it up.", (LIMA,))),
        (GOOD + GOOD, Turn("", (LIMA, LIMA))),
        (GOOD.removesuffix("</tool_call>"), Turn("", (LIMA,))),
        (GOOD.replace("}}", "}"), Turn("", (LIMA,))),
        ('<tool_call>{"name": "now"}</tool_call>', Turn("", (SpokenCall("now", "{}"),))),
        ('<tool_call>{"name": "now"</tool_call>', Turn("", (SpokenCall("now", "{}"),))),
        ('<tool_call>{"name": "now", "arguments": "{}"}', Turn("", (SpokenCall("now", "{}"),))),
        ('<tool_call>{"name": "now", "arguments": {"a": ', Turn("", (SpokenCall("now", '{"a":'),))),
        ("<tool_call>sunrise(Lima)</tool_call>", Turn("<tool_call>sunrise(Lima)</tool_call>", ())),
        ("<tool_call>[1]</tool_call>", Turn("<tool_call>[1]</tool_call>", ())),
        ('<tool_call>{"name": 3}</tool_call>', Turn('<tool_call>{"name": 3}</tool_call>', ())),
        ("It rises at six.", Turn("It rises at six.", ())),
        ("", Turn("", ())),
    ],
)
def test_a_turn_is_read_as_far_as_it_can_be(text: str, turn: Turn) -> None:
    assert parse_turn(text) == turn


@given(st.text() | st.lists(st.sampled_from([*GOOD.split('"'), '"', "<tool_call>", "{", "}"])).map("".join))
def test_no_text_breaks_the_parser(text: str) -> None:
    turn = parse_turn(text)
    assert all(call.name for call in turn.calls)
    json.dumps(message_of(turn, "r"))


def test_a_call_becomes_openais_message() -> None:
    assert message_of(parse_turn(GOOD), "r1") == {
        "role": "assistant",
        "content": None,
        "tool_calls": [
            {
                "id": "call_r1_0",
                "type": "function",
                "function": {"name": "sunrise", "arguments": '{"city": "Lima"}'},
            }
        ],
    }
