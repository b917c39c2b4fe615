"""What the writer replied, and which of it counts as an instruction: pure rules.

ToolLLM publishes one filter: an instruction is dropped when it names an API that was not sampled. Added here:
readable JSON, a text of sensible length, at least one API, two tools where several are asked for, and no text
twice.

    broken_reply    no JSON of the wanted shape     nothing_written an empty list
    too_short       under 15 characters             too_long        over 3,000
    no_relevant_api none is named                   unknown_api     one that was not offered
    one_tool_only   in I2 and I3                    duplicate       the same words before
    not_needed      right, but the count was full
"""

import json
import re
from collections.abc import Set
from dataclasses import dataclass
from typing import Any

from tasks.errors import RecordError
from tasks.instructions.prompts import Offered

SHORTEST_CHARS = 15
LONGEST_CHARS = 3_000
_FENCE = re.compile(r"^\s*```[a-zA-Z]*\s*|\s*```\s*$")


@dataclass(frozen=True, slots=True)
class Written:
    """One instruction as the writer gave it."""

    text: str
    named: tuple[tuple[str, str], ...]
    """Tool and API names of the relevant APIs."""


def read_reply(content: str | None) -> list[Written]:
    """The instructions of a reply, in its order; code fences and words around the JSON are forgiven.

    Raises:
        RecordError: `broken_reply` or `nothing_written`.
    """
    text = _FENCE.sub("", content or "")
    start, end = text.find("{"), text.rfind("}")
    try:
        found = json.loads(text[start : end + 1]) if start >= 0 else None
    except (ValueError, RecursionError) as error:
        raise RecordError("broken_reply", f"{str(error)[:100]}: {text}") from None
    entries = found.get("instructions") if isinstance(found, dict) else None
    if not isinstance(entries, list):
        raise RecordError("broken_reply", f"no list 'instructions': {text}")
    if not entries:
        raise RecordError("nothing_written", text)
    return [_written(entry) for entry in entries]


def relevant_of(written: Written, offered: Offered, several_tools: bool, before: Set[str]) -> tuple[str, ...]:
    """The api_ids an instruction needs, in the order named.

    Args:
        written: what the writer gave.
        offered: the APIs it could choose from.
        several_tools: at least two tools are required.
        before: plain texts (`plain`) of the instructions accepted so far.

    Raises:
        RecordError: it is no instruction; the reason is one of this module's.
    """
    if len(written.text) < SHORTEST_CHARS:
        raise RecordError("too_short", written.text)
    if len(written.text) > LONGEST_CHARS:
        raise RecordError("too_long", written.text)
    if not written.named:
        raise RecordError("no_relevant_api", written.text)
    names = {(plain(tool), plain(api)): api_id for (tool, api), api_id in offered.ids.items()}
    relevant: list[str] = []
    for tool, api in written.named:
        api_id = names.get((plain(tool), plain(api)))
        if api_id is None:
            raise RecordError("unknown_api", f"'{tool}' / '{api}' was not offered: {written.text}")
        if api_id not in relevant:
            relevant.append(api_id)
    if several_tools and len({offered.tool_of[api_id] for api_id in relevant}) < 2:
        raise RecordError("one_tool_only", f"only '{written.named[0][0]}' is needed: {written.text}")
    if plain(written.text) in before:
        raise RecordError("duplicate", written.text)
    return tuple(relevant)


def plain(text: str) -> str:
    """A text without case and blanks around or doubled: what two spellings of the same have in common."""
    return " ".join(text.casefold().split())


def _written(entry: Any) -> Written:
    entry = entry if isinstance(entry, dict) else {}
    named = entry.get("relevant_apis")
    pairs = [_pair(each) for each in named] if isinstance(named, list) else []
    text = entry.get("instruction")
    return Written(text.strip() if isinstance(text, str) else "", tuple(pairs))


def _pair(named: Any) -> tuple[str, str]:
    """Tool and API of one entry, an object as asked for or a pair as ToolBench writes it."""
    if isinstance(named, dict):
        return str(named.get("tool", "")), str(named.get("api", ""))
    if isinstance(named, list) and len(named) == 2:
        return str(named[0]), str(named[1])
    return "", str(named)
