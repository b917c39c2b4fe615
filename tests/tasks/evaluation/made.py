"""Small tables made by hand: a catalogue, instructions, a teacher's trajectories, a student's checkpoint."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tasks.records import Api, Checkpoint, Group, Instruction, Parameter, Split, Trajectory
from tasks.rollout.trajectories import trajectory_of
from tasks.search.effects import FunctionCall, Reply
from tasks.search.functions import offer
from tasks.search.methods import method
from tasks.search.problem import Problem
from tests.tasks.one_shard import table
from tests.tasks.search.played import GIVE_UP, calls, play, says


@dataclasses.dataclass(frozen=True)
class Served:
    """A local API."""

    url: str
    asked: list[str]


SUNRISE = "sunrise_for_almanac"
OBSERVED = '{"error": "", "response": "{\\"sunrise\\": \\"06:12\\"}"}'


def sunrise_api(url: str = "http://127.0.0.1:1/sunrise") -> Api:
    city = Parameter("city", "city", "query", "STRING", True, "Name of a city", example="Lima")
    return Api(
        api_id="made/almanac/sunrise",
        tool_id="made/almanac",
        source="made",
        category="Weather",
        tool_name="almanac",
        tool_standard_name="almanac",
        tool_description="Sunrise and sunset of cities",
        name="sunrise",
        standard_name="sunrise",
        description="Time of sunrise in a city",
        method="GET",
        url=url,
        parameters=(city,),
    )


API = sunrise_api()


def instruction(number: int, split: Split = "test", group: Group = "I1", text: str = "") -> Instruction:
    return Instruction(
        instruction_id=f"{number:016x}",
        group=group,
        text=text or f'When does the sun rise in the city "Lima"? (case {number})',
        api_ids=(API.api_id,),
        relevant_api_ids=(API.api_id,),
        combination_id=f"c{number}",
        split=split,
        teacher="rehearsal-strong",
        teacher_kind="rehearsal",
    )


def finish(answer: str) -> Reply:
    return calls("Finish", return_type="give_answer", final_answer=answer)


SOLVED = (calls(SUNRISE, city="Lima"), finish("In Lima the sun rises at 06:12."))
SORRY = (calls(SUNRISE, city="Lima"), finish("I am sorry, I could not find it out."))
GAVE_UP = (says(None, GIVE_UP),)
EMPTY = (finish(""),)
TALK = tuple(says("Let me think.") for _ in range(12))
"""Never calls Finish."""


def trajectory(asked: Instruction, replies: Sequence[Reply], searcher: str = "CoT@1") -> Trajectory:
    """What a search grows of scripted replies."""
    from tasks.search.effects import Observation

    problem = Problem(asked.instruction_id, asked.text, offer([API]))
    tree = play(method(searcher).search(problem), replies, Observation(OBSERVED, 0)).tree
    return trajectory_of(
        tree,
        asked,
        method=searcher,
        teacher="rehearsal-strong",
        teacher_kind="rehearsal",
        environment="live",
    )


def instructions_table(
    folder: Path, rows: Sequence[Instruction], api: Api = API, finished: bool = True
) -> str:
    catalog = table(folder / "catalog", "crawl", {"apis": (Api, [api])})
    return table(
        folder / "instructions",
        "instruct",
        {"instructions": (Instruction, rows)},
        {"catalog": catalog},
        finished=finished,
    )


def trajectories_table(folder: Path, rows: Sequence[Trajectory], finished: bool = True) -> str:
    return table(folder / "trajectories", "annotate", {"trajectories": (Trajectory, rows)}, finished=finished)


def checkpoint(**changes: Any) -> Checkpoint:
    made = Checkpoint(
        checkpoint_id="student-made",
        kind="student",
        base="scratch",
        folder="model",
        parameters=1_200_000,
        steps=40,
        samples=9,
        first_loss=8.0,
        last_loss=3.0,
        world_size=2,
        settings="{}",
        metrics="{}",
        teacher_kind="rehearsal",
        environment="live",
    )
    return dataclasses.replace(made, **changes)


def student_table(folder: Path, files: Path, **changes: Any) -> str:
    return table(
        folder / "student",
        "finetune",
        {"checkpoints": (Checkpoint, [checkpoint(**changes)])},
        folders={"model": files},
    )


def call_of(name: str, arguments: str) -> FunctionCall:
    return FunctionCall(name, arguments)
