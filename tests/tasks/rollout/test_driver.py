import asyncio
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import orjson
import pytest

from tasks.environment.protocol import ApiAnswer
from tasks.errors import ModelOverloaded, RecordError
from tasks.llm.call_log import CallLog
from tasks.llm.ledger import open_ledger
from tasks.llm.metered import MeteredModel
from tasks.llm.pricing import Price
from tasks.llm.protocol import ChatReply, FunctionCall
from tasks.llm.scripted import A_FEW_TOKENS, Line, ScriptedModel, calls, says
from tasks.records import Api
from tasks.rollout.driver import Rollout, roll
from tasks.search.methods import method
from tasks.search.tree import DecisionTree
from tests.tasks.search.played import RAIN, WIND, api, parameter, problem

ANSWER = calls("Finish", '{"return_type": "give_answer", "final_answer": "It rains."}')
GIVE_UP = calls("Finish", '{"return_type": "give_up_and_restart"}')


class CountingEnvironment:
    """Answers every call with what it was called with."""

    name = "counting"

    def __init__(self) -> None:
        self.called: list[tuple[str, dict[str, Any]]] = []

    async def call(self, api: Api, arguments: Mapping[str, Any], session: str = "") -> ApiAnswer:
        self.called.append((api.name, dict(arguments)))
        return ApiAnswer("", orjson.dumps(arguments).decode(), 200, 0.0)

    async def aclose(self) -> None:
        """Nothing to close."""


def searched(
    script: Iterable[Line], log: Path, name: str = "CoT@1", **settings: Any
) -> tuple[DecisionTree, ScriptedModel, CountingEnvironment, MeteredModel]:
    async def drive() -> DecisionTree:
        rollout = Rollout(
            model=metered, environment=environment, stage="annotate", shard=0, seed=5, **settings
        )
        return await roll(method(name).search(asked), asked.offer, rollout)

    model, environment = ScriptedModel(script), CountingEnvironment()
    asked = problem(api("rain", "weather", parameter("day", "NUMBER")), api("wind"))
    metered = MeteredModel(
        model, Price(1, 1, 1, 1, "test"), open_ledger(), CallLog(log),
        run="r", stage="annotate", shard=0, address="a",
    )  # fmt: skip
    return asyncio.run(drive()), model, environment, metered


def test_replies_and_api_answers_reach_the_search_and_are_counted(tmp_path: Path) -> None:
    tree, model, environment, metered = searched(
        [calls(RAIN, '{"day": "3"}'), ANSWER], tmp_path / "log.sqlite"
    )
    assert tree.final_answer == "It rains."
    assert environment.called == [("rain", {"day": 3})]  # brought to the documented type
    assert [call.kind for call in metered.take_calls(["i1"])] == ["model", "api", "model"]
    assert len(model.requests) == 2


def test_a_logged_journey_is_replayed_without_model_or_api(tmp_path: Path) -> None:
    log = tmp_path / "log.sqlite"
    script = [calls(RAIN, '{"day": 3}'), calls(RAIN, '{"day": 3}'), GIVE_UP, ANSWER]
    first, *_ = searched(script, log, "DFS_woFilter_w2")
    again, model, environment, metered = searched([], log, "DFS_woFilter_w2")
    assert again.records() == first.records()
    assert model.requests == []
    assert environment.called == []
    assert all(call.replayed for call in metered.take_calls(["i1"]))


def test_the_same_call_made_twice_in_a_search_is_made_twice(tmp_path: Path) -> None:
    script = [calls(RAIN, '{"day": 3}'), calls(RAIN, '{"day": 3}'), ANSWER]
    _, _, environment, _ = searched(script, tmp_path / "log.sqlite")
    assert len(environment.called) == 2


def test_attempts_that_begin_with_equal_bytes_carry_different_seeds(tmp_path: Path) -> None:
    _, model, _, _ = searched([GIVE_UP, ANSWER], tmp_path / "log.sqlite", "CoT@2")
    first, second = model.requests
    assert first.messages == second.messages
    assert None not in (first.seed, second.seed)
    assert first.seed != second.seed


def test_the_runs_longest_reply_binds_whatever_the_preset_asks_for(tmp_path: Path) -> None:
    _, model, _, _ = searched([ANSWER], tmp_path / "log.sqlite", max_tokens=64)
    assert model.requests[0].max_tokens == 64


def test_a_refused_request_prunes_its_node_and_the_search_ends(tmp_path: Path) -> None:
    tree, *_ = searched([RecordError("request_refused", "too long")], tmp_path / "log.sqlite")
    assert not tree.win
    assert tree.records()[-1].pruned


def test_the_legacy_form_is_said_in_legacy_words(tmp_path: Path) -> None:
    _, model, _, _ = searched([calls(RAIN, '{"day": 3}'), ANSWER], tmp_path / "log.sqlite", form="functions")
    assert "functions" in model.requests[1].body()
    assert [message["role"] for message in model.requests[1].messages][-2:] == ["assistant", "function"]


def test_what_goes_out_together_is_asked_together(tmp_path: Path) -> None:
    script = [ANSWER, calls(RAIN, '{"day": 1}'), calls(RAIN, '{"day": 2}'), ANSWER, ANSWER]
    tree, model, environment, metered = searched(script, tmp_path / "log.sqlite", "CoT-SC@3")
    assert len(tree.answers) == 3
    first = model.requests[:3]
    assert first[0].messages == first[1].messages == first[2].messages
    assert len({request.seed for request in first}) == 3
    assert len(environment.called) == 2
    assert [call.kind for call in metered.take_calls(["i1"])].count("model") == 5


def test_a_search_side_by_side_is_replayed_from_its_log(tmp_path: Path) -> None:
    log = tmp_path / "log.sqlite"
    script = [GIVE_UP, calls(RAIN, '{"day": 1}'), calls(RAIN, '{"day": 2}'), ANSWER, GIVE_UP]
    first, *_ = searched(script, log, "CoT-SC@3")
    again, model, environment, _ = searched([], log, "CoT-SC@3")
    assert again.records() == first.records()
    assert (model.requests, environment.called) == ([], [])


def test_an_error_of_one_waits_for_the_replies_of_the_others(tmp_path: Path) -> None:
    """They are in the log, so that the next run does not pay for them again."""
    log = tmp_path / "log.sqlite"
    broken = ModelOverloaded("busy")
    with pytest.raises(ModelOverloaded):
        searched([broken, GIVE_UP, ANSWER], log, "CoT-SC@3")
    _, model, _, _ = searched([GIVE_UP], log, "CoT-SC@3")
    assert len(model.requests) == 1


def test_a_question_about_the_tree_goes_out_without_functions(tmp_path: Path) -> None:
    tree, model, _, _ = searched(
        [GIVE_UP, says("Ask for day 3."), ANSWER], tmp_path / "l.sqlite", "Reflect@2"
    )
    assert [bool(request.functions) for request in model.requests] == [True, False, True]
    assert "tools" not in model.requests[1].body()
    assert "Ask for day 3." in model.requests[2].messages[-1]["content"]
    assert (tree.win, tree.query_count) == (True, 3)


def test_calls_of_one_reply_are_served_side_by_side_and_logged_one_by_one(tmp_path: Path) -> None:
    log = tmp_path / "log.sqlite"
    several = [
        FunctionCall("a", RAIN, '{"day": 3}'),
        FunctionCall("b", WIND, "{}"),
        FunctionCall("c", RAIN, '{"day": "3"}'),  # the first once more
        FunctionCall("d", RAIN, '{"day": 4}'),
    ]
    answer = calls("Finish", '{"return_type": "give_answer", "final_answer": "It rains on this day."}')
    script = [ChatReply(None, tuple(several), A_FEW_TOKENS), answer]
    tree, model, environment, metered = searched(script, log, "foundry")
    assert environment.called == [("rain", {"day": 3}), ("wind", {}), ("rain", {"day": 4})]
    rows = metered.take_calls(["i1"])
    assert sorted(row.kind for row in rows) == ["api"] * 3 + ["model"] * 2
    assert len({row.request_key for row in rows}) == 5
    assert (tree.query_count, tree.api_calls) == (2, 3)
    assert model.requests[0].body()["parallel_tool_calls"] is True
    shown = model.requests[1].messages[-3:]
    assert [message["role"] for message in shown] == ["tool"] * 3
    assert ["day" in message["content"] for message in shown] == [True, False, True]
    again, model, environment, metered = searched([], log, "foundry")
    assert again.records() == tree.records()
    assert (model.requests, environment.called) == ([], [])
    assert [row.replayed for row in metered.take_calls(["i1"])] == [True] * 5
