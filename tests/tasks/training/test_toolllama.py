"""What a student in ToolLLaMA's layout learns is what it is asked with: bytes, and tokens."""

import json
from pathlib import Path

import pytest

from tasks.records import TrainingSample
from tasks.rollout.trajectories import trajectory_of
from tasks.search.effects import FunctionCall
from tasks.search.toolllama import prompt
from tasks.training.samples import sample_of
from tasks.training.template import END_OF_TEXT
from tasks.training.tokenizer import NO_LABEL, Conversation, PreTrainedTokenizerFast, conversation
from tasks.training.toolllama import encode_example, examples_of
from tasks.training.writings import ToolLlama
from tests.tasks.rollout.test_trajectories import INSTRUCTION
from tests.tasks.rollout.test_written_forms import CALL, FINISH, says, searched
from tests.tasks.search.played import GIVE_UP
from tests.tasks.training.made_up import conversations, solved_path


@pytest.fixture(scope="module")
def words() -> PreTrainedTokenizerFast:
    return ToolLlama().learn(conversations(20), 600)


def test_a_search_asks_byte_for_byte_with_what_its_sample_teaches(tmp_path: Path) -> None:
    replies = [CALL, "I have it, nearly", CALL, FINISH]
    tree, server = searched(says("toolllama", *replies), "toolllama", tmp_path)
    row = trajectory_of(
        tree, INSTRUCTION, method="DFS_woFilter_w2", teacher="t", teacher_kind="model", environment="live"
    )
    sample = sample_of(row)
    assert isinstance(sample, TrainingSample)
    examples = examples_of(conversation(sample.messages, sample.tools))
    assert [example.prompt for example in examples] == [body["prompt"] for body in server.bodies]
    assert [example.target for example in examples] == [f" {reply}" for reply in replies]


def test_prompts_of_a_diverging_tree_end_in_what_no_sample_teaches(tmp_path: Path) -> None:
    """The passing message is asked with and not learned; all before it is."""
    lost = FunctionCall("Finish", GIVE_UP.arguments)
    script = [CALL, f"no\nAction: {lost.name}\nAction Input: {lost.arguments}", CALL, FINISH]
    _, server = searched(says("toolllama", *script), "toolllama", tmp_path)
    first, second = server.bodies[0]["prompt"], server.bodies[2]["prompt"]
    cue = "Assistant: \nThought:"
    assert second.startswith(first.removesuffix(cue) + "User: ")
    assert second.endswith(cue)


def test_turns_that_cannot_be_right_are_read_and_not_learned() -> None:
    path = solved_path()
    path[2]["weight"] = 0
    talk = conversations(1)[0]
    assert len(examples_of(talk)) == 2
    (answer,) = examples_of(Conversation([*path[:4], path[4]], talk.tools))
    assert "sunrise_for_almanac" in answer.prompt
    assert answer.target.startswith(" \nAction: Finish")


@pytest.mark.parametrize("weight", [{}, {"weight": 0}])
def test_calls_of_one_turn_are_learned_one_after_the_other(weight: dict[str, int]) -> None:
    path, talk = solved_path(), conversations(1)[0]
    other = {"name": "sunrise_for_almanac", "arguments": '{"city": "Oslo"}'}
    path[2]["tool_calls"].append({"id": "c2", "type": "function", "function": other})
    path[2] |= weight
    results = [path[3], {**path[3], "tool_call_id": "c2"}]
    examples = examples_of(Conversation([*path[:3], *results, path[4]], talk.tools))
    targets = [example.target.split("\n")[0] for example in examples]
    assert targets == ([" "] if weight else [" I look it up.", " ", " "])
    assert examples[-1].prompt.count("Function: ") == 2
    assert '"Oslo"' in examples[-1].prompt


def test_the_tokens_of_a_prompt_begin_the_tokens_of_its_example(words: PreTrainedTokenizerFast) -> None:
    for talk in conversations(8):
        for example in examples_of(talk):
            encoded = encode_example(words, example, 10_000)
            assert encoded is not None
            asked = words(example.prompt)["input_ids"]
            assert encoded.input_ids[: len(asked)] == asked
            assert set(encoded.labels[: len(asked)]) == {NO_LABEL}
            learned = encoded.labels[len(asked) :]
            assert learned == encoded.input_ids[len(asked) :]
            assert words.decode(learned) == example.target + END_OF_TEXT
            assert learned[-1] == words.eos_token_id


def test_an_example_that_does_not_fit_is_left_out_whole(words: PreTrainedTokenizerFast) -> None:
    first, last = examples_of(conversations(1)[0])
    encoded = encode_example(words, first, 10_000)
    assert encoded is not None
    length = len(encoded.input_ids)
    found = ToolLlama().encode(words, conversations(1), length)
    assert [each is None for each in found] == [False, True]
    assert encode_example(words, first, length - 1) is None
    assert len(last.prompt) > len(first.prompt)


def test_a_talk_is_prompted_as_it_is_learned() -> None:
    talk = conversations(1)[0]
    functions = [tool["function"] for tool in talk.tools]
    turns = [at for at, message in enumerate(talk.messages) if message["role"] == "assistant"]
    asked = [prompt(talk.messages[:at], functions) for at in turns]
    assert asked == [example.prompt for example in examples_of(talk)]
    assert json.dumps(functions) != str(functions), "the list stands there as Python writes it"
    assert str(functions) in asked[0]
