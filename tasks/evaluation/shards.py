"""One shard of evaluation: its instructions put to every candidate, the answers judged.

An instruction is published whole: the results of all its candidates, with every call made for them.
"""

from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

from tasks.errors import RecordError
from tasks.evaluation.answers import answer_of_trajectory, missing
from tasks.evaluation.exam import Exam, any_of, load_exam, trajectories_of
from tasks.evaluation.judge import Judge
from tasks.evaluation.pass_rate import rule_name
from tasks.evaluation.student import form_of, open_student, require_student
from tasks.llm import draining
from tasks.llm.fees import Fee, fees_of
from tasks.llm.metered import MeteredModel, open_session
from tasks.records import Call, Checkpoint, Instruction, Reject, Result, Spend, Trajectory
from tasks.rollout.driver import Rollout
from tasks.rollout.environments import open_environment
from tasks.rollout.instructions import apis_of, left_of
from tasks.rollout.offers import offered
from tasks.rollout.pool import work_through
from tasks.rollout.sessions import roll_apart
from tasks.rollout.trajectories import trajectory_of
from tasks.search.methods import method
from tasks.search.problem import Problem
from tasks.storage.rejects import reject
from tasks.storage.stage import Progress
from tasks.storage.table import Shard, Table

NAME = "tooleval"
TEACHER, STUDENT = "teacher", "student"


@dataclass(slots=True)
class Judged:
    """What became of one instruction."""

    results: list[Result] = field(default_factory=list)
    trajectories: list[Trajectory] = field(default_factory=list)
    """The student's; the teacher's lie in its own table."""
    rejects: list[Reject] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Teacher:
    """A candidate whose trajectories lie ready."""

    trajectories: dict[str, Trajectory]
    """By instruction, of the instructions that are put to it here."""
    any: Trajectory
    """One of its table: whose they all are, and how they were searched."""


@dataclass(frozen=True, slots=True)
class Student:
    """A candidate that searches now."""

    checkpoint: Checkpoint
    model: MeteredModel
    rollout: Rollout
    method: str
    allow_writes: str
    """Tools that may be written with; see `rollout.offers`."""


@dataclass(frozen=True, slots=True)
class Examiner:
    """Puts one instruction to every candidate."""

    exam: Exam
    judge: Judge
    teacher: Teacher | None
    student: Student | None

    async def examine(self, instruction: Instruction) -> Judged:
        """The results of an instruction, in the order teacher, student."""
        judged = Judged()
        if self.teacher is not None:
            judged.results.append(await self._examine_teacher(instruction, self.teacher))
        if self.student is not None:
            try:
                trajectory = await self._search(instruction, self.student)
            except RecordError as error:
                judged.rejects.append(reject(NAME, instruction.instruction_id, error.reason, error.evidence))
            else:
                judged.trajectories.append(trajectory)
                judged.results.append(await self._result(instruction, STUDENT, trajectory, trajectory))
        return judged

    async def _examine_teacher(self, instruction: Instruction, teacher: Teacher) -> Result:
        found = teacher.trajectories.get(instruction.instruction_id)
        return await self._result(instruction, TEACHER, found, teacher.any)

    async def _search(self, instruction: Instruction, student: Student) -> Trajectory:
        environment = student.rollout.environment.name
        offer = offered(apis_of(instruction, self.exam.apis), environment, student.allow_writes)
        problem = Problem(instruction.instruction_id, instruction.text, offer)
        search = method(student.method).search(problem)
        tree, end_state = await roll_apart(search, instruction, offer, student.rollout)
        return trajectory_of(
            tree,
            instruction,
            method=student.method,
            teacher=student.checkpoint.checkpoint_id,
            teacher_kind=student.checkpoint.teacher_kind,
            environment=environment,
            end_state=end_state,
        )

    async def _result(
        self, instruction: Instruction, candidate: str, found: Trajectory | None, like: Trajectory
    ) -> Result:
        answer = answer_of_trajectory(found) if found else missing("its trajectory is missing")
        judgement = await self.judge.judge(instruction.instruction_id, candidate, instruction.text, answer)
        return Result(
            instruction_id=instruction.instruction_id,
            group=instruction.group,
            candidate=candidate,
            candidate_model=like.teacher,
            method=like.method,
            rule=rule_name(self.judge.rule),
            judge=self.judge.model.name,
            judge_kind=self.judge.model.kind,
            verdict=judgement.verdict,
            votes=judgement.to_json(),
            answer=answer.text,
            finish_type=answer.finish_type,
            query_count=answer.query_count,
            teacher_kind=like.teacher_kind,
            environment=like.environment,
        )


def examine_shard(address: str, number: int, progress: Progress) -> None:
    """Judge every instruction of a shard that is not published yet.

    Raises:
        BudgetExceeded, TransientError: after what was finished is published; run the shard again.
    """
    draining.run(_examine_shard(Table.open(address), number, progress))


async def _examine_shard(table: Table, number: int, progress: Progress) -> None:
    shard = table.shard(number)
    if shard.finished:
        return
    parameters, seed = table.parameters(), table.manifest.seed
    exam = load_exam(
        parameters["instructions"],
        limit=parameters["limit"],
        seed=seed,
        with_apis=bool(parameters["student"]),
    )
    left, count = left_of(shard, exam.instructions, Result, "results"), shard.work["count"]
    progress.show(f"shard {number}", count - len(left), count)
    async with AsyncExitStack() as opened:
        model = await opened.enter_async_context(open_session(table, number, parameters["judge"]))
        student: Student | None = None
        if left and parameters["student"]:
            fees = fees_of(parameters["environment"], exam.apis.values(), exam.pricing)
            student = await _open_student(opened, table, number, parameters, model, fees)
        teacher: Teacher | None = None
        if parameters["trajectories"]:
            place, ids = parameters["trajectories"], {each.instruction_id for each in left}
            teacher = Teacher(trajectories_of(place, ids), any_of(place))
        judge = Judge(model, parameters["rule"], parameters["votes"], seed, NAME)
        examiner = Examiner(exam, judge, teacher, student)
        models = [model, *([student.model] if student else [])]
        await work_through(
            left,
            examiner.examine,
            lambda batch, last: _publish(shard, models, batch, last),
            concurrency=parameters["concurrency"],
            shown=lambda done: progress.show(f"shard {number}", count - len(left) + done, count),
        )
        model.log.remove()


async def _open_student(
    opened: AsyncExitStack,
    table: Table,
    number: int,
    parameters: dict[str, Any],
    judge: MeteredModel,
    fees: dict[str, Fee],
) -> Student:
    environment = open_environment(parameters["environment"], parameters["api_proxy"])
    opened.push_async_callback(environment.aclose)
    checkpoint = require_student(parameters["student"])
    model = await opened.enter_async_context(
        open_student(table, number, judge, parameters["student"], checkpoint.checkpoint_id)
    )
    rollout = Rollout(
        model=model,
        environment=environment,
        stage=NAME,
        shard=number,
        seed=table.manifest.seed,
        form=form_of(checkpoint),
        temperature=parameters["student_temperature"],
        max_tokens=parameters["student_max_tokens"],
        address=table.address,
        fees=fees,
    )
    return Student(checkpoint, model, rollout, parameters["student_method"], parameters["allow_writes"])


def _publish(
    shard: Shard, models: list[MeteredModel], batch: list[tuple[Instruction, Judged]], last: bool
) -> None:
    subjects = [instruction.instruction_id for instruction, _ in batch]
    calls = [call for model in models for call in model.take_calls(subjects)]
    judged = [each for _, each in batch]
    shard.publish(
        {
            "results": (Result, [row for each in judged for row in each.results]),
            "trajectories": (Trajectory, [row for each in judged for row in each.trajectories]),
            "rejects": (Reject, [row for each in judged for row in each.rejects]),
            "calls": (Call, calls),
            "spend": (Spend, models[0].spend_of(calls)),
        },
        finished=last,
    )
