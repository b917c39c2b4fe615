import json

from tasks.search.prompts import diversity, opening
from tests.tasks.search.played import api


def test_tools_are_listed_once_numbered_and_cut():
    apis = [
        api("rain", tool_description="a\nb" + "x" * 600),
        api("wind", tool_description="a\nb" + "x" * 600),
        api("tide", "sea", tool_description=""),
    ]
    system, _ = opening("?", apis)
    assert f"1.weather: ab{'x' * 509}\n2.sea: None\n" in system["content"]
    assert system["role"] == "system"


def test_the_user_message_holds_the_instruction_as_it_is():
    assert opening("Will it {rain}?", [api()])[1] == {
        "role": "user",
        "content": "\nWill it {rain}?\nBegin!\n",
    }


def test_nothing_tried_means_no_message():
    assert diversity([], "seen") is None


def test_attempts_are_listed_as_json_with_the_state_last():
    message = diversity([("rain", '{"a": 1}', "wet"), ("wind", "{}", "{attempts}")], "seen")
    assert message is not None
    text = message["content"]
    listed, _ = json.JSONDecoder().raw_decode(text[text.index("[\n") :])
    assert listed[0] == {
        "name": "rain",
        "arguments": '{"a": 1}',
        "function_output": "wet",
        "mento-carlo-action-value": 0.0,
    }
    assert [attempt["function_output"] for attempt in listed] == ["wet", "{attempts}"]
    assert text.index("seen") > text.index("{attempts}")
