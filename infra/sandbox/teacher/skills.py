"""Skills: the rehearsal models and how often each of them errs. This is the one place for the rates."""

from dataclasses import dataclass

OWNER = "rule-based stand-in, not a language model"
VERSION = "1"


@dataclass(frozen=True, slots=True)
class Skill:
    """How often one rehearsal model errs, as shares between 0 and 1."""

    model: str
    """Name in the request's `model`."""
    planner: float
    """Share of planner replies that carry one mistake of `PLANNER_MISTAKES`."""
    writer: float
    """Share of written instructions that carry one mistake of `WRITER_MISTAKES`."""
    writer_broken_json: float
    """Share of writer replies whose JSON is cut."""
    judge: float
    """Share of verdicts replaced by another one."""
    thought: float = 0.35
    """Share of planner replies with a thought beside the call; 35 % in ToolBench's published trees."""


SKILLS = {
    skill.model: skill
    for skill in (
        Skill("rehearsal-strong", planner=0.005, writer=0.01, writer_broken_json=0.002, judge=0.01),
        Skill("rehearsal-middle", planner=0.065, writer=0.06, writer_broken_json=0.02, judge=0.06),
        Skill("rehearsal-weak", planner=0.20, writer=0.20, writer_broken_json=0.06, judge=0.20),
    )
}

PLANNER_MISTAKES = {
    "wrong_function": 0.30,
    "dropped_optional": 0.15,
    "off_by_one_date": 0.15,
    "early_finish": 0.15,
    "invented_function": 0.10,
    "malformed_arguments": 0.10,
    "guessed_value": 0.05,
}
"""Weights of the planner's mistakes; only those that fit the reply at hand are drawn from."""

WRITER_MISTAKES = {
    "foreign_api": 0.40,
    "repeated_instruction": 0.30,
    "omitted_value": 0.30,
}
"""Weights of the mistakes in one written instruction."""


def read_skill(model: str) -> Skill | None:
    """Return the skill that a model's name stands for, or None where there is no such model."""
    return SKILLS.get(model)
