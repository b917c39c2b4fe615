"""Observations: what an API answered, read even where it was cut off in the middle."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import orjson

Failure = Literal["", "arguments", "transient", "dead", "name"]
"""Why a call brought nothing: wrong arguments, worth a second try, no use, or no such function."""

_LEAF = re.compile(
    r"""["']?(?P<key>[\w .-]{1,60}?)["']?\s*:\s*"""
    r"""(?:"(?P<d>(?:[^"\\]|\\.)*)"|'(?P<s>(?:[^'\\]|\\.)*)'|(?P<n>-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)(?=\s*[,}\]\s])"""
    r"""|(?P<w>true|false|null|True|False|None)\b)"""
)
_LIST = re.compile(
    r"""["'](?P<key>[\w .-]{1,60}?)["']\s*:\s*\[\s*"""
    r"""(?P<body>(?:"[^"]*"|'[^']*'|-?[\d.]+)(?:\s*,\s*(?:"[^"]*"|'[^']*'|-?[\d.]+))*)"""
)
_WORDS: dict[str, Any] = {
    "true": True,
    "True": True,
    "false": False,
    "False": False,
    "null": None,
    "None": None,
}
_ENVELOPE = re.compile(
    r'^\s*\{\s*"error"\s*:\s*"(?P<error>(?:[^"\\]|\\.)*)"\s*,\s*"response"\s*:\s*(?P<rest>.*)$', re.DOTALL
)

_BAD_NAME = re.compile(
    r"no such function|hallucinat|unknown function|function name|not a (?:valid )?function", re.IGNORECASE
)
_ARGUMENTS = re.compile(
    r"\b(?:400|422)\b|bad request|invalid|missing|required|must be|malformed|unprocessable|not allowed|"
    r"unknown parameter|out of range",
    re.IGNORECASE,
)
_TRANSIENT = re.compile(
    r"\b(?:429|500|502|503|504)\b|time[d ]?-?out|rate limit|too many requests|internal server error|temporar|"
    r"unavailable|try again",
    re.IGNORECASE,
)
_REFUSED = re.compile(
    r"not found|does not exist|doesn't exist|no longer|unauthori[sz]ed|forbidden|not subscribed|invalid|"
    r"error|failed|denied|missing|quota|log ?in|please sign",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Leaf:
    """One scalar of an answer."""

    path: tuple[str, ...]
    """Keys and list places that lead to it; only the last key where the answer was cut."""
    key: str
    """The last key that is a name."""
    value: Any


@dataclass(frozen=True, slots=True)
class Observation:
    """What came back from a call."""

    text: str
    """Text of the API's answer."""
    leaves: tuple[Leaf, ...]
    failure: Failure
    cut: bool
    """Whether the answer was cut off."""


def _walk(value: Any, path: tuple[str, ...], key: str) -> Iterator[Leaf]:
    if isinstance(value, dict):
        for name, child in value.items():
            yield from _walk(child, (*path, str(name)), str(name))
    elif isinstance(value, list):
        for place, child in enumerate(value):
            yield from _walk(child, (*path, str(place)), key)
    else:
        yield Leaf(path, key, value)


def _unescape(text: str) -> str:
    r"""Undo one layer of JSON string escapes in a piece that may end in the middle of one."""
    body = text.rstrip()
    for ending in ('"}', '"', "..."):
        body = body.removesuffix(ending)
    body = re.sub(r"\\(?:u[0-9a-fA-F]{0,3})?$", "", body)
    try:
        return str(orjson.loads(f'"{body}"'))
    except orjson.JSONDecodeError:
        return body.replace('\\"', '"').replace("\\\\", "\\").replace("\\n", "\n")


def _number(text: str) -> int | float:
    return float(text) if any(sign in text for sign in ".eE") else int(text)


def _search_leaves(text: str) -> Iterator[Leaf]:
    """Find `key: scalar` and `key: [scalars` in a text that no JSON parser takes."""
    found: list[tuple[int, Leaf]] = []
    for match in _LEAF.finditer(text):
        key = match["key"].strip()
        if match["n"] is not None:
            value: Any = _number(match["n"])
        elif match["w"] is not None:
            value = _WORDS[match["w"]]
        else:
            value = match["d"] if match["d"] is not None else match["s"]
        found.append((match.start(), Leaf((key,), key, value)))
    for match in _LIST.finditer(text):
        for place, raw in enumerate(re.findall(r"\"[^\"]*\"|'[^']*'|-?\d+(?:\.\d+)?", match["body"])):
            value = raw[1:-1] if raw[0] in "\"'" else _number(raw)
            found.append((match.start(), Leaf((match["key"], str(place)), match["key"], value)))
    yield from (leaf for _, leaf in sorted(found, key=lambda pair: pair[0]))


def _failure(error: str, text: str, parsed: Any) -> Failure:
    if error and _BAD_NAME.search(f"{error} {text}"):
        return "name"
    says = error
    if not says and isinstance(parsed, dict):
        keys = {str(key).lower(): value for key, value in parsed.items()}
        told = keys.get("error") or keys.get("errors")
        if told not in (None, "", [], {}, False, 0):
            says = f"error {told}"
        elif (
            keys.get("success") is False
            or str(keys.get("status")).lower() in {"error", "fail", "failed"}
            or (set(keys) <= {"message", "detail", "code", "status"} and _REFUSED.search(str(text)))
        ):
            says = f"error {text}"
    stripped = text.lstrip()[:200].lower()
    if not says and (stripped.startswith(("<!doctype", "<html")) or "<body" in stripped):
        says = "html"
    if not says and (not stripped or stripped in ("{}", "null", '""')):
        return "dead"
    if (
        not says
        and not isinstance(parsed, dict | list)
        and len(text) < 300
        and re.match(r"\W*(?:error|exception|traceback)\b", stripped)
    ):
        says = text
    if not says:
        return ""
    about = f"{says} {text[:300]}"
    if _TRANSIENT.search(about):
        return "transient"
    return "arguments" if _ARGUMENTS.search(about) else "dead"


@lru_cache(maxsize=4_096)
def read_observation(content: str) -> Observation:
    """Read a tool message, normally `{"error": ..., "response": ...}` as JSON and perhaps cut off.

    Where the JSON is whole its fields are walked; where it is broken, `key: value` pairs are searched for.
    """
    error, text, cut = "", content, content.rstrip().endswith("...")
    try:
        envelope = orjson.loads(content)
    except orjson.JSONDecodeError:
        envelope = None
        if match := _ENVELOPE.match(content):
            error, rest, cut = _unescape(match["error"]), match["rest"], True
            text = _unescape(rest[1:]) if rest.startswith('"') else rest
    if isinstance(envelope, dict) and "response" in envelope:
        error = str(envelope.get("error") or "")
        response = envelope["response"]
        text = response if isinstance(response, str) else orjson.dumps(response).decode()
        cut = text.rstrip().endswith("...")
    elif envelope is not None:
        text = content
    parsed: Any = None
    try:
        parsed = orjson.loads(text)
    except orjson.JSONDecodeError:
        leaves = tuple(_search_leaves(text))
        if not leaves and text.strip() and not cut:
            leaves = (Leaf(("text",), "text", text.strip()),)
    else:
        leaves = tuple(_walk(parsed, (), "value"))
    return Observation(text, leaves, _failure(error, text, parsed), cut)
