"""Where an answer tells a fact (pure)."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from tasks.facts.amounts import number_spans
from tasks.facts.clocks import seconds_of
from tasks.facts.dates import day_of
from tasks.facts.moments import day_spans, moment_spans, time_spans
from tasks.facts.reading import Reading, Span
from tasks.facts.texts import spans_of
from tasks.facts.wanted import DATETIME, Wanted


def tellings(want: Wanted, answer: Reading, question: Reading) -> list[Span]:
    """Where the answer tells a fact; empty where it does not. End states and booleans are read elsewhere."""
    if want.kind == "number":
        return number_spans(want, float(want.value), answer, question)
    if want.kind == "date":
        return day_spans(date.fromisoformat(str(want.value)[:10]), answer, question)
    if want.kind == "time":
        return time_spans(want, answer)
    if want.kind == "datetime":
        return moment_spans(want, answer, question)
    if want.kind == "list":
        return _list_spans(want, answer, question)
    return _text_spans(want, str(want.value), answer, question)


def _text_spans(want: Wanted, value: str, answer: Reading, question: Reading) -> list[Span]:
    spans = spans_of(value, want.key, answer.text, answer.tokens)
    if (seconds := seconds_of(value)) is not None:
        parts = value.split(":")
        lasting = seconds if len(parts) == 3 else None
        spans += [
            (each.start, each.end)
            for each in answer.clocks
            if seconds in each.readings() or lasting in each.duration_s
        ]
        if lasting:
            spans += [
                (each.start, each.end)
                for each in answer.quantities
                for unit in each.units
                if unit.dimension == "time" and abs(each.value * unit.factor - lasting) < 0.5
            ]
    if part := re.fullmatch(r"([0-9]{4})-([0-9]{2})", value):
        spans += [
            (each.start, each.end)
            for each in answer.months
            if (each.year, each.month) == (int(part[1]), int(part[2]))
        ]
        spans += [  # December 07
            (each.start, each.end)
            for each in answer.days
            if (None, int(part[2]), int(part[1]) % 100) in each.readings
        ]
    if re.fullmatch(r"-?[0-9]+\.[0-9]+", value):
        spans += number_spans(want, float(value), answer, question)
    return sorted(set(spans))


def _list_spans(want: Wanted, answer: Reading, question: Reading) -> list[Span]:
    """Where all members of a list are told, in any order; empty where one is missing."""
    members: Sequence[Any] = want.value if isinstance(want.value, list) else [want.value]
    spans: list[Span] = []
    for member in dict.fromkeys(json.dumps(each) for each in members):
        found = member_spans(want, json.loads(member), answer, question)
        times = sum(json.dumps(each) == member for each in members)
        if not found or _times(found, answer) < times:
            return []
        spans += found
    return sorted(set(spans))


def member_spans(want: Wanted, member: Any, answer: Reading, question: Reading) -> list[Span]:
    """Where one member of a list is told."""
    kind = "text"
    if isinstance(member, int | float) and not isinstance(member, bool):
        kind = "number"
    elif isinstance(member, str) and DATETIME.fullmatch(member):
        kind = "datetime"
    elif isinstance(member, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", member) and day_of(member):
        kind = "date"
    elif isinstance(member, str) and seconds_of(member) is not None:
        kind = "time"
    one = replace(want, value=member, kind=kind)
    spans = tellings(one, answer, question)
    if kind == "number":
        spans += [
            (each.start, each.end) for each in answer.quantities if each.power and each.power[0] == member
        ]
    return spans


def _times(spans: Iterable[Span], answer: Reading) -> int:
    """How often a number is told, `2^3` counting three times."""
    powers = {each.start: each.power[1] for each in answer.quantities if each.power}
    return sum(powers.get(start, 1) for start, _ in set(spans))
