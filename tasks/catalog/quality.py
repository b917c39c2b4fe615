"""Keep or reject an API by what it answered: pure rules, judged by meaning.

ToolLLM (appendix A.1) drops APIs that are not operational, that consistently answer slowly, or whose answers
are HTML or error messages. It publishes neither number of calls nor thresholds; ours are parameters and
stand in the table.

    not_found, gone to 404        bad_request   our call, made by the documentation, is refused
    server_error, 5xx             unauthorized  401, 403: this key is no use
    rate_limited, 429             unreachable   no answer at all
    html, a page                  error_message a failure told under 200
    empty, no content             broken        text that begins as JSON and is none
    placeholder, never filled in  slow          right, but later than the limit
    binary, where JSON is promised ignores_input the same answer whatever is asked
"""

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tasks.catalog import phrases

OK = "ok"
NEUTRAL = frozenset({"not_found", "bad_request"})
"""Right answers to a wrong question: once an API has answered well, they say nothing against it."""
BINARY = re.compile(r"<(binary|[a-z]+/[^,>]+), \d+ bytes>")
"""What the environment gives in the place of a body that is no text."""
TELLING_QUESTIONS, TELLING_CHARS = 5, 24
"""From so many different questions on, one answer that is longer than this is no coincidence."""
SHORT_CHARS = 600
"""Longest text that can be a message rather than an answer [characters]."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back from one trial call."""

    status: int | None
    """HTTP status; None when there was no answer."""
    text: str
    latency_s: float
    timed_out: bool = False
    cut: bool = False
    """The text is only the beginning of the answer."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether an API is kept, and what speaks against it."""

    keep: bool
    reason: str
    """`ok`, or the verdict that most calls share."""
    flaky: bool
    """Some calls failed; kept all the same when `keep`."""


def verdict(answer: Answer, slow_s: float, documented: str | None = None) -> str:
    """`ok`, or what speaks against one answer.

    Args:
        answer: what came back.
        slow_s: latest good answer [s].
        documented: the answer that the documentation shows, JSON text; an answer of the same shape is no
            mere message, unless it says a known phrase.
    """
    if answer.timed_out:
        return "slow"
    by_status = _by_status(answer.status)
    if by_status:
        return by_status
    against = _by_content(answer, documented)
    if against:
        return against
    return "slow" if answer.latency_s > slow_s else OK


def decide(verdicts: Sequence[str], least_ok: float) -> Decision:
    """Keep an API when at least `least_ok` of its calls were good.

    A single slow or failed call rejects nothing by itself: the paper drops what is *consistently* bad. "Not
    found" and "bad request" count only against APIs that never answered well, because the arguments are ours.
    """
    counted = [each for each in verdicts if OK not in verdicts or each not in NEUTRAL]
    good = counted.count(OK)
    if good and good >= least_ok * len(counted):
        return Decision(True, OK, flaky=good < len(counted))
    bad = Counter(each for each in counted if each != OK)
    reason = max(sorted(bad), key=lambda each: bad[each]) if bad else "no_example"
    return Decision(False, reason, flaky=good > 0)


def undecided(verdicts: Sequence[str], least_ok: float) -> bool:
    """Whether another round is fair: good and bad calls are mixed, or they disagree about what is wrong."""
    decision = decide(verdicts, least_ok)
    return decision.flaky or (not decision.keep and len(set(verdicts)) > 1)


def is_monotonous(texts: Sequence[str]) -> bool:
    """Whether all answers are one and the same, and long enough to be suspicious."""
    return len(set(texts)) == 1 and len(texts[0]) > TELLING_CHARS


def ignores_input(answers: Sequence[tuple[str, str]]) -> bool:
    """Whether an API says the same whatever it is asked.

    Args:
        answers: what was asked and what came back, both as text. A yes, a no or another short answer may well
            be the same for five questions; a long one is not.
    """
    questions = {question for question, _ in answers}
    return len(questions) >= TELLING_QUESTIONS and is_monotonous([text for _, text in answers])


def _by_status(status: int | None) -> str:
    match status:
        case None:
            return "unreachable"
        case 404 | 410:
            return "not_found"
        case 401 | 402 | 403 | 407:
            return "unauthorized"
        case 429:
            return "rate_limited"
        case _ if status >= 500:
            return "server_error"
        case _ if status >= 400:
            return "bad_request"
        case _ if status >= 300:
            return "redirect"
    return ""


def _by_content(answer: Answer, documented: str | None) -> str:
    text = answer.text.strip().lstrip("\ufeff")
    if not text:
        return "empty"
    found = _json(text)
    if found is _NO_JSON:
        if BINARY.fullmatch(text):
            # A picture is a right answer of an API that says so, and of one that says nothing.
            return "binary" if documented and isinstance(_json(documented), dict | list) else ""
        return _by_text(text, answer)
    if isinstance(found, str):
        return _by_text(found.strip(), answer) if found.strip() else "empty"
    if found is None or found == {}:
        return "empty"
    if isinstance(found, list) and len(found) == 1 and isinstance(found[0], dict):
        found = found[0]
    shape = _shape(documented)
    if isinstance(found, dict) and _is_failure(found, shape):
        return "error_message"
    return "placeholder" if _is_standin(found, shape) else ""


_NO_JSON = object()


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return _NO_JSON


def _by_text(text: str, answer: Answer) -> str:
    head = text[:1000].lower()
    if head.startswith(("<!doctype html", "<html")) or "<html" in head or "<body" in head or "<head>" in head:
        return "html"
    if head[:1] in "{[" and not answer.cut:
        return "broken"
    if len(text) <= SHORT_CHARS and (phrases.FAILED_TEXT.match(text) or phrases.REFUSALS.search(text)):
        return "error_message"
    return "placeholder" if phrases.STANDIN_TEXT.fullmatch(text) else ""


def _shape(documented: str | None) -> frozenset[str]:
    """Top-level keys that the documented answer fills."""
    found = _json(documented) if documented else None
    return _filled_keys(found) if isinstance(found, dict) else frozenset()


def _filled_keys(found: dict[str, Any]) -> frozenset[str]:
    return frozenset(key for key, value in found.items() if _is_filled(value))


def _is_failure(found: dict[str, Any], documented: frozenset[str]) -> bool:
    """Whether an object reports a failure and carries no answer."""
    lower = {str(key).lower().replace("-", "_"): value for key, value in found.items()}
    filled = _filled_keys(lower)
    cargo = {key for key in filled if key in phrases.CARGO_KEYS or key not in phrases.ENVELOPE_KEYS}
    substance = {key for key in cargo if key in phrases.CARGO_KEYS or isinstance(lower[key], dict | list)}
    if substance:
        return False
    if _refuses(lower, phrases.MESSAGE_KEYS) or (not cargo and _refuses(lower, phrases.REMARK_KEYS)):
        return True
    if not cargo and any(lower.get(key) in (False, "false", "False") for key in ("success", "ok")):
        return True
    if _filled_keys(found) == documented:
        return False
    if any(isinstance(lower[key], str | dict | list | bool) for key in filled & phrases.ERROR_KEYS):
        return True
    failed = any(_is_failed_status(lower.get(key)) for key in phrases.STATUS_KEYS)
    if failed and filled & (phrases.MESSAGE_KEYS if cargo else phrases.MESSAGE_KEYS | phrases.REMARK_KEYS):
        return True
    return not cargo and _only_says(lower)


def _refuses(lower: dict[str, Any], keys: frozenset[str]) -> bool:
    """Whether a short text under one of the keys is a known phrase of marketplaces."""
    told = [lower[key] for key in lower if key in keys and isinstance(lower[key], str)]
    return any(len(each) <= SHORT_CHARS and phrases.REFUSALS.search(each) for each in told)


def _only_says(lower: dict[str, Any]) -> bool:
    """Whether there is a message, no place for an answer, and nothing that calls it a success."""
    told = lower.get("message") or lower.get("msg")
    if not isinstance(told, str) or phrases.DONE.match(told) or phrases.STANDIN_TEXT.fullmatch(told):
        return False
    good = lower.get("success") is True or lower.get("ok") is True or lower.get("status") in ("ok", "success")
    return not good and not lower.keys() & phrases.CARGO_KEYS


def _is_filled(value: Any) -> bool:
    return value is not None and value is not False and value not in ("", [], {})


def _is_failed_status(value: Any) -> bool:
    if isinstance(value, str) and value.isdecimal():
        value = int(value)
    if isinstance(value, str):
        return value.strip().lower() in phrases.FAILED_WORDS
    return value is False or (isinstance(value, int) and 400 <= value < 600)


def _is_standin(found: Any, documented: frozenset[str]) -> bool:
    """Whether every value is a text that authors leave where an answer belongs."""
    keys, leaves = _leaves(found)
    words = [str(each).strip().lower().replace(" ", "_") for each in leaves if isinstance(each, str)]
    if not words or any(each not in phrases.STANDINS for each in words):
        return False
    if any(isinstance(each, int | float) and each not in (0, 1) for each in leaves):
        return False
    if keys and all(phrases.STANDIN_KEY.fullmatch(key) for key in keys):
        return True
    if isinstance(found, dict) and _filled_keys(found) == documented:
        return False
    return len(words) >= 2 or words[0].startswith("hello_world")


def _leaves(found: Any) -> tuple[list[str], list[Any]]:
    """Keys and leaf values of nested JSON."""
    keys: list[str] = []
    leaves: list[Any] = []
    waiting = [found]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            keys += [str(key) for key in each]
            waiting += each.values()
        elif isinstance(each, list):
            waiting += each
        else:
            leaves.append(each)
    return keys, leaves
