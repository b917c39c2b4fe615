"""The three questions a judge is asked, and how its replies are read (pure).

They are ToolEval's (ToolLLM, appendix A.5): is the answer solved by its own words, is it solved in the light
of its calls, can the task be solved at all. The words are ours; the reply is JSON of a fixed schema instead
of a forced function call. `VERSION` is part of every result table's fingerprint: change a word, raise it.
"""

from dataclasses import dataclass
from typing import Any

import orjson

VERSION = "1"
REASON_CHARS = 1_000
"""What is kept of a judge's reason."""


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to be judged."""

    name: str
    """Name of the reply's schema."""
    status_key: str
    """Key of the reply that holds the status."""
    statuses: tuple[str, ...]
    rules: str
    """The system message."""

    def messages(self, subject: dict[str, Any]) -> list[dict[str, Any]]:
        """The request's messages; the subject is one JSON object in the user message."""
        text = orjson.dumps(subject, option=orjson.OPT_INDENT_2).decode()
        return [
            {"role": "system", "content": self.rules},
            {"role": "user", "content": f"Judge this case:\n{text}"},
        ]

    def response_format(self) -> dict[str, Any]:
        """The reply's JSON schema; the reason comes first, so that it is thought before it is decided."""
        schema = {
            "type": "object",
            "properties": {
                "reason": {"type": "string"},
                self.status_key: {"type": "string", "enum": list(self.statuses)},
            },
            "required": ["reason", self.status_key],
            "additionalProperties": False,
        }
        return {
            "type": "json_schema",
            "json_schema": {"name": self.name, "strict": True, "schema": schema},
        }


@dataclass(frozen=True, slots=True)
class Decision:
    """One reply of the judge, read."""

    question: str
    status: str | None
    """None where the reply could not be read or the request was refused."""
    reason: str


ANSWER = Question(
    "check_answer_status",
    "answer_status",
    ("Solved", "Unsure", "Unsolved"),
    "You judge answers that an assistant gave to its users. You see a query and the assistant's final "
    "answer, nothing else.\n"
    "- Unsolved: the answer apologises, refuses, reports failure, or leaves out a part of what the query "
    "asks.\n"
    "- Unsure: the answer claims success, but its words alone do not show whether the query is met.\n"
    "- Solved: the answer gives, in its own words, everything that the query asks for.\n"
    "Do not use knowledge of your own to look facts up. Give a short reason, then the status.",
)
PATH = Question(
    "parse_answer_status",
    "answer_status",
    ("Solved", "Unsure", "Unsolved"),
    "You judge answers that an assistant gave to its users. You see a query, the assistant's final answer, "
    "and every function call it made on the way, with arguments and response.\n"
    "- Unsolved: every call failed; or a claim of the answer contradicts the responses; or a part of the "
    "query is left without an answer.\n"
    "- Unsure: the responses do not suffice to confirm or refute the answer.\n"
    "- Solved: calls succeeded, and their responses hold what the answer says and the query asks for.\n"
    "A response may be cut off at its end. Give a short reason, then the status.",
)
TASK = Question(
    "check_task_solvable",
    "task_status",
    ("Solvable", "Unsure", "Unsolvable"),
    "You judge tasks before anybody works on them. You see a query and the functions that may be called.\n"
    "- Unsolvable: the query gives invalid information (an address or id that cannot exist), lacks "
    "information that a call needs, or no function has to do with it.\n"
    "- Solvable: the functions, with what the query tells, suffice to meet it.\n"
    "- Unsure: neither can be said.\n"
    "Judge the task, not the wording of the query. Give a short reason, then the status.",
)


def read_reply(question: Question, content: str | None) -> Decision:
    """What the judge decided; a reply that cannot be read is a decision without a status, never an error."""
    if not content or not content.strip():
        return Decision(question.name, None, "unreadable reply: it is empty")
    found = _json_object(content)
    if found is None:
        return Decision(question.name, None, _cut(f"unreadable reply: no JSON object in {content!r}"))
    said = found.get(question.status_key)
    status = {each.lower(): each for each in question.statuses}.get(str(said).strip().lower())
    if status is None:
        return Decision(question.name, None, _cut(f"unreadable reply: {question.status_key} is {said!r}"))
    reason = found.get("reason")
    return Decision(question.name, status, _cut(reason if isinstance(reason, str) else ""))


def _json_object(text: str) -> dict[str, Any] | None:
    """The JSON object in a text: all of it, or first brace to last (code fences, a sentence before)."""
    for candidate in (text, text[text.find("{") : text.rfind("}") + 1]):
        try:
            found = orjson.loads(candidate)
        except orjson.JSONDecodeError:
            continue
        if isinstance(found, dict):
            return found
    return None


def _cut(text: str) -> str:
    """Text that can be stored: at most `REASON_CHARS` characters, lone surrogates replaced."""
    return text[:REASON_CHARS].encode("utf-8", "replace").decode()
