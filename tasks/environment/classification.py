"""Whether an API's answer is a failure, and which one of ToolBench's labels names it.

ToolBench looks for words in the text of the whole answer, so that `"error": null` is a failure there. Here
the HTTP status speaks first, then the envelope of a JSON answer; an answer that merely contains the word
"error" is none.
"""

from typing import Any

import orjson

from tasks.environment.observation import (
    API_BLOCKED,
    API_GATEWAY,
    API_MESSAGE,
    API_NOT_WORKING,
    API_RATE_LIMIT,
    API_RATE_LIMIT_PER_MINUTE,
    API_TIMEOUT,
    API_TOO_MANY_REQUESTS,
    API_UNAUTHORIZED,
    API_UNSUBSCRIBED,
)

_REFUSALS = (
    ("not subscribed to this api", API_UNSUBSCRIBED),
    ("api is unreachable", API_NOT_WORKING),
    ("api (not working)", API_NOT_WORKING),
    ("request to the api has timed out", API_TIMEOUT),
    ("too many requests", API_TOO_MANY_REQUESTS),
    ("you have exceeded", API_RATE_LIMIT),
    ("you are being rate limited", API_RATE_LIMIT),
    ("check credits balance", API_RATE_LIMIT),
    ("error in the gateway has occurred", API_GATEWAY),
    ("blocked user", API_BLOCKED),
    ("invalid api key", API_UNAUTHORIZED),
    ("unauthorized", API_UNAUTHORIZED),
)
"""What marketplaces say instead of an answer, whatever the status, in the order of precedence."""

_ENVELOPE = frozenset(
    {"message", "messages", "msg", "error", "errors", "status", "code", "statuscode", "success", "ok"}
    | {"info", "detail", "details", "title", "type", "timestamp", "path", "request_id"}
)
"""Keys that speak about an answer and are none themselves."""
_NOTHING_WRONG = (None, False, 0, "", "0", "false", "none", "null", "no", "ok")


def error_label(status: int, text: str) -> str:
    """The label of a failed answer, empty for a good one.

    Args:
        status: HTTP status.
        text: body.
    """
    body = _envelope(text)
    if status < 400:
        return _under_success(body)
    said = _said(body) if body is not None else text[:500]
    refusal = _refusal(said)
    match status:
        case 401 | 403:
            return refusal or API_UNAUTHORIZED
        case 402:
            return refusal or API_RATE_LIMIT
        case 429:
            return refusal or API_TOO_MANY_REQUESTS
        case 404 | 405 | 410 if body is None:
            return API_NOT_WORKING
        case 408:
            return API_TIMEOUT
        case 502 | 503 | 504:
            return API_GATEWAY
        case _ if status >= 500:
            return API_NOT_WORKING
        case _:
            return refusal or API_MESSAGE


def _envelope(text: str) -> dict[str, Any] | None:
    if not text.lstrip().startswith("{"):
        return None
    try:
        body = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return {str(key).lower(): value for key, value in body.items()} if isinstance(body, dict) else None


def _under_success(body: dict[str, Any] | None) -> str:
    """A failure under a good status: an envelope that says so and holds nothing else."""
    if not body or any(_full(value) for key, value in body.items() if key not in _ENVELOPE):
        return ""
    wrong = any(_wrong(body[key]) for key in ("error", "errors") if key in body)
    refused = body.get("success") is False or body.get("ok") is False
    failed = _short(body.get("status", "")).lower() in ("error", "fail", "failed", "failure")
    refusal = _refusal(_said(body))
    return refusal or (API_MESSAGE if wrong or refused or failed else "")


def _wrong(value: Any) -> bool:
    spoken = value.strip().lower() if isinstance(value, str) else value
    return spoken not in _NOTHING_WRONG if isinstance(spoken, str | bool | int | None) else bool(spoken)


def _full(value: Any) -> bool:
    return value not in (None, "", [], {})


def _said(body: dict[str, Any]) -> str:
    return " ".join(_short(value) for key, value in body.items() if key in _ENVELOPE)


def _short(value: Any) -> str:
    """The beginning of a value as text; nothing of one whose thousand brackets cannot be written again."""
    try:
        return str(value)[:500]
    except RecursionError:
        return ""


def _refusal(said: str) -> str:
    said = said.lower()
    label = next((label for phrase, label in _REFUSALS if phrase in said), "")
    limited = label in (API_TOO_MANY_REQUESTS, API_RATE_LIMIT)
    return API_RATE_LIMIT_PER_MINUTE if limited and "per minute" in said else label
