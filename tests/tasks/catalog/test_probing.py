import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from tasks.catalog import probing
from tasks.catalog.probing import Thresholds, Trial, probe
from tasks.environment.observation import API_TIMEOUT
from tasks.environment.protocol import ApiAnswer
from tasks.records import Api
from tests.tasks.catalog.test_arguments import api, parameter

GOOD = ApiAnswer("", '{"rate": 1.08}', 200, 0.01)
FAILED = ApiAnswer("API not working error...", "", 502, 0.01)
LIMITED = ApiAnswer("Too many requests error...", "", 429, 0.01)
LATE = ApiAnswer(API_TIMEOUT, "", None, 4.0)


class Scripted:
    """An environment that answers from a list, the last one again and again."""

    name = "scripted"

    def __init__(self, *answers: ApiAnswer):
        self.answers = list(answers)
        self.called: list[Mapping[str, Any]] = []
        self.sessions: list[str] = []
        self.forgotten: list[str] = []

    async def call(self, api: Api, arguments: Mapping[str, Any], session: str = "") -> ApiAnswer:
        self.called.append(arguments)
        self.sessions.append(session)
        return self.answers[min(len(self.called), len(self.answers)) - 1]

    async def forget(self, apis: Sequence[Api], session: str) -> None:
        self.forgotten.append(session)

    async def end_state(self, apis: Sequence[Api], session: str) -> str:
        return ""

    async def aclose(self) -> None:
        """Nothing is open."""


def tried(environment: Scripted, tool_api: Api | None = None) -> Trial:
    async def run() -> Trial:
        return await probe(tool_api or api(), environment, Thresholds(), asyncio.Semaphore(4))

    return asyncio.run(run())


def test_a_good_api_is_called_three_times_and_kept():
    environment = Scripted(GOOD)
    trial = tried(environment)
    assert trial.decision.keep and len(trial.probes) == len(environment.called) == 3
    assert [each.attempt for each in trial.probes] == [0, 1, 2]
    assert trial.evidence == ""


def test_an_api_that_is_slow_to_wake_up_is_kept():
    assert tried(Scripted(LATE, GOOD)).decision.keep


def test_an_api_that_is_always_late_is_slow():
    trial = tried(Scripted(LATE))
    assert trial.decision.reason == "slow"
    assert "no answer within 4 s" in trial.evidence


def test_an_api_that_answers_well_and_badly_gets_four_rounds():
    environment = Scripted(FAILED, FAILED, GOOD)
    trial = tried(environment)
    assert len(environment.called) == 12
    assert trial.decision.keep and trial.decision.flaky


def test_a_call_refused_for_its_pace_is_tried_again(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(probing, "BACK_OFF_S", (0.0, 0.0))
    environment = Scripted(LIMITED, LIMITED, GOOD)
    trial = tried(environment)
    assert trial.decision.keep and [each.verdict for each in trial.probes] == ["ok"] * 3


def test_an_api_that_changes_things_is_not_called():
    environment = Scripted(GOOD)
    trial = tried(environment, replace(api(), method="DELETE"))
    assert (environment.called, trial.decision.reason) == ([], "unsafe_method")


def test_an_api_that_cannot_be_called_by_its_documentation_is_rejected_with_the_reason():
    trial = tried(Scripted(GOOD), api(parameter("secret")))
    assert trial.decision.reason == "no_example" and "secret" in trial.evidence


def test_evidence_is_short_and_holds_no_key():
    key = "0123456789msh0123456789abcdep012345jsn0123456789ab"
    trial = tried(Scripted(ApiAnswer("", f"Error: key {key} " + "x" * 900, 200, 0.01)))
    assert all(key not in each.evidence and len(each.evidence) == 500 for each in trial.probes)
    assert "[key]" in trial.probes[0].evidence and key not in trial.evidence


def test_what_a_trial_call_writes_stays_in_a_session_of_its_own_and_is_forgotten():
    environment = Scripted(GOOD)
    tried(environment, replace(api(), method="POST"))
    assert len(set(environment.sessions)) == 3 and "" not in environment.sessions
    assert sorted(environment.forgotten) == sorted(environment.sessions)
    reading = Scripted(GOOD)
    tried(reading)
    assert set(reading.sessions) == {""} and reading.forgotten == []


def test_an_api_that_says_the_same_at_length_to_every_question_is_rejected():
    same = ApiAnswer("", '{"circumference_mm": 2130, "turns_per_km": 469.5}', 200, 0.01)
    documented = api(
        parameter("rim", "NUMBER", example="622", minimum=300.0, maximum=800.0),
        parameter("tyre", "NUMBER", example="28", minimum=18.0, maximum=90.0),
    )
    trial = tried(Scripted(same), documented)
    assert trial.decision.reason == "ignores_input"
    assert "calls with different arguments, one answer" in trial.evidence
