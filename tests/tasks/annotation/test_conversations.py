"""Winning paths as chat conversations."""

import json
from pathlib import Path

import pytest

from tasks.annotation.conversations import conversation, write_conversations
from tasks.errors import ConfigurationError
from tests.tasks.annotation.analysis.grown import answer, call, give_up, trajectory

RESCUED = trajectory([give_up(), call(thought="look", day=1), answer()], searcher="CoT@2")


def test_the_winning_path_is_told_in_todays_form():
    told = conversation(RESCUED, "tools")
    assert told is not None
    assert [message["role"] for message in told["messages"]] == [
        "system", "user", "assistant", "tool", "assistant",
    ]  # fmt: skip
    assert told["messages"][2]["tool_calls"][0]["function"]["arguments"] == '{"day": 1}'
    assert told["tools"][-1]["function"]["name"] == "Finish"


def test_and_in_the_legacy_form():
    told = conversation(RESCUED, "functions")
    assert told is not None
    assert told["messages"][2]["function_call"]["name"] == "rain_for_weather"
    assert told["messages"][3]["role"] == "function"
    assert told["functions"][-1]["name"] == "Finish"
    assert "tools" not in told


def test_only_what_was_answered_is_written(tmp_path: Path):
    path = tmp_path / "m.jsonl"
    lost = trajectory([give_up()], searcher="CoT@1")
    assert write_conversations([RESCUED, lost], "tools", path) == 1
    (line,) = path.read_text().splitlines()
    assert set(json.loads(line)) == {"messages", "tools"}
    with pytest.raises(ConfigurationError, match="cannot be written"):
        write_conversations([RESCUED], "tools", tmp_path)
