"""A judge's votes on one answer, each a chain of at most three questions.

Without asking: a search that ended without `Finish` has failed; an empty answer and a give-up are Unsolved,
so that they pass only where the task is judged unsolvable. A reply that cannot be read, or a request that
the judge's server refuses, makes its vote `unsure` with the reason.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, cast

import orjson

from tasks.errors import RecordError
from tasks.evaluation.answers import Answer
from tasks.evaluation.pass_rate import AnswerStatus, Rule, TaskStatus, Verdict, counted, label, majority
from tasks.evaluation.questions import ANSWER, PATH, TASK, Decision, Question, read_reply
from tasks.llm.metered import MeteredModel
from tasks.llm.protocol import ChatRequest
from tasks.storage.canonical import random_of, seed_of

GIVE_UP = "give_up_and_restart"
TEMPERATURE, MAX_TOKENS = 0.2, 1_000
"""As ToolEval."""


class Asker(Protocol):
    """Puts one question about one case to a judge."""

    async def __call__(self, question: Question, subject: dict[str, Any], seed: int) -> Decision:
        """What the judge decided."""


@dataclass(frozen=True, slots=True)
class Vote:
    """One vote with every decision it rests on."""

    answer_status: AnswerStatus
    task_status: TaskStatus | None
    """None where it was not asked: the answer is solved, or was not judged at all."""
    label: Verdict
    reason: str
    decisions: tuple[Decision, ...] = ()
    """What the judge was asked, in order."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict on one answer."""

    verdict: Verdict
    votes: tuple[Vote, ...]
    counted: tuple[Verdict, ...]
    """Label of each vote as it was counted; another one than the vote's where a coin decided."""

    def to_json(self) -> str:
        """For `Result.votes`: a list with one object a vote."""
        rows = [
            {
                "answer_status": vote.answer_status,
                "task_status": vote.task_status,
                "label": vote.label,
                "counted": counted,
                "reason": vote.reason,
                "decisions": [
                    {"question": each.question, "status": each.status, "reason": each.reason}
                    for each in vote.decisions
                ],
            }
            for vote, counted in zip(self.votes, self.counted, strict=True)
        ]
        return orjson.dumps(rows).decode()


@dataclass(frozen=True, slots=True)
class Judge:
    """A model that judges, by a rule, with so many votes an answer."""

    model: MeteredModel
    rule: Rule
    votes: int
    seed: int
    """The run's; each vote sends one drawn from it."""
    stage: str

    async def judge(self, instruction_id: str, candidate: str, query: str, answer: Answer) -> Judgement:
        """The verdict on a candidate's answer to an instruction.

        Raises:
            BudgetExceeded, ModelOverloaded, ConfigurationError: as the model; nothing of the log is lost.
        """
        settled = without_finish(answer)
        if settled is not None:
            return Judgement("fail", (settled,), ("fail",))

        async def ask(question: Question, subject: dict[str, Any], seed: int) -> Decision:
            return await self._ask(question, subject, seed, instruction_id)

        seeds = [seed_of(self.seed, self.stage, instruction_id, candidate, n) for n in range(self.votes)]
        votes = [await vote(query, answer, ask, seed) for seed in seeds]
        return judgement(votes, self.rule, (self.seed, self.stage, instruction_id, candidate, "coin"))

    async def _ask(
        self, question: Question, subject: dict[str, Any], seed: int, instruction_id: str
    ) -> Decision:
        request = ChatRequest(
            model=self.model.name,
            messages=question.messages(subject),
            response_format=question.response_format(),
            seed=seed,
            temperature=TEMPERATURE,
            max_tokens=MAX_TOKENS,
        )
        try:
            reply = await self.model.ask(request, instruction_id)
        except RecordError as error:
            return Decision(question.name, None, str(error))
        return read_reply(question, reply.content)


def judgement(votes: Sequence[Vote], rule: Rule, coin_seed: Sequence[str | int]) -> Judgement:
    """The verdict of votes."""
    labels = counted([each.label for each in votes], rule, random_of(*coin_seed))
    return Judgement(majority(labels, rule), tuple(votes), tuple(labels))


def without_finish(answer: Answer) -> Vote | None:
    """The one vote on a search that never called `Finish` with anything usable; None for all others."""
    if answer.absent:
        return Vote("Unsolved", None, "fail", answer.absent)
    if answer.finish_type is None:
        return Vote("Unsolved", None, "fail", f"no Finish within {answer.query_count} replies")
    return None


async def vote(query: str, answer: Answer, ask: Asker, seed: int) -> Vote:
    """One vote on an answer.

    Args:
        query: the instruction's text.
        answer: of a search that called `Finish`.
        ask: puts questions to the judge.
        seed: of this vote's requests.
    """
    decisions: list[Decision] = []
    status, reason = cast(str | None, "Unsolved"), unsolved_unasked(answer)
    if not reason:
        subject: dict[str, Any] = {"query": query, "final_answer": answer.text}
        decisions.append(await ask(ANSWER, subject, seed))
        if decisions[-1].status == "Unsure":
            decisions.append(await ask(PATH, {**subject, "answer_details": answer.calls}, seed))
        status, reason = decisions[-1].status, decisions[-1].reason
    if status is None:
        return Vote("Unsure", None, "unsure", reason, tuple(decisions))
    answer_status = cast(AnswerStatus, status)
    if answer_status == "Solved":
        return Vote(answer_status, None, label(answer_status, None), reason, tuple(decisions))
    task = await ask(TASK, {"query": query, "available_tools": answer.functions}, seed)
    decisions.append(task)
    if task.status is None:
        return Vote(answer_status, None, "unsure", task.reason, tuple(decisions))
    task_status = cast(TaskStatus, task.status)
    return Vote(answer_status, task_status, label(answer_status, task_status), task.reason, tuple(decisions))


def unsolved_unasked(answer: Answer) -> str:
    """Why an answer is Unsolved whatever a judge may think of it; empty where the judge must be asked."""
    if answer.finish_type == "give_up":
        return "the search gave up"
    if not answer.text.strip():
        return "the final answer is empty"
    if GIVE_UP in answer.text:
        return "the final answer gives up"
    return ""
