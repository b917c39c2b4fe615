"""Skills: the rehearsal models and how often each of them errs. This is the one place for the rates.

Those of `rehearsal-middle` are fitted to ToolBench's published searches of ChatGPT: what its searches show,
driven by the factory's own engine, stands beside the published figures in the README.
"""

import re
from dataclasses import dataclass, replace

OWNER = "rule-based stand-in, not a language model"
VERSION = "3"


@dataclass(frozen=True, slots=True)
class Skill:
    """How often one rehearsal model errs, as shares between 0 and 1."""

    name: str
    """Name of the model without its stubbornness."""

    belief: float
    """Share of steps about whose API something wrong is believed (`BELIEFS`) when a call is chosen."""
    guess: float
    """Share of steps without a required value for which one is made up instead of giving up."""
    misread: float
    """Share of answers of APIs from which something wrong is told in the end (`MISREADINGS`)."""

    notice: float
    """Share of calls that went wrong, without an error to show for it, which are noticed right after them."""
    idle: float
    """Share of replies, after the first call, that call something which brings nothing new (`IDLE`)."""
    idle_again: float
    """The same, right after a call that brought nothing new."""
    invented: float
    """Share of calls to functions that are not offered."""
    malformed: float
    """Share of calls whose arguments are no JSON."""
    mute: float
    """Share of replies that are a thought alone, without a call."""
    early: float
    """Share of replies between two steps that end with an answer instead of the next call."""
    resigned: float
    """Share of replies between two steps that give up for no reason."""
    resigned_again: float
    """The same at a further attempt from the same state of a tree."""

    excuse: float
    """Where nothing is left to try: share of ends by an answer that excuses itself, instead of a give-up."""
    hasty: float
    """Where nothing can be planned and nothing was called yet: share of replies that call something all the
    same."""
    together: float
    """Share of replies that make all calls which are ready at once, where the request allows several."""
    clinging: float
    """Where nothing is left to try: share of replies that make an earlier call again instead of ending."""

    writer: float
    """Share of written instructions that carry one mistake of `WRITER_MISTAKES`."""
    writer_broken_json: float
    """Share of writer replies whose JSON is cut."""
    judge: float
    """Share of verdicts replaced by another one."""

    stubborn: float = 0.0
    """Probability that two replies about one instruction share what is wrongly believed in one of them."""


SKILLS = {
    skill.name: skill
    for skill in (
        Skill(
            "rehearsal-strong",
            belief=0.01, guess=0.02, misread=0.01,
            notice=0.8, idle=0.01, idle_again=0.2, invented=0.002, malformed=0.001, mute=0.001,
            early=0.002, resigned=0.001, resigned_again=0.02, excuse=0.2, hasty=0.1, clinging=0.05,
            together=0.95, writer=0.01, writer_broken_json=0.002, judge=0.01,
        ),
        Skill(
            "rehearsal-middle",
            belief=0.07, guess=0.3, misread=0.05,
            notice=0.4, idle=0.27, idle_again=0.86, invented=0.015, malformed=0.004, mute=0.004,
            early=0.07, resigned=0.03, resigned_again=0.15, excuse=0.85, hasty=0.9, clinging=0.3,
            together=0.8, writer=0.06, writer_broken_json=0.02, judge=0.06,
        ),
        Skill(
            "rehearsal-weak",
            belief=0.2, guess=0.6, misread=0.12,
            notice=0.2, idle=0.35, idle_again=0.88, invented=0.05, malformed=0.03, mute=0.02,
            early=0.12, resigned=0.05, resigned_again=0.2, excuse=0.6, hasty=0.95, clinging=0.45,
            together=0.5, writer=0.20, writer_broken_json=0.06, judge=0.20,
        ),
    )
}  # fmt: skip

STUBBORN = ("", "-stubborn0.5", "-stubborn0.9")
MODELS = tuple(name + suffix for name in SKILLS for suffix in STUBBORN)
"""The models that are listed; any other stubbornness between 0 and 1 is understood as well."""

BELIEFS = {
    "wrong_function": 0.35,
    "wrong_value": 0.35,
    "swapped_values": 0.10,
    "dropped_value": 0.10,
    "wrong_field": 0.10,
}
"""Weights of what may be wrongly believed about an API; only what fits the step at hand is drawn from."""

MISREADINGS = {
    "other_field": 0.35,
    "other_value": 0.30,
    "other_unit": 0.15,
    "left_out": 0.20,
}
"""Weights of what may go wrong when an API's answer is told."""

IDLE = {
    "repeat_last": 0.12,
    "repeat_earlier": 0.10,
    "vary": 0.32,
    "detour": 0.46,
}
"""Weights of calls that bring nothing new: the last one again, an earlier one, the last one with another
value, or one that nobody needs."""

DOUBT = 0.12
"""Excuses and early answers are so much rarer once a thought was said, as in a tree after a first attempt."""

EARLY_WITH_VALUES = 0.97
"""Share of early answers that tell what was found so far; the others tell no value at all."""
EARLY_SILENT = 0.2
"""Share of those that say nothing of the parts without an answer."""

THOUGHTS = {
    "beginning": 0.01,
    "between": 0.10,
    "further_attempt": 0.98,
    "ending": 0.30,
    "after_thought": 0.48,
}
"""Share of replies with a thought beside the call, by their place; as in ToolBench's published searches."""

WRITER_MISTAKES = {
    "foreign_api": 0.40,
    "repeated_instruction": 0.30,
    "omitted_value": 0.30,
}
"""Weights of the mistakes in one written instruction."""

_NAME = re.compile(r"(?P<skill>.+?)(?:-stubborn(?P<stubborn>0(?:\.\d{1,4})?|1(?:\.0{1,4})?))?")


def without_stubbornness(model: str) -> str:
    """The name of a model without its stubbornness: equal draws for models that differ in nothing else."""
    found = _NAME.fullmatch(model)
    return found["skill"] if found else model


def read_skill(model: str) -> Skill | None:
    """Return the skill that a model's name stands for, or None where there is no such model."""
    found = _NAME.fullmatch(model)
    skill = SKILLS.get(found["skill"]) if found else None
    if found is None or skill is None or found["stubborn"] is None:
        return skill
    return replace(skill, stubborn=float(found["stubborn"]))
