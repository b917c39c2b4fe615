"""Searches by calls in writing, asked of a real server; what it was asked is what a student is trained on."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from tasks.llm.call_log import CallLog
from tasks.llm.ledger import open_ledger
from tasks.llm.metered import MeteredModel
from tasks.llm.openai_compatible import OpenAICompatible
from tasks.llm.pricing import Price
from tasks.rollout.driver import Rollout, roll
from tasks.search.forms import CallingForm
from tasks.search.messages import path_messages
from tasks.search.methods import method
from tasks.search.text_form import written
from tasks.search.toolllama import layout
from tasks.search.tree import DecisionTree
from tests.tasks.llm.chat_server import Answer, ChatServer, chat_server, completion, continuation
from tests.tasks.rollout.test_driver import CountingEnvironment
from tests.tasks.search.played import RAIN, api, parameter, problem

ANSWER = '{"return_type": "give_answer", "final_answer": "It rains."}'
CALL = f'look it up\nAction: {RAIN}\nAction Input: {{"day": 3}}'
FINISH = f"now I know\nAction: Finish\nAction Input: {ANSWER}"
GIVE_UP = '\nAction: Finish\nAction Input: {"return_type": "give_up_and_restart"}'


def searched(
    answers: list[Answer], form: CallingForm, folder: Path, name: str = "DFS_woFilter_w2"
) -> tuple[DecisionTree, ChatServer]:
    asked = problem(api("rain", "weather", parameter("day", "NUMBER")), api("wind"))

    async def drive(url: str) -> DecisionTree:
        client = OpenAICompatible("base", url=url, first_pause_s=0.0)
        metered = MeteredModel(
            client, Price(1, 1, 1, 1, "test"), open_ledger(), CallLog(folder / "log.sqlite"),
            run="r", stage="annotate", shard=0, address="a",
        )  # fmt: skip
        rollout = Rollout(
            model=metered, environment=CountingEnvironment(), stage="annotate", shard=0, seed=5, form=form
        )
        try:
            return await roll(method(name).search(asked), asked.offer, rollout)
        finally:
            await client.aclose()

    with chat_server(*answers) as server:
        return asyncio.run(drive(server.url)), server


def says(form: CallingForm, *texts: str) -> list[Answer]:
    """Replies of a server, after `Thought:` where the prompt ends so."""
    if form == "toolllama":
        return [continuation(f" {text}") for text in texts]
    return [completion({"content": f"Thought: {text}"}) for text in texts]


def kept(tree: DecisionTree) -> list[dict[str, Any]]:
    assert tree.kept is not None
    return [*tree.opening, *path_messages(tree.kept.path())][:-1]


def test_every_prompt_is_byte_for_byte_the_beginning_of_the_text_that_is_learned(tmp_path: Path) -> None:
    form: CallingForm = "toolllama"
    replies = [CALL, "I have it, nearly", CALL, FINISH]
    tree, server = searched(says(form, *replies), form, tmp_path)
    assert tree.final_answer == "It rains."
    functions = list(tree.problem.offer.schemas)
    parts = layout(kept(tree), functions)
    learned = [number for number, part in enumerate(parts) if part.spoken]
    assert len(learned) == len(server.bodies) == 4
    for body, number, reply in zip(server.bodies, learned, replies, strict=True):
        assert body["prompt"] == "".join(part.text for part in parts[:number])
        assert parts[number].text == f" {reply}", "what it said is what it would be taught"
    assert set(server.paths) == {"/v1/completions"}
    assert all("messages" not in body and "tools" not in body for body in server.bodies)
    assert server.bodies[0]["stop"] == ["\nFunction:", "\nUser:", "\nSystem:", "\nAssistant:"]


def test_every_chat_in_writing_is_the_beginning_of_the_chat_that_is_learned(tmp_path: Path) -> None:
    replies = [CALL, "I have it, nearly", CALL, FINISH]
    tree, server = searched(says("text", *replies), "text", tmp_path)
    whole = written(kept(tree), tree.problem.offer.schemas)
    for body, reply in zip(server.bodies, replies, strict=True):
        told = body["messages"]
        assert json.dumps(told) == json.dumps(whole[: len(told)])
        assert whole[len(told)] == {"role": "assistant", "content": f"Thought: {reply}"}
    assert set(server.paths) == {"/v1/chat/completions"}
    assert all("tools" not in body for body in server.bodies)
    assert server.bodies[0]["stop"] == ["\nObservation:"]


@pytest.mark.parametrize("form", ["text", "toolllama"])
def test_a_tree_of_calls_in_writing_is_the_tree_of_the_same_calls(tmp_path: Path, form: CallingForm) -> None:
    tree, server = searched(says(form, CALL, GIVE_UP, CALL, FINISH), form, tmp_path)
    assert [node.kind for node in tree.records()[1:]] == [
        *("thought", "action", "action_input", "action", "action_input"),
        *("thought", "action", "action_input", "thought", "action", "action_input"),
    ]
    assert [node.observation_code for node in tree.records() if node.kind == "action_input"] == [0, 4, 0, 3]
    assert "every attempt from here has failed" in json.dumps(server.bodies[2])
    assert tree.prompt_tokens == 400
    assert not tree.repairs


@pytest.mark.parametrize("form", ["text", "toolllama"])
def test_what_had_to_be_guessed_is_counted_in_the_tree(tmp_path: Path, form: CallingForm) -> None:
    sloppy = f"hm\nAction: `{RAIN}`\nAction Input: {{'day': 3}}\nObservation: it rains"
    tree, _ = searched(says(form, sloppy, FINISH), form, tmp_path)
    assert tree.win
    assert tree.repairs == {"dressed_name": 1, "invented_observation": 1, "python_input": 1}
    assert tree.records()[3].description == '{"day": 3}'


@pytest.mark.parametrize("form", ["text", "toolllama"])
def test_methods_that_ask_about_their_tree_are_answered_in_words(tmp_path: Path, form: CallingForm) -> None:
    lesson = (
        [completion({"content": "Ask for day 3."})] if form == "text" else [continuation(" Ask for day 3.")]
    )
    answers = [*says(form, GIVE_UP), *lesson, *says(form, FINISH)]
    tree, server = searched(answers, form, tmp_path, "Reflect@2")
    assert tree.win
    assert "- Ask for day 3." in json.dumps(server.bodies[2])
    assert "Action" not in json.dumps(server.bodies[1])


@pytest.mark.parametrize("form", ["text", "toolllama"])
def test_a_server_without_any_text_is_no_error(tmp_path: Path, form: CallingForm) -> None:
    tree, _ = searched([Answer({"choices": []})], form, tmp_path, "CoT@1")
    assert tree.query_count == 12
    assert not tree.win
