"""An API's answer as the model is shown it: ToolBench's JSON envelope, its cut, its labels and status codes.

The cut is at 1,024 characters of the envelope (not tokens, as the paper says), so the JSON a model sees is
often broken. Two repairs: an error never has the code of a normal answer (ToolBench gives 0 to labels it does
not list), and letters beyond ASCII are not escaped, which would spend six characters on each.
"""

import json
import re

from tasks.environment.protocol import ApiAnswer
from tasks.search.codes import (
    ANSWERED,
    ERROR_MESSAGE,
    FAILED_REPLY,
    GAVE_UP,
    HALLUCINATED,
    INPUT_ERROR,
    NORMAL,
    NOT_SUBSCRIBED,
    NOT_WORKING,
    RATE_LIMIT,
    SENDING_FAILED,
    TIMEOUT,
    TOO_MANY_REQUESTS,
    UNAUTHORIZED,
)
from tasks.search.effects import Observation

OBSERVATION_CHARS = 1024
_OF_THE_SEARCH = frozenset({FAILED_REPLY, HALLUCINATED, INPUT_ERROR, ANSWERED, GAVE_UP})
"""Codes that no API's answer has."""

API_TIMEOUT = "API temporarily not working error..."
API_NOT_WORKING = "API not working error..."
API_UNAUTHORIZED = "Unauthorized error..."
API_UNSUBSCRIBED = "Unsubscribed error..."
API_TOO_MANY_REQUESTS = "Too many requests error..."
API_RATE_LIMIT_PER_MINUTE = "Rate limit per minute error..."
API_RATE_LIMIT = "Rate limit error..."
API_GATEWAY = "Gateway error..."
API_BLOCKED = "Blocked error..."
API_MESSAGE = "Message error..."
API_INPUT = "Input error..."
API_SENDING = "Sending error..."
API_INTERRUPTED = "Interrupted error..."

LABELS = {
    "": NORMAL,
    API_TIMEOUT: TIMEOUT,
    API_NOT_WORKING: NOT_WORKING,
    API_UNAUTHORIZED: UNAUTHORIZED,
    API_UNSUBSCRIBED: NOT_SUBSCRIBED,
    API_TOO_MANY_REQUESTS: TOO_MANY_REQUESTS,
    API_RATE_LIMIT_PER_MINUTE: RATE_LIMIT,
    API_RATE_LIMIT: RATE_LIMIT,
    API_GATEWAY: NOT_WORKING,
    API_BLOCKED: UNAUTHORIZED,
    API_MESSAGE: ERROR_MESSAGE,
    API_INPUT: INPUT_ERROR,
    API_SENDING: SENDING_FAILED,
    API_INTERRUPTED: TIMEOUT,
}
"""Status code of each error label of ToolBench's servers, and of the three last, which are ours."""


_PUBLISHED = {
    API_NOT_WORKING: NOT_WORKING,
    API_UNAUTHORIZED: NOT_SUBSCRIBED,
    API_UNSUBSCRIBED: UNAUTHORIZED,
    API_TOO_MANY_REQUESTS: TOO_MANY_REQUESTS,
    API_RATE_LIMIT_PER_MINUTE: RATE_LIMIT,
    API_MESSAGE: ERROR_MESSAGE,
    API_SENDING: SENDING_FAILED,
}
"""Codes as ToolBench's code gives them: 7 and 8 against its own list, and 0 for every label beside these."""
_LABEL = re.compile(r'\{"error": "((?:[^"\\]|\\.)*)"')


def published_code(code: int, text: str) -> int:
    """The status code that ToolBench's code would have given an observation, for comparisons with its files.

    Args:
        code: as documented.
        text: of the observation; the label is read from its envelope.
    """
    label = _LABEL.match(text)
    if code in _OF_THE_SEARCH or label is None:
        return code
    return _PUBLISHED.get(label[1], NORMAL)


def observe(answer: ApiAnswer, limit_chars: int = OBSERVATION_CHARS) -> Observation:
    """The observation of an answer; text longer than `limit_chars` is cut there and ends in `...`."""
    text = json.dumps({"error": answer.error, "response": answer.response}, ensure_ascii=False)
    if len(text) > limit_chars:
        text = text[:limit_chars] + "..."
    return Observation(text, LABELS.get(answer.error, ERROR_MESSAGE))
