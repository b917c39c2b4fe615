import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tasks.errors import ModelOverloaded, RecordError
from tasks.evaluation.answers import Answer, answer_of_trajectory, missing
from tasks.evaluation.judge import Judge, Judgement, vote
from tasks.evaluation.pass_rate import Rule
from tasks.evaluation.questions import Decision, Question
from tasks.llm.call_log import CallLog
from tasks.llm.ledger import open_ledger
from tasks.llm.metered import MeteredModel
from tasks.llm.openai_compatible import OpenAICompatible
from tasks.llm.pricing import Price
from tasks.llm.protocol import ChatModel, ChatReply, ChatRequest, Usage
from tasks.records import TeacherKind
from tests.tasks.evaluation.made import (
    EMPTY,
    GAVE_UP,
    OBSERVED,
    SOLVED,
    SORRY,
    SUNRISE,
    TALK,
    instruction,
    trajectory,
)

ASKED = instruction(1)
SAID = answer_of_trajectory(trajectory(ASKED, SOLVED))
HIDDEN = answer_of_trajectory(trajectory(ASKED, GAVE_UP))


class Script:
    """A judge that says what is written for each question, and keeps what it was shown."""

    def __init__(self, **statuses: str | None):
        self.statuses = statuses
        self.shown: list[tuple[str, dict[str, Any], int]] = []

    async def __call__(self, question: Question, subject: dict[str, Any], seed: int) -> Decision:
        self.shown.append((question.name, subject, seed))
        return Decision(question.name, self.statuses[question.name], f"so says {question.name}")

    @property
    def asked(self) -> list[str]:
        return [name for name, _, _ in self.shown]


def voted(answer: Answer, script: Script) -> tuple[str, str | None, str]:
    found = asyncio.run(vote(ASKED.text, answer, script, seed=5))
    assert [decision.question for decision in found.decisions] == script.asked
    return found.answer_status, found.task_status, found.label


def test_a_solved_answer_takes_one_question() -> None:
    script = Script(check_answer_status="Solved")
    assert voted(SAID, script) == ("Solved", None, "pass")
    assert script.shown == [
        ("check_answer_status", {"query": ASKED.text, "final_answer": "In Lima the sun rises at 06:12."}, 5)
    ]


@pytest.mark.parametrize(
    ("path", "task", "expected"),
    [
        ("Solved", None, ("Solved", None, "pass")),
        ("Unsolved", "Solvable", ("Unsolved", "Solvable", "fail")),
        ("Unsolved", "Unsure", ("Unsolved", "Unsure", "unsure")),
        ("Unsolved", "Unsolvable", ("Unsolved", "Unsolvable", "pass")),
        ("Unsure", "Solvable", ("Unsure", "Solvable", "unsure")),
        ("Unsure", "Unsolvable", ("Unsure", "Unsolvable", "pass")),
    ],
)
def test_an_unsure_answer_is_judged_with_its_calls(
    path: str, task: str | None, expected: tuple[str, str | None, str]
) -> None:
    script = Script(check_answer_status="Unsure", parse_answer_status=path, check_task_solvable=task)
    assert voted(SAID, script) == expected
    assert script.shown[1][1]["answer_details"] == (
        {"function": SUNRISE, "arguments": '{"city": "Lima"}', "response": OBSERVED},
    )
    if task:
        assert [schema["name"] for schema in script.shown[2][1]["available_tools"]] == [SUNRISE]


def test_an_unsolved_answer_skips_its_calls_and_asks_for_the_task() -> None:
    script = Script(check_answer_status="Unsolved", check_task_solvable="Solvable")
    assert voted(SAID, script) == ("Unsolved", "Solvable", "fail")
    assert script.asked == ["check_answer_status", "check_task_solvable"]


@pytest.mark.parametrize("replies", [GAVE_UP, EMPTY, (SOLVED[0], *GAVE_UP)])
def test_give_ups_and_empty_answers_are_unsolved_without_asking(replies: tuple[Any, ...]) -> None:
    answer = answer_of_trajectory(trajectory(ASKED, replies))
    assert voted(answer, Script(check_task_solvable="Solvable")) == ("Unsolved", "Solvable", "fail")
    assert voted(answer, Script(check_task_solvable="Unsolvable")) == ("Unsolved", "Unsolvable", "pass")


def test_an_answer_that_spells_a_give_up_is_unsolved_without_asking() -> None:
    answer = Answer('{"return_type": "give_up_and_restart"}', "give_answer", (), (), 1)
    assert voted(answer, Script(check_task_solvable="Unsure")) == ("Unsolved", "Unsure", "unsure")


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        ({"check_answer_status": None}, ("Unsure", None, "unsure")),
        ({"check_answer_status": "Unsure", "parse_answer_status": None}, ("Unsure", None, "unsure")),
        (
            {"check_answer_status": "Unsolved", "check_task_solvable": None},
            ("Unsolved", None, "unsure"),
        ),
    ],
)
def test_an_unreadable_decision_makes_the_vote_unsure_with_its_reason(
    statuses: dict[str, str | None], expected: tuple[str, str | None, str]
) -> None:
    script = Script(**statuses)
    assert voted(SAID, script) == expected
    found = asyncio.run(vote(ASKED.text, SAID, script, seed=5))
    assert found.reason == f"so says {list(statuses)[-1]}"


class Double:
    """A chat model that says what a rule tells it."""

    name = "double"
    kind: TeacherKind = "model"

    def __init__(self, *replies: str | Exception | None):
        self.replies = replies
        self.requests: list[ChatRequest] = []

    async def complete(self, request: ChatRequest) -> ChatReply:
        self.requests.append(request)
        said = self.replies[(len(self.requests) - 1) % len(self.replies)]
        if isinstance(said, Exception):
            raise said
        return ChatReply(said, (), Usage(uncached=10, output=5))

    async def aclose(self) -> None:
        """Nothing to give back."""


@pytest.fixture
def log(tmp_path: Path) -> Iterator[CallLog]:
    opened = CallLog(tmp_path / "calls.sqlite")
    yield opened
    opened.close()


def judge_of(model: ChatModel, log: CallLog, votes: int = 3, rule: Rule = "repaired") -> Judge:
    metered = MeteredModel(
        model, Price(0, 0, 0, 0, "test"), open_ledger(), log, run="r", stage="tooleval", shard=0, address="a"
    )
    return Judge(metered, rule, votes, seed=11, stage="tooleval")


def judged(judge: Judge, answer: Answer, candidate: str = "teacher") -> Judgement:
    return asyncio.run(judge.judge(ASKED.instruction_id, candidate, ASKED.text, answer))


def solved(status: str = "Solved") -> str:
    return json.dumps({"reason": "r", "answer_status": status})


def test_votes_have_distinct_seeds_that_belong_to_instruction_and_candidate(log: CallLog) -> None:
    model = Double(solved())
    judge = judge_of(model, log)
    assert judged(judge, SAID).verdict == "pass"
    teachers = [request.seed for request in model.requests]
    assert len(set(teachers)) == 3
    judged(judge, SAID, "student")
    assert len({request.seed for request in model.requests}) == 6


def test_every_request_asks_for_json_at_the_published_sampling(log: CallLog) -> None:
    model = Double(solved())
    judged(judge_of(model, log, votes=1), SAID)
    (request,) = model.requests
    assert (request.temperature, request.max_tokens, request.functions) == (0.2, 1_000, [])
    assert request.response_format is not None
    assert request.response_format["json_schema"]["name"] == "check_answer_status"


def test_a_judgement_made_again_asks_nothing_that_is_logged(log: CallLog) -> None:
    model = Double(solved("Unsure"), solved("Unsolved"), '{"reason": "r", "task_status": "Solvable"}')
    first = judged(judge_of(model, log), SAID)
    asked = len(model.requests)
    again = judged(judge_of(model, log), SAID)
    assert (again.to_json(), len(model.requests)) == (first.to_json(), asked)
    assert first.verdict == "fail"


def test_malformed_replies_and_refused_requests_are_unsure_votes(log: CallLog) -> None:
    model = Double("I think it is fine!", RecordError("request_refused", "context too long"), solved())
    found = judged(judge_of(model, log), SAID)
    votes = json.loads(found.to_json())
    assert [each["label"] for each in votes] == ["unsure", "unsure", "pass"]
    assert found.verdict == "unsure"
    assert "no JSON object" in votes[0]["reason"]
    assert votes[1]["reason"] == "request_refused: context too long"
    assert votes[1]["decisions"] == [
        {"question": "check_answer_status", "status": None, "reason": "request_refused: context too long"}
    ]


def test_a_server_that_does_not_answer_stops_the_judgement(log: CallLog) -> None:
    with pytest.raises(ModelOverloaded):
        judged(judge_of(Double(ModelOverloaded("gone")), log), SAID)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (answer_of_trajectory(trajectory(ASKED, TALK)), "no Finish within 12 replies"),
        (missing("its trajectory is missing"), "its trajectory is missing"),
    ],
)
def test_a_search_without_finish_fails_and_nobody_is_asked(log: CallLog, answer: Answer, reason: str) -> None:
    model = Double(solved())
    found = judged(judge_of(model, log), answer)
    assert (found.verdict, model.requests) == ("fail", [])
    (only,) = json.loads(found.to_json())
    assert (only["label"], only["reason"], only["decisions"]) == ("fail", reason, [])


def test_the_published_rule_flips_a_seeded_coin_and_says_how_it_fell(log: CallLog) -> None:
    model = Double("what?")
    judge = judge_of(model, log, votes=7, rule="published")
    found = judged(judge, SAID)
    assert found.verdict in ("pass", "fail")
    votes = json.loads(found.to_json())
    assert {each["label"] for each in votes} == {"unsure"}
    assert {each["counted"] for each in votes} <= {"pass", "fail"}
    assert judged(judge, SAID).counted == found.counted


@pytest.mark.parametrize(
    ("replies", "verdict"), [(SOLVED, "pass"), (SORRY, "fail"), (GAVE_UP, "fail"), (TALK, "fail")]
)
def test_the_rehearsal_teacher_judges(
    rehearsal: str, log: CallLog, replies: tuple[Any, ...], verdict: str
) -> None:
    async def judge() -> Judgement:
        client = OpenAICompatible("rehearsal-strong", url=rehearsal)
        try:
            answer = answer_of_trajectory(trajectory(ASKED, replies))
            return await judge_of(client, log).judge(ASKED.instruction_id, "teacher", ASKED.text, answer)
        finally:
            await client.aclose()

    found = asyncio.run(judge())
    assert found.verdict == verdict
    assert all(decision.status for each in found.votes for decision in each.decisions)
