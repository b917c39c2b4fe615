"""Tooleval: who passes on held-out instructions, by a judge's votes (ToolLLM §3.2 and appendix A.5).

The teacher's trajectories of the test split lie in its table; a student is served from its checkpoint and
searches now. Each answer is judged by itself, its votes are kept. Run again with the same parameters it does
what is not published yet.
"""

from typing import Any, ClassVar, Literal

from pydantic import Field

from tasks.errors import ConfigurationError
from tasks.evaluation import questions
from tasks.evaluation.exam import Exam, load_exam, searched_of
from tasks.evaluation.pass_rate import Rule, rule_name
from tasks.evaluation.report import ALL, evaluation_rows, unreadable_replies
from tasks.evaluation.shards import NAME, STUDENT, examine_shard
from tasks.evaluation.student import require_student
from tasks.llm.fees import fees_of
from tasks.llm.ledger import caps_of, open_ledger
from tasks.llm.metered import require_usable
from tasks.llm.openai_compatible import model_named
from tasks.llm.spending.overruns import overrun_notes
from tasks.records import Call, Reject, Result, Spend, Trajectory
from tasks.rollout.environments import require_environment
from tasks.rollout.instructions import parts_of
from tasks.rollout.offers import require_forks, withheld
from tasks.search import methods, prompts
from tasks.storage.planning import TableSpec, plan_table
from tasks.storage.stage import Progress, Report, StageParameters, report_of, run_here
from tasks.storage.table import Table

CODE_VERSION = "1"
ABOUT_NOTHING = 0.05
"""A student that passes at most this share passes about nothing, and the report says so."""
SMALL_PARAMETERS = 100_000_000
"""A student below this is taken to be too small to solve tasks, and the report says so."""


class Parameters(StageParameters):
    """Judge the answers of teacher and student to held-out instructions, and give their pass rates."""

    LIMITS: ClassVar[frozenset[str]] = StageParameters.LIMITS | {
        "budget_usd",
        "budget_tokens",
        "concurrency",
        "shard_size",
    }

    instructions: str = Field(
        description="Address of an instructions table; its split 'test' is used",
        json_schema_extra={"position": 0},
    )
    trajectories: str = Field(
        "",
        description="Address of the teacher's annotation of them; empty: the teacher is not evaluated",
        json_schema_extra={"position": 1},
    )
    student: str = Field(
        "",
        description="Address that finetune wrote; empty: no student is evaluated",
        json_schema_extra={"position": 2},
    )
    results: str = Field(
        description="Address to write; what is finished there is kept", json_schema_extra={"position": 3}
    )
    judge: str = Field("", description="Model that judges; empty takes FOUNDRY_MODEL")
    votes: int = Field(3, ge=1, le=99, description="Votes per answer; odd, so that they cannot tie in two")
    rule: Rule = Field(
        "repaired",
        description="What becomes of an answer the judge is unsure of: not passed and shown apart, or, as "
        "published, a (seeded) coin",
    )
    student_method: str = Field(
        "CoT@1",
        description="The student's searcher. CoT@1 is one chain of at most 12 nodes: a student that solves "
        "nothing would spend 200 replies on each tree of DFSDT",
    )
    student_max_tokens: int = Field(256, ge=1, le=100_000, description="Student's longest reply [tokens]")
    student_temperature: float = Field(
        0.5, ge=0, le=2, description="Student's sampling temperature; 0.5 as ToolLLaMA's"
    )
    environment: Literal["live", "proxy"] = Field(
        "live", description="What answers the student's calls: the APIs themselves, or a ToolBench proxy"
    )
    api_proxy: str = Field("", description="Full address of the proxy, e.g. http://127.0.0.1:9009/rapidapi")
    allow_writes: str = Field(
        "",
        description="Tools whose APIs the student may write with in live, commas between: ids, slugs or "
        "standard names; or 'all'",
    )
    limit: int | None = Field(
        None, ge=1, description="Most instructions, of every group alike; empty: all of the split"
    )
    budget_usd: float | None = Field(None, ge=0, description="Cap of this stage's spend in its run [USD]")
    budget_tokens: int | None = Field(
        None, ge=0, description="Cap of this stage's tokens in its run [tokens]"
    )
    concurrency: int = Field(8, ge=1, le=512, description="Instructions examined at once, per shard")
    shard_size: int = Field(200, ge=1, le=100_000, description="Instructions per shard")


def plan(parameters: Parameters) -> str:
    """Check everything that can be checked for nothing, make the table, give its address."""
    parameters = parameters.model_copy(update={"judge": model_named(parameters.judge)})
    _require_sense(parameters)
    exam = load_exam(
        parameters.instructions,
        limit=parameters.limit,
        seed=parameters.seed,
        with_apis=bool(parameters.student),
    )
    notes: list[str] = []
    if parameters.trajectories:
        notes += _look_at_teacher(parameters.trajectories, exam)
    if parameters.student:
        notes += _look_at_student(parameters, exam)
    require_usable(parameters.judge)

    def shards() -> tuple[list[Any], list[str]]:
        return parts_of(exam.instructions, parameters.shard_size), notes

    given = {name: getattr(parameters, name) for name in ("instructions", "trajectories", "student")}
    table = plan_table(
        TableSpec(
            stage=NAME,
            address=parameters.results,
            parameters=parameters,
            code_version=CODE_VERSION,
            inputs={name: address for name, address in given.items() if address},
            members=(Result, Trajectory, Call, Spend, Reject),
            decides={
                "rule": rule_name(parameters.rule),
                "questions": questions.VERSION,
                "searcher": methods.VERSION,
                "prompts": prompts.VERSION,
                **methods.method(parameters.student_method).decides,
            },
        ),
        shards,
    )
    caps_of(open_ledger(), table.manifest.run_id, NAME, parameters.budget_usd, parameters.budget_tokens)
    return table.address


def run_shard(address: str, shard: int, progress: Progress) -> None:
    """Judge what a shard has not published yet."""
    examine_shard(address, shard, progress)


def finish(address: str) -> Report:
    """Pass rate of each candidate with its 95 % interval, over all and by group, and what to beware of."""
    report = report_of(address)
    results = Table.open(address).records(Result, "results")
    rows = evaluation_rows(results)
    for row in rows:
        name = row["candidate"] if row["group"] == ALL else f"{row['candidate']}_{row['group']}"
        shown = ("judged", "passed", "unsure", "pass_rate", "low", "high")
        report.figures |= {f"{name}_{key}": row[key] for key in shown}
    unreadable = unreadable_replies(results)
    report.figures["unreadable_judge_replies"] = unreadable
    report.notes += _notes(results, rows)
    if unreadable:
        report.notes.append(f"{unreadable} replies of the judge could not be read; their votes are unsure")
    report.notes += overrun_notes(report.run_id, NAME)
    return report


def run(parameters: Parameters, progress: Progress) -> Report:
    """Plan, every open shard in this process, finish."""
    return run_here(parameters, progress, plan, run_shard, finish)


def _require_sense(parameters: Parameters) -> None:
    if not parameters.trajectories and not parameters.student:
        raise ConfigurationError(
            "nobody to evaluate: give --trajectories (the teacher's), --student, or both"
        )
    if parameters.rule == "repaired" and parameters.votes % 2 == 0:
        raise ConfigurationError(f"{parameters.votes} votes can tie; give an odd number of --votes")
    if methods.method(parameters.student_method).needs_budget:
        raise ConfigurationError(
            f"{parameters.student_method} spends what another search has cost, which tooleval does not know; "
            "give CoT@<budget>tokens"
        )
    if parameters.api_proxy and not parameters.student:
        raise ConfigurationError("--api-proxy answers a student's calls; give --student, or leave it out")
    if parameters.allow_writes and not parameters.student:
        raise ConfigurationError("--allow-writes is about a student's calls; give --student, or leave it out")


def _look_at_teacher(address: str, exam: Exam) -> list[str]:
    """Notes on the teacher's table.

    Raises:
        ConfigurationError: it has no trajectory of any instruction of the exam.
    """
    wanted = {each.instruction_id for each in exam.instructions}
    found = searched_of(address, wanted)
    if not found:
        raise ConfigurationError(
            f"{address} holds no trajectory of the held-out instructions; "
            "annotate the same instructions table"
        )
    absent = len(wanted) - len(found)
    return [f"{absent} of {len(wanted)} instructions have no trajectory: counted as failed"] if absent else []


def _look_at_student(parameters: Parameters, exam: Exam) -> list[str]:
    """Notes on the student's checkpoint, once it and its environment are known to be usable."""
    checkpoint = require_student(parameters.student)
    apis = list(exam.apis.values())
    require_environment(parameters.environment, parameters.api_proxy, apis)
    fees_of(parameters.environment, apis, exam.pricing)
    searcher = methods.method(parameters.student_method)
    require_forks(parameters.environment, parameters.allow_writes, apis, searcher)
    gone = withheld(exam.instructions, exam.apis, parameters.environment, parameters.allow_writes)
    small = checkpoint.parameters < SMALL_PARAMETERS
    return [
        f"the student has {checkpoint.parameters:,} parameters, trained for {checkpoint.steps:,} steps "
        f"on {checkpoint.samples:,} samples"
        + (": a model so small is expected to score about nothing, and shows that the journey works" * small),
        *gone.notes(),
    ]


def _notes(results: list[Result], rows: list[dict[str, Any]]) -> list[str]:
    notes: list[str] = []
    if any(each.judge_kind == "rehearsal" for each in results):
        notes.append(
            "judged by the rehearsal teacher, which is rule-made: these figures show that the plumbing "
            "works, not that a model is good"
        )
    for row in (row for row in rows if row["group"] == ALL):
        if row["candidate"] == STUDENT and row["pass_rate"] <= ABOUT_NOTHING:
            notes.append(
                f"the student passes about nothing ({row['passed']} of {row['judged']}; 95 % interval "
                f"{row['low']:.1%} to {row['high']:.1%})"
            )
        if row["passed_as_unsolvable"]:
            notes.append(
                f"{row['passed_as_unsolvable']} of the {row['passed']} passes of the {row['candidate']} are "
                "given without a solution, because the judge calls the task unsolvable"
            )
    return notes
