import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tasks.environment.protocol import ApiAnswer
from tasks.environment.sessions import session_name
from tasks.llm.call_log import CallLog
from tasks.llm.ledger import open_ledger
from tasks.llm.metered import MeteredModel
from tasks.llm.pricing import Price
from tasks.llm.scripted import ScriptedModel, calls
from tasks.records import Api, ExpectedFact, Instruction
from tasks.rollout.driver import Rollout
from tasks.rollout.sessions import roll_apart
from tasks.search.methods import method
from tests.tasks.search.played import RAIN, problem

ANSWER = calls("Finish", '{"return_type": "give_answer", "final_answer": "Done."}')
STATE = ExpectedFact("state.weather", '{"asked":1}', "state")


class RememberingEnvironment:
    """Keeps how often each session has called."""

    name = "remembering"

    def __init__(self) -> None:
        self.calls: dict[str, int] = {}

    async def call(self, api: Api, arguments: Mapping[str, Any], session: str = "") -> ApiAnswer:
        self.calls[session] = self.calls.get(session, 0) + 1
        return ApiAnswer("", "{}", 200, 0.0)

    async def forget(self, apis: Sequence[Api], session: str) -> None:
        self.calls.pop(session, None)

    async def end_state(self, apis: Sequence[Api], session: str) -> str:
        return f'{{"weather":{{"asked":{self.calls.get(session, 0)}}}}}'

    async def aclose(self) -> None:
        """Nothing to close."""


def instruction(*facts: ExpectedFact, source_id: str = "s1-000042") -> Instruction:
    return Instruction(
        "i1", "I1", "Will it rain?", (), (), "", "test", "t", "rehearsal", facts, source_id=source_id
    )


def searched(
    asked: Instruction, environment: RememberingEnvironment, log: Path, *, script: Sequence[Any]
) -> str:
    async def drive() -> str:
        metered = MeteredModel(
            ScriptedModel(script), Price(1, 1, 1, 1, "test"), open_ledger(), CallLog(log),
            run="r", stage="annotate", shard=0, address="a",
        )  # fmt: skip
        rollout = Rollout(model=metered, environment=environment, stage="annotate", shard=0, seed=5)
        question = problem()
        _, end_state = await roll_apart(method("CoT@1").search(question), asked, question.offer, rollout)
        return end_state

    return asyncio.run(drive())


def test_what_an_earlier_run_left_is_dropped_before_the_first_call(tmp_path: Path) -> None:
    environment = RememberingEnvironment()
    for run in range(2):
        script = [calls(RAIN), ANSWER]
        end = searched(instruction(STATE), environment, tmp_path / f"{run}.sqlite", script=script)
        assert end == '{"weather":{"asked":1}}'


def test_a_search_that_goes_on_from_its_log_keeps_what_it_wrote(tmp_path: Path) -> None:
    environment = RememberingEnvironment()
    log = tmp_path / "log.sqlite"
    searched(instruction(STATE), environment, log, script=[calls(RAIN), ANSWER])
    assert searched(instruction(STATE), environment, log, script=[]) == '{"weather":{"asked":1}}'


def test_the_end_state_is_fetched_only_where_a_fact_is_about_it(tmp_path: Path) -> None:
    other = ExpectedFact("0.rain", "true", "boolean")
    end = searched(instruction(other), RememberingEnvironment(), tmp_path / "log.sqlite", script=[ANSWER])
    assert end == ""


@pytest.mark.parametrize(("own", "name"), [("s1-000042", "s1-000042"), ("G1: 5", "i1"), ("", "i1")])
def test_a_session_bears_the_instructions_own_name_where_a_hub_accepts_it(own: str, name: str) -> None:
    assert session_name(instruction(source_id=own)) == name
