"""Judge: verdicts about answers and tasks by the rules of ToolEval, as far as rules can tell.

Source: ToolLLM (arXiv:2307.16789) appendix A.5 and ToolEval's three functions `check_answer_status`,
`parse_answer_status` and `check_task_solvable`.
"""

import random
import re
from collections.abc import Callable
from typing import Any

import orjson

from infra.sandbox.teacher.observations import read_observation
from infra.sandbox.teacher.plan import plan_for
from infra.sandbox.teacher.protocol import Refusal
from infra.sandbox.teacher.skills import Skill
from infra.sandbox.teacher.spans import read_text

Verdict = tuple[str, str]
"""Status and reason."""

_SORRY = re.compile(
    r"\b(?:sorry|apologi[sz]e|unfortunately|unable to|could not|couldn't|cannot|can't|can not|was not able|"
    r"wasn't able|not possible|no information|i don't have|failed to|did not (?:find|work)|not available)\b",
    re.IGNORECASE,
)
_GIVE_UP = "give_up_and_restart"
_FACTS = (
    "quoted",
    "number",
    "date",
    "datetime",
    "month",
    "clock",
    "code",
    "ip",
    "email",
    "url",
    "phone",
    "timezone",
    "hex",
)


def _answer_text(final_answer: Any) -> str:
    """The text of an answer, which may be wrapped as the JSON arguments of Finish."""
    text = final_answer if isinstance(final_answer, str) else orjson.dumps(final_answer).decode()
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return text
    if isinstance(value, dict):
        return _GIVE_UP if value.get("return_type") == _GIVE_UP else str(value.get("final_answer") or "")
    return text


def _facts(text: str) -> list[str]:
    return [
        str(span.value if span.kind not in ("number", "code") else span.raw)
        for span in read_text(text).spans
        if span.kind in _FACTS
    ]


def _judge_answer(subject: dict[str, Any]) -> Verdict:
    """From query and answer alone: a refusal is Unsolved, a concrete answer Solved, anything else Unsure."""
    answer = _answer_text(subject.get("final_answer", "")).strip()
    if not answer or _GIVE_UP in answer:
        return "Unsolved", "There is no final answer: it is empty or gives up."
    query_facts = set(_facts(str(subject.get("query", ""))))
    told = [fact for fact in _facts(answer) if fact not in query_facts]
    if _SORRY.search(answer):
        if told:
            return "Unsure", "The answer excuses itself for a part and tells values for another."
        return "Unsolved", "The answer apologises or refuses and tells no value."
    if told:
        return "Solved", f"The answer is positive and concrete, for example {told[0]!r}."
    return "Unsure", "The answer is positive but tells no value of its own, so it cannot be judged by itself."


def _without_separators(text: str) -> str:
    return re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", text)


def _plain(text: str) -> str:
    return re.sub(r"[,\s]+", " ", text.lower())


def _holds(texts: list[str], fact: str) -> bool:
    """Say whether a value occurs in a text, not as a part of a longer number or word."""
    wanted = re.escape(_plain(_without_separators(fact))).replace(r"\ ", " ")
    pattern = re.compile(rf"(?<![\w.]){wanted}(?:\.0+)?(?![\w]|\.\d)")
    return any(pattern.search(text) for text in texts)


def _judge_path(subject: dict[str, Any]) -> Verdict:
    """With the calls at hand: every value of the answer must occur in a tool's response or in the query."""
    answer = _answer_text(subject.get("final_answer", "")).strip()
    if not answer or _GIVE_UP in answer:
        return "Unsolved", "There is no final answer: it is empty or gives up."
    details = [entry for entry in subject.get("answer_details") or [] if isinstance(entry, dict)]
    responses = [entry.get("response") for entry in details if entry.get("function") != "Finish"]
    texts = [text if isinstance(text, str) else orjson.dumps(text).decode() for text in responses if text]
    observations = [read_observation(text) for text in texts]
    good = [observation for observation in observations if not observation.failure]
    if not good:
        return "Unsolved", "No tool call brought a usable response, so the answer rests on nothing."
    facts = _facts(answer)
    told = [observation.text for observation in good] + [str(subject.get("query", ""))]
    sources = [_plain(text) for text in (*told, *map(_without_separators, told))]
    loose = [fact for fact in facts if not _holds(sources, fact)]
    if loose:
        if any(observation.cut for observation in good):
            return "Unsure", f"{loose[0]!r} is not in the responses, but a response was cut off."
        return "Unsolved", f"{loose[0]!r} does not occur in any tool response."
    if _SORRY.search(answer):
        return "Unsolved", "A part of the query is left without an answer."
    if not facts:
        return "Unsure", "The answer tells no value that could be compared with the responses."
    return "Solved", "Every value of the answer occurs in a tool response."


def _judge_task(subject: dict[str, Any]) -> Verdict:
    """A task is solvable where every request matches a function and no required value is missing."""
    listed = [
        tool.get("function", tool) for tool in subject.get("available_tools") or [] if isinstance(tool, dict)
    ]
    query = str(subject.get("query", ""))
    if not listed:
        return "Unsolvable", "No tool is available."
    plan = plan_for(query, orjson.dumps(listed))
    if not plan.steps:
        return "Unsolvable", "No available tool has to do with the query."
    for step in plan.steps:
        lacking = [p.name for p in step.reading.missing if p.name not in step.shared and p.default is None]
        if lacking and step.clause.refers and len(plan.steps) > 1:
            return (
                "Unsure",
                f"{lacking[0]} has to come from another tool's answer; whether it does cannot be seen.",
            )
        if lacking:
            return "Unsolvable", f"The query gives no value for {lacking[0]} of {step.function.name}."
    return "Solvable", "Every request of the query matches a tool, and its values are given."


RULES: dict[str, tuple[str, tuple[str, ...], Callable[[dict[str, Any]], Verdict]]] = {
    "check_answer_status": ("answer_status", ("Solved", "Unsure", "Unsolved"), _judge_answer),
    "parse_answer_status": ("answer_status", ("Solved", "Unsure", "Unsolved"), _judge_path),
    "check_task_solvable": ("task_status", ("Solvable", "Unsure", "Unsolvable"), _judge_task),
}
"""Schema name -> key of the verdict in the reply, the verdicts, the rule."""


def _subject(prompt: str) -> dict[str, Any]:
    start, end = prompt.find("{"), prompt.rfind("}")
    while 0 <= start < end:
        try:
            value = orjson.loads(prompt[start : end + 1])
        except orjson.JSONDecodeError:
            start = prompt.find("{", start + 1)
            continue
        if isinstance(value, dict) and "query" in value:
            return value
        start = prompt.find("{", start + 1)
    raise Refusal(400, "The user message must hold one JSON object with the query to judge.")


def judge(schema: str, prompt: str, skill: Skill, rng: random.Random) -> str:
    """Judge the JSON object of a prompt; the reply is JSON text with a reason and a status.

    Raises:
        Refusal: the prompt holds no JSON object with a query.
    """
    key, verdicts, rule = RULES[schema]
    status, reason = rule(_subject(prompt))
    if rng.random() < skill.judge:
        status = rng.choice([verdict for verdict in verdicts if verdict != status])
        reason = f"Taken as a whole, this looks {status.lower()}."
    return orjson.dumps({"reason": reason, key: status}).decode()
