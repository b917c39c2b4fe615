import json
from dataclasses import replace

from tasks.instructions.examples import ONE_TOOL, SEVERAL_TOOLS
from tasks.instructions.prompts import Offered, offered, request
from tasks.llm.protocol import ChatRequest
from tests.tasks.catalog.test_arguments import api, parameter

SUN = replace(
    api(), api_id="hub/sun/rise", tool_id="hub/sun", tool_name="Sun Times", name="Rise", category="Weather"
)
SET = replace(SUN, api_id="hub/sun/set", name="Set")
COIN = replace(
    api(), api_id="hub/coin/flip", tool_id="hub/coin", tool_name="Coin", name="Flip", category="Games"
)


def asked(apis: Offered, group: str = "I1", combination_id: str = "c0", **changed: int) -> ChatRequest:
    settings = {"count": 4, "seed": 7} | changed
    return request(apis, group, combination_id, model="m", **settings)


def user(chat: ChatRequest) -> str:
    return chat.messages[-1]["content"]


def test_the_prompt_ends_in_the_documents_after_their_line():
    text = user(asked(offered([SUN, SET, COIN]), "I2"))
    documents = json.loads(text.partition("\nAPIs:\n")[2])
    assert [(each["tool_name"], len(each["api_list"])) for each in documents] == [
        ("Sun Times", 2),
        ("Coin", 1),
    ]
    assert documents[0]["category_name"] == "Weather"


def test_several_tools_are_asked_for_in_words_for_i2_and_i3_only():
    sentence = "Each instruction must use at least two of the tools."
    assert sentence in user(asked(offered([SUN, COIN]), "I2")) and sentence in user(
        asked(offered([SUN, COIN]), "I3")
    )
    assert sentence not in user(asked(offered([SUN, SET])))


def test_the_number_of_instructions_is_said_as_agreed():
    assert "Write 6 instructions." in user(asked(offered([SUN]), count=6))


def test_parameters_are_documented_in_their_types():
    documented = replace(
        SUN,
        parameters=(
            parameter("is_id", "INTEGER", example="7", minimum=1, maximum=9),
            parameter("unit", "ENUM", required=False, enum=("km", "mi"), default="km"),
            parameter("bare"),
        ),
    )
    entry = offered([documented]).documents[0]["api_list"][0]
    first, bare = entry["required_parameters"]
    assert (first["example"], first["minimum"], first["maximum"]) == (7, 1, 9)
    assert bare == {"name": "bare", "type": "STRING", "description": ""}
    assert (
        entry["optional_parameters"][0] | {"enum": ["km", "mi"], "default": "km"}
        == entry["optional_parameters"][0]
    )


def test_equal_names_are_told_apart():
    twin = replace(COIN, api_id="hub/coin-2/flip", tool_id="hub/coin-2")
    again = replace(COIN, api_id="hub/coin/flip-2")
    shown = offered([COIN, again, twin])
    assert shown.ids == {
        ("Coin", "Flip"): "hub/coin/flip",
        ("Coin", "Flip (2)"): "hub/coin/flip-2",
        ("Coin (2)", "Flip"): "hub/coin-2/flip",
    }


def test_requests_carry_a_seed_of_their_combination():
    seeds = {asked(offered([SUN]), combination_id=each).seed for each in ("c0", "c1")}
    assert len(seeds | {asked(offered([SUN]), seed=8).seed}) == 3
    assert asked(offered([SUN])) == asked(offered([SUN]))


def test_the_examples_shown_differ_between_combinations_and_name_no_offered_tool():
    texts = {user(asked(offered([SUN]), combination_id=f"c{number}")) for number in range(12)}
    assert len(texts) > 3
    assert all(len({tool for tool, _ in each.relevant}) == 1 for each in ONE_TOOL)
    assert all(len({tool for tool, _ in each.relevant}) > 1 for each in SEVERAL_TOOLS)


def test_examples_keep_the_rules_they_illustrate():
    for example in (*ONE_TOOL, *SEVERAL_TOOLS):
        assert set(example.relevant) <= set(example.apis)
        assert len(example.instruction.split()) >= 30
        assert not any(
            name.lower() in example.instruction.lower()
            for pair in example.apis
            for name in pair
            if " " in name
        )
