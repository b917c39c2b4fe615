"""What went wrong in an observation: one rule for our searches and for those of others (pure).

The status code speaks first. ToolBench gives code 0, normal, to every label it does not list and to failures
that an API reports in the body of a good status; so under a good code the text is read as well. Texts are
JSON, or Python's spelling of it, and often cut off.
"""

import re
from dataclasses import dataclass
from typing import Any, Literal

import orjson

from tasks.python_text import literal
from tasks.search import codes

Kind = Literal[
    "hallucinated name",
    "unusable arguments",
    "bad argument",
    "not found",
    "dead API",
    "auth",
    "rate limit",
    "timeout",
    "empty",
    "web page",
    "not sent",
    "other error",
]
MEANINGS: dict[Kind, str] = {
    "hallucinated name": "a function that was not offered",
    "unusable arguments": "no JSON object, or names that are missing or not documented; no API was called",
    "bad argument": "the API refused a value, or misses one",
    "not found": "the API works and does not know what it was asked for",
    "dead API": "no such endpoint, an error of the server or of the gateway, no way to it",
    "auth": "no key, no subscription, no permission",
    "rate limit": "too many requests, quota or credits used up",
    "timeout": "no answer in time",
    "empty": "a good status and nothing in it",
    "web page": "a page for people instead of an answer",
    "not sent": "the call itself could not be made",
    "other error": "an error that says nothing of the above",
}
"""The classes, in the order in which tables list them."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One failed observation."""

    kind: Kind
    under_good_code: bool = False
    """The status code said that all was well; also where no code was kept."""


_BY_CODE: dict[int, Kind] = {
    codes.HALLUCINATED: "hallucinated name",
    codes.INPUT_ERROR: "unusable arguments",
    codes.TIMEOUT: "timeout",
    codes.NOT_WORKING: "dead API",
    codes.NOT_SUBSCRIBED: "auth",
    codes.UNAUTHORIZED: "auth",
    codes.TOO_MANY_REQUESTS: "rate limit",
    codes.RATE_LIMIT: "rate limit",
    codes.SENDING_FAILED: "not sent",
}
_NAMED_BY: tuple[tuple[Kind, str], ...] = (
    ("hallucinated name", r"^no such function name"),
    (
        "rate limit",
        r"rate.?limit|too many requests|quota|exceeded the (?:daily|monthly)|credits? balance",
    ),
    ("timeout", r"timed? ?out"),
    ("bad argument", r"^parameter '|(?:unexpected keyword|required positional) argument"),
    (
        "auth",
        r"unauthori[sz]ed|authenticat|not subscribed|unsubscribed|forbidden|access denied|blocked user"
        r"|(?:invalid|missing|no) (?:api.?)?key|log ?in (?:required|first)|permission",
    ),
    (
        "dead API",
        r"not working|unreachable|gateway|server error|service unavailable|endpoint.{0,40} not exist"
        r"|page not found|exceeded \d+ redirects|connection (?:refused|reset|aborted)|max retries"
        r"|no longer (?:available|supported)|name resolution|cannot (?:get|post) /",
    ),
    (
        "not found",
        r"not found|not exist|there (?:is|are) no\b|\b(?:has|have|is|knows?) no\b|not in the list"
        r"|nothing found|\bno\b.{1,60}\b(?:called|found|named|known|registered|recogni[sz]ed)\b"
        r"|\bno \S+.{0,40} has the\b|no (?:results?|data|matches)\b|n[aã]o encontrad[oa]|unknown",
    ),
    (
        "bad argument",
        r"parameter|argument|invalid|inv[aá]lid|must be|must not|required|missing|bad request|malformed"
        r"|expected|unsupported|validation|out of range|\bnot a\b|collides",
    ),
)
"""Which words name a class, in the order of precedence."""
_WORDS = tuple((kind, re.compile(words)) for kind, words in _NAMED_BY)
_FAILED_WORDS = re.compile(
    r"\b(?:error|exception|traceback|fail(?:ed|ure)|not found|not subscribed|unauthori[sz]ed|forbidden"
    r"|timed? ?out|does not exist|invalid|too many requests|quota|not working|unavailable"
    r"|cannot (?:get|post))\b"
)
_SHORT_CHARS = 300
"""A longer text is an answer, whatever words it holds."""
_HEAD_CHARS = 250
"""Of a cut text, where an envelope says what happened."""
_STATUS_KEYS = ("status", "statuscode", "status_code", "code", "cod", "httpstatus", "error_code")
_BAD_STATUS = re.compile(r"['\"](?:status|statuscode|status_code|code)['\"]: ?['\"]?[45]\d\d\b")
_SAID_NO = re.compile(r"['\"](?:success|ok)['\"]: ?false")
_CONTENT_KEYS = "results?|data|items|list|hits|matches|products|records|rows|value|trackingresponses"
_NO_CONTENT = re.compile(rf"['\"](?:{_CONTENT_KEYS})['\"]: ?(?:\[\]|\{{\}}|null|none|'')")
_FULL_LIST = re.compile(r"\[\s*[^\]\s]")
_MESSAGE_KEYS = frozenset(
    {"message", "messages", "msg", "detail", "details", "error_message", "reason", "info"}
)
_ENVELOPE_KEYS = _MESSAGE_KEYS | frozenset(
    {*_STATUS_KEYS, "error", "errors", "success", "ok", "type", "title", "traceid", "trace_id", "request_id"}
    | {"requestid", "instance", "path", "timestamp", "description", "documentation_url", "help"}
)
_CUT_ENVELOPE = re.compile(
    r'\s*\{"error":\s*"(?P<error>(?:[^"\\]|\\.)*)"(?:,\s*"response":\s*(?P<response>.*))?', re.DOTALL
)
_LABEL_BEGUN = re.compile(r'\s*\{"error":\s*"([^"\\]+)$')
"""What is left of an envelope whose error label was cut, and so is not empty."""
_FINISHED = (codes.ANSWERED, codes.GAVE_UP)


def failure_of(observation: str, code: int, cut: bool = False) -> tuple[bool, Failure | None]:
    """What went wrong in an observation, if anything.

    Args:
        observation: as the model was shown it.
        code: ToolBench's status code; 0 where none was kept.
        cut: the observation lost its end, and with it perhaps what it says.

    Returns:
        Whether the observation can be judged, and the failure; a good answer is `(True, None)`.
    """
    if code in _FINISHED:
        return True, None
    error, response, whole = envelope(observation)
    if code in _BY_CODE:
        # The name tells where the observation was lost; that it was lost is said all the same, since a share
        # of the calls that can be judged would else hold every wrong name and few of the other failures.
        return not cut or error is not None, Failure(_BY_CODE[code])
    if error is None and cut and (begun := _LABEL_BEGUN.match(observation)):
        return True, Failure(_named(begun[1]), code == codes.NORMAL)
    if error is None:
        # Where the envelope itself was lost, what is left cannot tell a good answer from a bad one.
        return (False, None) if cut else (True, _told(observation))
    if code != codes.NORMAL or error:
        return True, Failure(_named(f"{error} {response}"), code == codes.NORMAL)
    # Half an answer under a good label is taken for good: too little of it is left to say more.
    return True, _told(response) if whole or not cut else None


def envelope(observation: str) -> tuple[str | None, str, bool]:
    """The error label, the text of the response, whether both are whole; label None without an envelope."""
    try:
        body = orjson.loads(observation)
    except orjson.JSONDecodeError:
        found = _CUT_ENVELOPE.match(observation)
        if found is None:
            return None, observation, False
        response = (found["response"] or "").lstrip('"').replace('\\"', '"')
        return found["error"], response, False
    if not isinstance(body, dict) or "response" not in body:
        return None, observation, True
    response = body["response"]
    try:
        text = response if isinstance(response, str) else orjson.dumps(response).decode()
    except orjson.JSONEncodeError:  # hundreds of brackets can be read, but not written again
        return None, observation, True
    return str(body.get("error") or ""), text, True


def _told(text: str) -> Failure | None:
    """A failure that a good status hides."""
    kind = _hidden(text.strip())
    return None if kind is None else Failure(kind, under_good_code=True)


def _hidden(text: str) -> Kind | None:
    if not text.strip("[]{}\"' \\") or text in ("null", "None"):
        return "empty"
    if text[:200].lstrip().lower().startswith(("<!doctype html", "<html")):
        return "web page"
    parsed = _parsed(text)
    if isinstance(parsed, dict):
        return _in_envelope({str(key).lower(): value for key, value in parsed.items()}, text)
    if isinstance(parsed, list):
        return None if parsed else "empty"
    low = text.lower()
    head = low[:_HEAD_CHARS]
    if head[:1] in "{[":
        if _BAD_STATUS.search(head) or _SAID_NO.search(head):
            return _named(head)
        return "empty" if _brings_nothing(low) else None
    return _named(text) if len(text) < _SHORT_CHARS and _FAILED_WORDS.search(low) else None


def _in_envelope(body: dict[str, Any], text: str) -> Kind | None:
    wrong = body.get("success") is False or body.get("ok") is False
    # A tool may tell of statuses and errors: only where nothing else is said are they its own.
    wrong |= set(body) <= _ENVELOPE_KEYS and any(_is_bad_status(body.get(key)) for key in _STATUS_KEYS)
    wrong |= any(_says_wrong(body.get(key)) for key in ("error", "errors"))
    if set(body) <= _MESSAGE_KEYS:
        wrong |= bool(_FAILED_WORDS.search(text.lower()[:_SHORT_CHARS]))
    if wrong:
        return _named(text)
    return "empty" if _brings_nothing(text.lower()) else None


def _is_bad_status(value: Any) -> bool:
    text = str(value).strip().lower()
    return text in ("error", "fail", "failed", "failure") or (
        len(text) == 3 and text.isdecimal() and text[0] in "45"
    )


def _says_wrong(value: Any) -> bool:
    if isinstance(value, str):
        return value.strip().lower() not in ("", "0", "false", "none", "null", "no", "ok")
    return bool(value)


def _brings_nothing(low: str) -> bool:
    """What should hold the answer is empty, and no list beside it holds anything."""
    return bool(_NO_CONTENT.search(low)) and not _FULL_LIST.search(low)


def _parsed(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        pass
    try:
        return literal(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None


def _named(said: str) -> Kind:
    """The class that an error's words name."""
    low = said.lower()
    message = re.sub(r'^.*?"(?:message|detail)":\s*"', "", low, count=1, flags=re.DOTALL)
    for kind, words in _WORDS:
        if words.search(low) or words.search(message):
            return kind
    status = re.search(r"['\"](?:status|statuscode|status_code|code)['\"]: ?['\"]?([45]\d\d)\b", low)
    return _BY_STATUS.get(status[1], "other error") if status else "other error"


_BY_STATUS: dict[str, Kind] = {
    "400": "bad argument",
    "401": "auth",
    "402": "rate limit",
    "403": "auth",
    "404": "not found",
    "405": "dead API",
    "408": "timeout",
    "409": "bad argument",
    "422": "bad argument",
    "429": "rate limit",
    "500": "dead API",
    "502": "dead API",
    "503": "dead API",
    "504": "dead API",
}
